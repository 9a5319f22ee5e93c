"""Bad input, as users meet it: one clear message, the right exit code, no traceback, nothing lost or half written."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from conftest import DOC, PART, Root, offline

Run = Callable[..., CompletedProcess[str]]


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, caches and homes of the runs left out."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file() and not p.is_symlink()}


def said(done: CompletedProcess[str]) -> str:
    """All that a run printed, after checking that no traceback is in it."""
    output = done.stdout + done.stderr
    assert "Traceback" not in output
    assert "internal error" not in output
    return output


def without_privileges() -> None:
    """Give up root's right to write where permissions forbid it."""
    cap_dac_override, pr_capbset_drop = 1, 24
    if os.geteuid() == 0 and ctypes.CDLL(None).prctl(pr_capbset_drop, cap_dac_override, 0, 0, 0):
        raise OSError("cannot give up privileges")


def with_small_files() -> None:
    """Let no file grow beyond a kilobyte, which fails like a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))


@pytest.mark.parametrize("command", [["validate"], ["build"], ["generate"], ["add", "text.txt"]])
def test_a_missing_folder(cli: Run, tmp_path: Path, command: list[str]) -> None:
    done = cli(*command, "--root", tmp_path / "missing")
    assert done.returncode == 2
    assert "missing is not a corpus root: corpus/corpus.yaml is missing" in said(done)
    assert "fix: name the folder above corpus/" in said(done)


def test_no_corpus_in_any_folder_upwards(cli: Run, tmp_path: Path) -> None:
    done = cli("validate", cwd=tmp_path)
    assert done.returncode == 2
    assert "there is no corpus here" in said(done)


def test_an_empty_corpus(cli: Run, tmp_path: Path) -> None:
    cli("init", "empty")
    for command in (["validate"], ["build"]):
        done = cli(*command, "--root", "empty")
        assert done.returncode == 1
        assert "SB601 corpus-empty\n  the corpus has no part\n  fix: add a text" in said(done)
    assert not (tmp_path / "empty/dist").exists()


Breakage = Callable[[Root], object]
BROKEN: dict[str, tuple[Breakage, str]] = {
    "a part without one layer": (
        lambda root: root.layer_path("stances").unlink(),
        f"corpus/{PART}/stances.jsonl  SB104 layer-missing",
    ),
    "a truncated last line": (
        lambda root: root.layer_path("stances").write_bytes(root.layer_path("stances").read_bytes()[:-40]),
        f"corpus/{PART}/stances.jsonl:23:",
    ),
    "10 MB on one line": (
        lambda root: root.layer_path("stances").write_bytes(b"x" * 10_000_000),
        f"corpus/{PART}/stances.jsonl:1:1  SB113 not-json",
    ),
    "10 MB in one value": (
        lambda root: root.edit("entities", 0, name="x" * 10_000_000, type="NONE"),
        f"corpus/{PART}/entities.jsonl:1:",
    ),
    "a file that is not UTF-8": (
        lambda root: root.layer_path("entities").write_bytes(
            root.layer_path("entities").read_text("utf-8").encode("utf-16")
        ),
        f"corpus/{PART}/entities.jsonl:1:1  SB108 not-utf-8",
    ),
    "a symbolic link out of the root": (
        lambda root: (root.layer_path("targets").unlink(), root.layer_path("targets").symlink_to("/etc/hostname")),
        "corpus/targets.jsonl  SB106 file-outside-root",
    ),
    "a seed that is a link out of the root": (
        lambda root: (
            (root.path / f"seeds/{DOC}.txt").unlink(),
            (root.path / f"seeds/{DOC}.txt").symlink_to("/etc/hostname"),
        ),
        f"corpus/{PART}/documents.jsonl:1:",
    ),
    "a folder in the place of a layer": (
        lambda root: (root.layer_path("stances").unlink(), root.layer_path("stances").mkdir()),
        f"corpus/{PART}/stances.jsonl  SB107 file-unreadable",
    ),
    "settings that are no YAML": (
        lambda root: (root.path / "corpus/corpus.yaml").write_text("name: [\n"),
        "corpus/corpus.yaml:2:1  SB101 settings-invalid",
    ),
    "settings that are binary": (
        lambda root: (root.path / "corpus/corpus.yaml").write_bytes(b"\xff\x00\x1b[31m"),
        "corpus/corpus.yaml:1  SB101 settings-invalid",
    ),
}


@pytest.mark.deep("inputs", quick=3)
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_corpus_is_reported_and_not_built(name: str, cli: Run, root: Root) -> None:
    breaks, expected = BROKEN[name]
    cli("build", "--root", root.path, "--view", "documents")
    breaks(root)
    before = tree(root.path)
    validated = cli("validate", "--root", root.path)
    assert validated.returncode == 1
    assert expected in said(validated)
    assert len(said(validated)) < 5_000, "the message is not drowned in the input"
    built = cli("build", "--root", root.path, "--view", "documents")
    assert built.returncode == 1
    assert expected in said(built)
    assert "nothing was built" in said(built)
    assert tree(root.path) == before


def test_a_folder_that_may_not_be_written(process: Run, root: Root, tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(0o500)
    done = process("build", "--root", root.path, "--out", folder / "out", preexec_fn=without_privileges)
    assert done.returncode == 2
    assert f"cannot write to {folder / 'out'}: Permission denied; nothing was changed" in said(done)
    assert list(folder.iterdir()) == []


@pytest.mark.deep("processes", quick=1)
@pytest.mark.parametrize("command", ["update", "remove", "rename"])
def test_a_layer_that_is_read_only(process: Run, root: Root, tmp_path: Path, command: str) -> None:
    text = (root.path / f"seeds/{DOC}.txt").read_text("utf-8")
    (tmp_path / "new.txt").write_text(text.replace("Keir", "Kier"), "utf-8")
    root.layer_path("mentions").chmod(0o444)
    before = tree(root.path)
    options = {"update": ["--text", "new.txt"], "remove": [], "rename": ["talks"]}[command]
    done = process(command, DOC, *options, "--root", root.path, preexec_fn=without_privileges)
    assert done.returncode == 2
    assert "mentions.jsonl is read-only; nothing was changed" in said(done)
    assert tree(root.path) == before


def test_a_corpus_that_may_not_be_written(process: Run, root: Root, tmp_path: Path) -> None:
    (tmp_path / "new.txt").write_text("A new text.")
    (root.path / "seeds").chmod(0o500)
    before = tree(root.path)
    done = process("add", "new.txt", "--date", "2025-03-01", "--root", root.path, preexec_fn=without_privileges)
    assert done.returncode == 2
    assert "Permission denied; nothing was changed" in said(done)
    assert tree(root.path) == before
    assert not (root.path / "corpus/2025-03").exists()


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["build", "--view", "documents"], marks=pytest.mark.deep("inputs")),
        pytest.param(["generate"], marks=pytest.mark.deep("inputs")),
        ["add", "new.txt", "--date", "2025-03-01"],
    ],
    ids=lambda command: command[0],
)
def test_a_full_disk(process: Run, root: Root, tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "new.txt").write_text("A new text. " * 200)
    process("build", "--root", root.path, "--view", "stances")
    (root.path / "schemas/stances.schema.json").write_text("drifted")
    before = tree(root.path)
    # Measuring coverage would itself write a file at the end, which fails here too.
    unmeasured = {name: value for name, value in offline(tmp_path).items() if not name.startswith("COVERAGE_")}
    done = process(*command, "--root", root.path, preexec_fn=with_small_files, env=unmeasured)
    assert done.returncode == 2
    assert "File too large; nothing was changed" in said(done)
    assert tree(root.path) == before


def test_no_folder_for_a_build_is_replaced_that_is_not_one(cli: Run, root: Root, tmp_path: Path) -> None:
    done = cli("build", "--root", root.path, "--out", root.path)
    assert done.returncode == 2
    assert "holds other files than an earlier result; nothing was written" in said(done)
    assert (root.path / "corpus").is_dir()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"caf\xe9 closed", "new.txt:1: byte 3 (0xe9) is not UTF-8"),
        (b"One\nline\r\nand another", "new.txt:1:4: LF here, CRLF elsewhere in the file"),
        (b"A bell \x07 rings", "new.txt:1:8: control character U+0007"),
        (b"A text\x00", "new.txt:1:7: control character U+0000"),
        (b" date 2025-02-31 Text", "new.txt:1: the header's date 2025-02-31 is no day"),
        (b" \n\t\n", "new.txt: there is no text in the file"),
        (b"", "new.txt: there is no text in the file"),
    ],
)
def test_a_text_that_cannot_be_taken(cli: Run, root: Root, tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "new.txt").write_bytes(data)
    before = tree(root.path)
    done = cli("add", "new.txt", "--date", "2025-02-17", "--root", root.path)
    assert done.returncode == 2
    assert message in said(done)
    assert tree(root.path) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.txt"], "missing.txt cannot be read: No such file or directory"),
        (["empty"], "empty: the folder has no file that ends in .txt"),
        (["nothing/*.txt"], "nothing/*.txt: no file matches the pattern"),
        (["/dev/null"], "/dev/null is not a regular file, but a device"),
        (["new.txt"], "new.txt has no date header"),
        (["new.txt", "--date", "17 February"], '"17 February" is no day'),
        (["new.txt", "--date", "2025-03-01", "--part", "../../etc"], '"../../etc" is not a valid name for a part'),
        (["new.txt", "--date", "2025-03-01", "--language", "english!"], '"english!" is not a language tag'),
        (["new.txt", "copy.txt", "--date", "2025-03-01"], "copy.txt is there already, as new.txt"),
        (["new.txt", "--date", "2025-03-01", "--rights", "mine"], 'the rights table has no key "mine"'),
        (["new.txt", "--date", "2025-03-01", "--column", "x=y"], '"x=y" does not name a column for a field'),
        (["seed.txt"], f"is there already, as seeds/{DOC}.txt"),
        ([f"{DOC}.txt", "--date", "2025-03-01"], f"another text with the id {DOC} is there already"),
    ],
)
def test_an_addition_that_cannot_be_made(
    cli: Run, root: Root, tmp_path: Path, arguments: list[str], message: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "new.txt").write_text("A new text.")
    (tmp_path / "copy.txt").write_text("A new text.")
    (tmp_path / "seed.txt").write_bytes((root.path / f"seeds/{DOC}.txt").read_bytes())
    (tmp_path / f"{DOC}.txt").write_text("Another text under the same name.")
    before = tree(root.path)
    done = cli("add", *arguments, "--root", root.path)
    assert done.returncode == 2
    assert message in said(done)
    assert tree(root.path) == before


def test_wrong_usage(cli: Run) -> None:
    for arguments, message in (
        (["validate", "--format", "xml"], "'xml'"),
        (["bild"], "'bild'"),
        (["add"], "SOURCE"),
        (["build", "--root"], "'--root' requires an argument"),
    ):
        done = cli(*arguments)
        assert done.returncode == 2
        assert message in said(done)


def test_a_reader_that_stops_reading_gets_no_message_and_no_false_verdict(root: Root) -> None:
    root.change("entities", lambda records: [record.update(type="NONE") for record in records])
    command = f"{sys.executable} -m stancebank validate --root {root.path} | head -c 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, encoding="utf-8", check=False)
    assert done.stderr == ""
    assert done.stdout[1:].strip() in ("1", "141"), "it found errors, or could not tell all of them"


def test_a_terminal_that_is_not_unicode(process: Run, root: Root, tmp_path: Path) -> None:
    root.edit("mentions", 40, text="Київ")
    done = process("validate", "--root", root.path, env=offline(tmp_path, PYTHONIOENCODING="latin-1"))
    assert done.returncode == 1
    assert r"\u041a\u0438\u0457\u0432" in said(done)


@pytest.mark.deep("processes")
@pytest.mark.parametrize("request_to_stop", [signal.SIGTERM, signal.SIGINT])
def test_a_build_that_is_stopped_leaves_only_what_the_next_one_takes_up(
    request_to_stop: signal.Signals, root: Root, tmp_path: Path
) -> None:
    code = (
        "import os, signal, stancebank.dataset.building as dataset\n"
        f"dataset.dataset_card = lambda *_: os.kill(os.getpid(), {int(request_to_stop)})\n"
        "from stancebank.commands import main; main()"
    )
    command = [sys.executable, "-c", code, "build", "--quiet", "--root", str(root.path)]
    command += ["--out", str(tmp_path / "out" / "here")]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 128 + request_to_stop
    assert said(done) == ""
    assert [path.name for path in (tmp_path / "out").iterdir()] == [".unfinished-here"]
    again = subprocess.run([*command[:1], "-m", "stancebank", *command[3:]], capture_output=True, check=False)
    assert again.returncode == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["here"]


def test_a_folder_of_the_root_that_leads_out_of_it_is_not_written(cli: Run, root: Root, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (root.path / "docs").symlink_to(tmp_path / "outside")
    done = cli("generate", "--root", root.path)
    assert done.returncode == 2
    assert "docs is a symbolic link, and generated files are not written through one" in said(done)
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_manifest_of_somebody_else_does_not_make_a_folder_ours(cli: Run, root: Root, tmp_path: Path) -> None:
    extension = tmp_path / "extension"
    (extension / "data").mkdir(parents=True)
    (extension / "manifest.json").write_text('{"manifest_version": 3}')
    done = cli("build", "--root", root.path, "--out", extension, "--view", "targets")
    assert done.returncode == 2
    assert "holds other files than an earlier result" in said(done)
    assert (extension / "manifest.json").read_text() == '{"manifest_version": 3}'


def test_a_folder_that_load_dataset_could_not_read(cli: Run, root: Root, tmp_path: Path) -> None:
    done = cli("build", "--root", root.path, "--out", tmp_path / "d[1]")
    assert done.returncode == 2
    assert "load_dataset finds no files in" in said(done)
    assert not (tmp_path / "d[1]").exists()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("train:", "all:", "corpus/corpus.yaml:13:3  SB101 settings-invalid"),
        ("title: StanceBank", 'title: "Stance\\nBank"', "SB101 settings-invalid"),
        ("name: stancebank", "name: ../stancebank", "SB101 settings-invalid"),
    ],
)
def test_settings_that_would_break_the_dataset(cli: Run, root: Root, old: str, new: str, message: str) -> None:
    root.replace("corpus/corpus.yaml", old, new)
    done = cli("build", "--root", root.path)
    assert done.returncode == 1
    assert message in said(done)


def test_no_picture_is_drawn_of_a_corpus_that_cannot_be_read(cli: Run, root: Root) -> None:
    root.layer_path("stances").write_text("{\n")
    done = cli("generate", "--root", root.path)
    assert done.returncode == 2
    assert "corpus/2025-02/stances.jsonl:1: not valid JSON" in said(done)


def test_a_folder_name_that_would_trick_a_terminal_or_a_glob(cli: Run, root: Root) -> None:
    (root.path / "corpus" / PART).rename(root.path / "corpus" / "a[\x1b[31m]\nb")
    done = cli("validate", "--root", root.path)
    assert done.returncode == 1
    assert "SB609 part-name-malformed" in said(done)
    assert "\x1b" not in said(done)
