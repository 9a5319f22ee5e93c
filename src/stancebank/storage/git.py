"""The git repository that a corpus lies in, asked through the command git."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from stancebank.faults import StanceBankError, excerpt, printable

LIMIT = 600  # seconds; git takes a few, and what takes longer waits for something
_TEMPORARY = b".new-"  # files of a change that is under way
_FILE_MODES = ("100644", "100755")
# Answers in English, no questions, and no lock taken for what is only read.
_ENVIRONMENT = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}


class GitError(StanceBankError):
    """git refused a command; the message quotes its output."""


@dataclass(frozen=True)
class Repository:
    """A git repository, seen from a folder in its working tree."""

    folder: Path

    def run(self, *arguments: str, input: bytes | None = None, environment: Mapping[str, str] | None = None) -> bytes:
        """What git prints. Raises GitError where it exits with an error, and StanceBankError where it is missing."""
        done = self._started(arguments, input, environment)
        if done.returncode:
            said = printable(" ".join(done.stderr.decode(errors="replace").split())) or f"exit code {done.returncode}"
            raise GitError(
                f"git {_command(arguments)} failed: {said}", "fix the problem that git reports, then run it again"
            )
        return done.stdout

    def says(self, *arguments: str) -> str | None:
        """One line that git prints, None where it exits with an error."""
        done = self._started(arguments, None, None)
        return None if done.returncode else done.stdout.decode(errors="surrogateescape").rstrip("\n")

    def _started(
        self, arguments: tuple[str, ...], input: bytes | None, environment: Mapping[str, str] | None
    ) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(  # noqa: S603  (a list of arguments, no shell)
                ["git", "-C", str(self.folder), *arguments],  # noqa: S607
                input=input or b"",
                capture_output=True,
                check=False,
                env={**os.environ, **_ENVIRONMENT, **(environment or {})},
                timeout=LIMIT,
            )
        except subprocess.TimeoutExpired:
            raise overdue(_command(arguments)) from None
        except FileNotFoundError:
            raise StanceBankError(
                "the command git is not installed", "install the package git of your system"
            ) from None

    @cached_property
    def is_there(self) -> bool:
        """Whether the folder is in the working tree of a repository."""
        return self.says("rev-parse", "--is-inside-work-tree") == "true"

    @cached_property
    def top(self) -> Path:
        """The folder at the top of the working tree."""
        return Path(os.fsdecode(self.run("rev-parse", "--show-toplevel").removesuffix(b"\n")))

    @cached_property
    def prefix(self) -> str:
        """What leads from the top to the folder: nothing, or a path that ends in a slash."""
        return os.fsdecode(self.run("rev-parse", "--show-prefix").removesuffix(b"\n"))

    def commit(self, revision: str) -> str | None:
        """The id of the commit that a revision names, None where it names none."""
        if not revision or revision.startswith("-") or "\0" in revision:
            return None
        return self.says("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")

    def changed(self) -> list[bytes]:
        """The paths from the top of what is not committed, in git's order.

        What git ignores is left out, and so are temporary files.
        """
        told = self.run("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all")
        paths = (line[3:] for line in told.split(b"\0")[:-1])
        return [path for path in paths if not path.rpartition(b"/")[2].startswith(_TEMPORARY)]

    def has_file(self, revision: str, path: str) -> bool:
        """Whether a revision has a file at a path from the folder."""
        return self.says("cat-file", "-e", f"{revision}:{self.prefix}{path}") is not None

    def files(self, commit: str, paths: Collection[str]) -> Iterator[tuple[str, bytes]]:
        """The files of a commit below the folder, as they were committed, with their paths from it.

        paths: files and folders to take, from the folder. Symbolic links and submodules are left out.
        """
        wanted = [f"{self.prefix}{path}" for path in paths]
        listed = self.run("--literal-pathspecs", "ls-tree", "-r", "-z", "--full-tree", commit, "--", *wanted)
        blobs = []
        for entry in listed.split(b"\0")[:-1]:
            head, _, path = entry.partition(b"\t")
            mode, _, blob = head.decode().split(" ")
            if mode in _FILE_MODES:
                blobs.append((blob, os.fsdecode(path).removeprefix(self.prefix)))
        with tempfile.TemporaryFile() as output:
            self._cat([blob for blob, _ in blobs], output.fileno())
            output.seek(0)
            for blob, name in blobs:
                said, _, size = output.readline().decode().strip().rpartition(" ")
                if said != f"{blob} blob":
                    raise GitError(f"git cannot read {excerpt(name)} of {commit[:12]}", "check it with git fsck")
                yield name, output.read(int(size))
                output.read(1)

    def _cat(self, blobs: Collection[str], output: int) -> None:
        try:
            done = subprocess.run(  # noqa: S603
                ["git", "-C", str(self.folder), "cat-file", "--batch", "--buffer"],  # noqa: S607
                input="".join(f"{blob}\n" for blob in blobs).encode(),
                stdout=output,
                stderr=subprocess.PIPE,
                check=False,
                env={**os.environ, **_ENVIRONMENT},
                timeout=LIMIT,
            )
        except subprocess.TimeoutExpired:
            raise overdue("cat-file") from None
        if done.returncode:
            said = printable(" ".join(done.stderr.decode(errors="replace").split()))
            raise GitError(f"git cat-file failed: {said}", "check the repository with git fsck")


def overdue(command: str) -> GitError:
    """What to tell the user when git does not end, and was stopped."""
    what = f"git {command} has not ended for {LIMIT} seconds, and was stopped"
    return GitError(what, "see which hook, filter or disk it waits for, by running git status there, then run it again")


def _command(arguments: Sequence[str]) -> str:
    return next(argument for argument in arguments if not argument.startswith("-"))


def place_files(folder: Path, files: Iterator[tuple[str, bytes]]) -> None:
    """Write files into a folder of nobody else's. Raises StanceBankError for a path that leads out of it."""
    for name, data in files:
        steps = PurePosixPath(name)
        if steps.is_absolute() or ".." in steps.parts:
            raise StanceBankError(f"{excerpt(name)} leads out of its folder", "check the repository with git fsck")
        path = folder / steps
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
