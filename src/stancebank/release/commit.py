"""One commit and one tag, with the files in the working tree, all of it or nothing.

The commit and the tag are made beside the branch first, which nobody sees. Then the
files take their places and branch and tag are moved together. What a process that was
killed in between leaves is put back by the next command.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from typing import IO, NamedTuple

from stancebank.faults import StanceBankError, printable
from stancebank.storage.files import prepared_files
from stancebank.storage.git import LIMIT, GitError, Repository, overdue
from stancebank.storage.temporary_folders import temporary_folder


class Published(NamedTuple):
    """What was made: the ids of the commit and of the tag."""

    commit: str
    tag: str


def publish(repository: Repository, files: Mapping[str, bytes], version: str, name: str, head: str) -> Published:
    """Write files, commit them on the branch that is checked out, and tag the commit.

    files: bytes by path from the repository's folder. version: without the v of the
    tag. name: of the corpus, for the tag's message. head: the commit that was checked.
    Raises StanceBankError where any of it fails, or where HEAD or the working tree are no
    longer what was checked; files, index, branch and tags are then as they were.
    """
    branch = os.fsdecode(repository.run("symbolic-ref", "HEAD")).strip()
    for file in files:
        if (repository.folder / file).is_symlink():
            raise StanceBankError(f"{file} is a symbolic link", "put the file itself there and commit it")
    _require_unchanged(repository, head)
    commit = _commit(repository, files, head, f"Release {version}\n")
    tag = _tag_object(repository, commit, f"v{version}", f"{name} {version}\n")
    moves = f"update {branch} {commit} {head}\ncreate refs/tags/v{version} {tag}\n"
    with (
        _uninterrupted(),
        prepared_files(repository.folder, files, head=head) as put,
        _prepared_refs(repository, moves, f"stancebank release: {version}") as move,
    ):
        _require_unchanged(repository, head)
        put()
        try:
            repository.run("--literal-pathspecs", "add", "--force", "--", *files)
            move()
        except BaseException:
            with contextlib.suppress(GitError):
                repository.run("--literal-pathspecs", "reset", "--quiet", "--", *files)
            raise
    return Published(commit, tag)


def _require_unchanged(repository: Repository, head: str) -> None:
    """Nothing where HEAD and the working tree are still what was checked; else StanceBankError."""
    if repository.commit("HEAD") != head:
        what = "HEAD has moved since the corpus was checked"
    elif repository.changed():
        what = "the working tree has changed since the corpus was checked"
    else:
        return
    raise StanceBankError(f"{what}; nothing was released", "run it again: it then checks the corpus as it is now")


def _commit(repository: Repository, files: Mapping[str, bytes], head: str, message: str) -> str:
    """A commit on top of HEAD with these files, which no branch has yet."""
    with temporary_folder() as folder:
        index = {"GIT_INDEX_FILE": f"{folder}/index"}
        repository.run("read-tree", head, environment=index)
        lines = []
        for file, data in files.items():
            blob = repository.run("hash-object", "-w", "--stdin", f"--path={file}", input=data).decode().strip()
            lines.append(f"{_mode(repository, file)} {blob}\t{repository.prefix}{file}\0")
        listed = "".join(lines).encode(errors="surrogateescape")
        repository.run("update-index", "-z", "--index-info", input=listed, environment=index)
        tree = repository.run("write-tree", environment=index).decode().strip()
    return repository.run("commit-tree", tree, "-p", head, "-F", "-", input=message.encode()).decode().strip()


def _mode(repository: Repository, file: str) -> str:
    listed = repository.run("--literal-pathspecs", "ls-tree", "HEAD", "--", file).decode(errors="replace")
    return listed[:6] if listed.startswith("100") else "100644"


def _tag_object(repository: Repository, commit: str, tag: str, message: str) -> str:
    tagger = repository.run("var", "GIT_COMMITTER_IDENT").decode(errors="surrogateescape").strip()
    content = f"object {commit}\ntype commit\ntag {tag}\ntagger {tagger}\n\n{message}"
    return repository.run("mktag", input=content.encode(errors="surrogateescape")).decode().strip()


class _Moves:
    """Changes of references that git has prepared: it holds their locks, and waits for the word."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def ask(self, command: str, expected: str) -> None:
        """Send a command. Raises GitError where git does not answer as expected, or not in time."""
        late = threading.Event()

        def stop() -> None:
            late.set()
            _kill(self._process)

        watch = threading.Timer(LIMIT, stop)
        watch.start()
        try:
            with contextlib.suppress(BrokenPipeError):
                _stream(self._process.stdin).write(command.encode())
                _stream(self._process.stdin).flush()
            answer = _stream(self._process.stdout).readline().decode().strip()
        finally:
            watch.cancel()
        if late.is_set():
            raise overdue("update-ref")
        if answer != expected:
            _kill(self._process)
            said = printable(" ".join(_stream(self._process.stderr).read().decode(errors="replace").split()))
            raise GitError(f"git update-ref failed: {said}", "fix the problem that git reports, then run it again")

    def __call__(self) -> None:
        self.ask("commit\n", "commit: ok")


@contextlib.contextmanager
def _prepared_refs(repository: Repository, moves: str, reason: str) -> Iterator[_Moves]:
    """The moves of references, to be called to make them; not called, nothing has happened."""
    process = subprocess.Popen(  # noqa: S603
        ["git", "-C", str(repository.folder), "update-ref", "-m", reason, "--stdin"],  # noqa: S607
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,  # an interrupt from the keyboard is for us to handle
    )
    try:
        made = _Moves(process)
        made.ask("start\n", "start: ok")
        made.ask(f"{moves}prepare\n", "prepare: ok")
        yield made
    finally:
        with contextlib.suppress(BrokenPipeError):
            _stream(process.stdin).close()  # without the word commit, git gives up
        try:
            process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            _kill(process)
        for stream in (process.stdout, process.stderr):
            _stream(stream).close()


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End git, and the hooks that it runs, which have its group and its streams."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Requests to stop wait until the block has ended."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _stream(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream
