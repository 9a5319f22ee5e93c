"""stancebank studio export and import, as users meet them: exit codes, messages, and nothing lost or half written."""

from __future__ import annotations

import json
import re
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from conftest import offline

from .exports import ANNOTATED, PART, TEXT, Folder, Task, item, new_region, result, small_corpus, span, tree

Run = Callable[..., CompletedProcess[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return small_corpus(tmp_path / "root")


@pytest.fixture
def run(cli: Run, folder: Folder) -> Run:
    """Run stancebank studio COMMAND on the small corpus."""
    return lambda name, *arguments, **options: cli("studio", name, *arguments, "--root", folder.path, **options)


@pytest.fixture
def run_process(process: Run, folder: Folder) -> Run:
    """The same in a process of its own."""
    return lambda name, *arguments, **options: process("studio", name, *arguments, "--root", folder.path, **options)


def said(done: CompletedProcess[str]) -> str:
    """All that a run printed, after checking that no traceback is in it."""
    output = done.stdout + done.stderr
    assert "Traceback" not in output
    assert "internal error" not in output
    assert "\x1b" not in output
    return output


def spoil(folder: Folder) -> None:
    """A mention whose text is not what the document reads."""
    folder.edit(PART, "mentions", "m1", text="Anne Lee")


# Export


def test_an_export_to_a_file_has_its_base_beside_it(run: Run, folder: Folder, tmp_path: Path) -> None:
    before = folder.tree()
    done = run("export", "--out", "tasks.json")
    assert (done.returncode, done.stdout) == (0, "wrote 2 tasks to tasks.json\n")
    tasks = json.loads((tmp_path / "tasks.json").read_bytes())
    assert [task["data"]["doc_id"] for task in tasks] == ["a", "b"]
    base = tree(tmp_path / "tasks.json.base")
    assert base == {name: data for name, data in before.items() if name in base}
    assert len(base) == 7
    assert folder.tree() == before


def test_an_export_to_standard_output(run: Run, tmp_path: Path) -> None:
    files = sorted(tmp_path.iterdir())
    for arguments in ((), ("--out", "-")):
        done = run("export", *arguments)
        assert (done.returncode, done.stderr) == (0, "")
        assert [len(result(task)) for task in json.loads(done.stdout)] == [len(result(json.loads(done.stdout)[0]))] * 2
    assert {p for p in tmp_path.iterdir() if p.suffix in (".json", ".base")} <= set(files)


@pytest.mark.parametrize("mode", ["annotations", "predictions", "texts"])
def test_what_the_tasks_carry(run: Run, mode: str) -> None:
    tasks = json.loads(run("export", "--as", mode).stdout)
    assert {task["data"]["mode"] for task in tasks} == {mode}
    assert {(mode in task, len({"annotations", "predictions"} & set(task))) for task in tasks} == {
        (mode != "texts", int(mode != "texts"))
    }


def test_some_documents(run: Run, tmp_path: Path) -> None:
    tasks = json.loads(run("export", "--doc", "b").stdout)
    assert [task["data"]["doc_id"] for task in tasks] == ["b"]
    done = run("export", "--doc", "b", "--doc", "a", "--out", "two.json")
    assert said(done) == "wrote 2 tasks to two.json\n"


@pytest.mark.parametrize("out", ["-", "tasks.json"])
@pytest.mark.parametrize("name", ["nowhere", "\x1b[31m"])
def test_a_document_that_is_not_there(run: Run, tmp_path: Path, out: str, name: str) -> None:
    done = run("export", "--doc", "a", "--doc", name, "--out", out)
    assert done.returncode == 2
    assert "no document is called" in said(done)
    assert not (tmp_path / "tasks.json").exists()
    assert not (tmp_path / "tasks.json.base").exists()


@pytest.mark.parametrize("out", ["-", "tasks.json"])
def test_a_corpus_with_errors_is_not_exported(run: Run, folder: Folder, tmp_path: Path, out: str) -> None:
    spoil(folder)
    done = run("export", "--out", out)
    assert (done.returncode, done.stdout) == (1, "")
    assert "the corpus has 2 errors" in said(done)
    assert "fix: run stancebank validate" in done.stderr
    assert not (tmp_path / "tasks.json").exists()
    assert not (tmp_path / "tasks.json.base").exists()


def test_errors_in_what_is_not_sent_keep_nothing_back(cli: Run, run: Run, folder: Folder) -> None:
    """In an annotator's pass, and in the annotations where only the texts are sent."""
    for layer in ANNOTATED:
        own = folder.path / folder.file(PART, layer, "ann")
        own.parent.mkdir(parents=True, exist_ok=True)
        own.write_bytes((folder.path / folder.file(PART, layer)).read_bytes().replace(b'"NAM"', b'"LONG"'))
    assert cli("validate", "--root", folder.path).returncode == 1
    assert run("export").returncode == 0
    spoil(folder)
    assert (run("export").returncode, run("export", "--as", "texts").returncode) == (1, 0)
    [task, _] = json.loads(run("export", "--passes").stdout)
    assert (task["data"]["way"], task["data"]["mode"], task["data"]["entities"]) == ("passes", "texts", [])
    refused = run("export", "--passes", "--as", "annotations")
    assert (refused.returncode, "would be a pass of its own" in said(refused)) == (2, True)


def test_a_corpus_that_cannot_be_read_is_not_exported(run: Run, folder: Folder) -> None:
    (folder.path / f"corpus/{PART}/stances.jsonl").write_bytes(b"{\n")
    done = run("export")
    assert (done.returncode, done.stdout) == (1, "")
    assert "error" in said(done)


def test_nowhere_to_write(run: Run, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("x")
    for out in ("folder", "file/tasks.json", "/dev/full/x", "x" * 300):
        done = run("export", "--out", out)
        assert done.returncode == 2, out
        assert "cannot write to" in said(done)
    assert list((tmp_path / "folder").iterdir()) == []
    assert (tmp_path / "file").read_text() == "x"


def test_an_export_that_fails_leaves_the_earlier_one(
    run: Run, run_process: Run, folder: Folder, tmp_path: Path
) -> None:
    run("export", "--out", "tasks.json")
    before = tree(tmp_path)
    folder.edit(PART, "mentions", "m1", level="NOM")
    after = folder.tree()
    done = run_process("export", "--out", "tasks.json", preexec_fn=_with_small_files, env=_unmeasured(tmp_path))
    assert done.returncode == 2
    assert "cannot write to" in said(done)
    assert {name: data for name, data in tree(tmp_path).items() if name.startswith("tasks")} == {
        name: data for name, data in before.items() if name.startswith("tasks")
    }
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert folder.tree() == after


def _unmeasured(home: Path) -> Mapping[str, str]:
    """An environment in which coverage, which writes a file at the end, is not measured."""
    return {name: value for name, value in offline(home).items() if not name.startswith("COVERAGE_")}


def _with_small_files() -> None:
    """Let no file grow beyond a kilobyte, which fails like a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))


def test_a_reader_that_stops_reading(folder: Folder) -> None:
    command = f"{sys.executable} -m stancebank studio export --root {folder.path} | head -c 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, encoding="utf-8", check=False)
    assert (done.stdout, done.stderr) == ("[", "")


# Import


@pytest.fixture
def tasks(run: Run, tmp_path: Path) -> list[Task]:
    """The tasks of an export to tasks.json."""
    assert run("export", "--out", "tasks.json").returncode == 0
    return json.loads((tmp_path / "tasks.json").read_bytes())


@pytest.fixture
def edited(tasks: list[Task], tmp_path: Path) -> list[Task]:
    """The same with an edit, in the same file."""
    item(tasks[0], "m1", "level")["value"]["choices"] = ["PRO"]
    (tmp_path / "tasks.json").write_text(json.dumps(tasks))
    return tasks


def test_an_import_of_what_was_exported(run: Run, tasks: list[Task], folder: Folder) -> None:
    before = folder.tree()
    done = run("import", "tasks.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "nothing was to be written"
    assert folder.tree() == before


def test_an_import_tells_what_has_changed(run: Run, edited: list[Task], folder: Folder) -> None:
    done = run("import", "tasks.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[:2] == ["a", '  m1 "Ann Lee": level NAM to PRO']
    assert f"wrote corpus/{PART}/mentions.jsonl" in done.stdout.splitlines()
    assert [r["level"] for r in folder.records(PART, "mentions") if r["mention_id"] == "m1"] == ["PRO", "NAM"]
    assert run("import", "tasks.json").stdout.splitlines()[-1] == "nothing was to be written"


def test_errors_in_what_was_written_are_listed_with_whose_work_they_are_in(
    run: Run, tasks: list[Task], tmp_path: Path
) -> None:
    tasks[0]["annotations"][0] |= {"completed_by": {"id": 2, "email": "ann@example.org"}, "lead_time": 3.5}
    result(tasks[0]).extend(new_region("again", span(TEXT, "Bob"), "PERSON", level="NAM", entity="e4"))
    (tmp_path / "tasks.json").write_text(json.dumps(tasks))
    done = run("import", "tasks.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(
        "[0-9]+ errors?( and [0-9]+ warnings?)? in the parts that were written; stancebank validate shows them",
        done.stdout.splitlines()[-1],
    )
    lines = done.stdout.splitlines()
    place = next(index for index, line in enumerate(lines) if line.startswith("ann, a, m"))
    assert ": error: SB305 " in lines[place]
    assert [line.startswith("  ") for line in lines[place + 1 : place + 4]] == [True] * 3
    assert lines[place + 3].startswith("  fix: ")


def test_an_import_from_standard_input(run_process: Run, run: Run, edited: list[Task], folder: Folder) -> None:
    lines = "".join(json.dumps(task) + "\n" for task in edited)
    done = run_process("import", "-", input=lines)
    assert done.returncode == 0
    assert f"wrote corpus/{PART}/mentions.jsonl" in said(done)
    before = folder.tree()
    done = run("import", "-", "--base", "tasks.json.base", input=lines.encode())
    assert done.returncode == 0
    assert folder.tree() == before


def test_an_import_into_another_folder(run: Run, edited: list[Task], folder: Folder, tmp_path: Path) -> None:
    before = folder.tree()
    done = run("import", "tasks.json", "--out", "new/out")
    assert done.returncode == 0
    assert said(done)
    assert sorted(tree(tmp_path / "new/out")) == sorted(folder.layers())
    assert folder.tree() == before


def test_what_is_refused_is_said_and_the_rest_comes_in(
    run: Run, edited: list[Task], folder: Folder, tmp_path: Path
) -> None:
    item(edited[1], "m1")["value"]["start"] = 7
    edited[1]["id"] = 42
    (tmp_path / "tasks.json").write_text(json.dumps(edited))
    done = run("import", "tasks.json")
    assert done.returncode == 1
    assert "task 42, b, region m1: refused: span-impossible  $[1].annotations[0].result[0].value" in done.stderr
    assert "  fix: delete the region and draw it again" in done.stderr
    assert f"wrote corpus/{PART}/mentions.jsonl" in done.stdout
    assert [r["level"] for r in folder.records(PART, "mentions") if r["mention_id"] == "m1"] == ["PRO", "NAM"]
    assert said(done)


def test_what_is_reported_alone_is_no_failure(run: Run, tasks: list[Task], tmp_path: Path) -> None:
    tasks[0]["annotations"][0]["was_cancelled"] = True
    (tmp_path / "tasks.json").write_text(json.dumps(tasks))
    done = run("import", "tasks.json")
    assert done.returncode == 0
    assert "reported: annotation-skipped" in done.stderr


def test_annotators_are_named(run: Run, edited: list[Task], folder: Folder, tmp_path: Path) -> None:
    for task in edited:
        task["annotations"][0] |= {"completed_by": {"id": 3, "email": "ann@example.org"}, "lead_time": 9.5}
        del task["data"]["way"]  # as in an export of an earlier version
    (tmp_path / "tasks.json").write_text(json.dumps(edited))
    done = run("import", "tasks.json", "--annotator", "ann@example.org=ann", "--as", "passes")
    assert done.returncode == 0
    assert "progress of 2 documents: 2 done" in said(done)
    assert "ann is not in annotation/annotators.yaml yet" in said(done)
    assert folder.corpus().annotators == ("ann",)
    done = run("import", "tasks.json", "--annotator", "3=../out")
    assert done.returncode == 2
    assert '"3=../out" does not map an account to an annotator' in said(done)


def test_two_passes_that_agree_can_compare(
    cli: Run, run: Run, edited: list[Task], folder: Folder, tmp_path: Path
) -> None:
    for task in edited:
        first = task["annotations"][0]
        first |= {"completed_by": 1, "lead_time": 5}
        task["annotations"] = [first, json.loads(json.dumps(first)) | {"completed_by": 2}]
        task["data"]["way"] = "passes"
    second = edited[0]["annotations"][1]["result"]
    [level] = [each for each in second if (each.get("id"), each.get("from_name")) == ("m2", "level")]
    level["value"]["choices"] = ["NOM"]
    (tmp_path / "tasks.json").write_text(json.dumps(edited))
    done = run("import", "tasks.json", "--annotator", "1=ann", "--annotator", "2=bea")
    assert (done.returncode, done.stderr) == (0, "")
    done = cli("agree", "ann", "bea", "--root", folder.path)
    assert done.returncode == 0, said(done)
    assert "mention" in said(done)


BAD_FILES: dict[str, tuple[bytes | None, str]] = {
    "missing": (None, "cannot be read: No such file or directory"),
    "empty": (b"", "export"),
    "binary": (bytes(range(256)) * 9, "this is not an export"),
    "a zip archive": (b"PK\x03\x04" + bytes(900), "this is not an export"),
    "no JSON": (b"the tasks\n", "this is not an export"),
    "CSV": (b"id,text\n1,a\n", "this is not an export"),
    "YAML": (b"- data:\n    text: a\n", "this is not an export"),
    "UTF-16": ('[{"data": {}}]'.encode("utf-16"), "this is not an export"),
    "cut": (b'[{"data": {"text": "a"}, "annot', "the export ends too soon"),
    "terminal escapes": (b'[{"a": 1}] \x1b[31m\x07', "this is not an export"),
}


@pytest.mark.parametrize(
    ("name", "by"),
    [
        (name, by)
        for name in BAD_FILES
        for by in ("file", "standard input")
        if (name, by) != ("missing", "standard input")
    ],
)
def test_a_file_that_is_no_export(run: Run, folder: Folder, tmp_path: Path, name: str, by: str) -> None:
    data, message = BAD_FILES[name]
    before = folder.tree()
    if data is not None:
        (tmp_path / "bad.json").write_bytes(data)
    done = run("import", "bad.json") if by == "file" else run("import", "-", input=data)
    assert done.returncode == 2
    assert message in said(done)
    assert "fix:" in done.stderr
    assert len(said(done)) < 1000
    assert folder.tree() == before


def test_a_folder_is_no_export(run: Run, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    done = run("import", "folder")
    assert done.returncode == 2
    assert "this is not an export: the folder holds no JSON export, but 0 files: nothing" in said(done)


def test_paths_that_no_file_can_have(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for name in ("file/tasks.json", "x" * 300, "a\nb\x1b[31m"):
        done = run("import", name)
        assert done.returncode == 2, name
        assert "cannot be read" in said(done)


def test_a_file_of_something_else_that_is_json(run: Run, folder: Folder, tmp_path: Path) -> None:
    before = folder.tree()
    (tmp_path / "other.json").write_text(
        json.dumps([{"name": "x"}, {"data": {"text": "\x1b[31m", "doc_id": "\x1b[2J"}}])
    )
    done = run("import", "other.json")
    assert done.returncode == 1
    assert "task-malformed" in said(done)
    assert "document-unknown" in said(done)
    assert folder.tree() == before


@pytest.mark.parametrize("base", ["missing", "empty", "tasks.json"])
def test_a_base_that_is_none(run: Run, tasks: list[Task], folder: Folder, tmp_path: Path, base: str) -> None:
    (tmp_path / "empty").mkdir()
    before = folder.tree()
    done = run("import", "tasks.json", "--base", base)
    assert done.returncode == 2
    assert f"{base} is neither a corpus nor a base" in said(done)
    assert folder.tree() == before


@pytest.mark.parametrize("out", ["file", "file/deeper", "/proc/nowhere"])
def test_an_out_that_cannot_be_written(run: Run, edited: list[Task], tmp_path: Path, out: str) -> None:
    (tmp_path / "file").write_text("x")
    done = run("import", "tasks.json", "--out", out)
    assert done.returncode == 2
    assert "cannot write" in said(done)
    assert (tmp_path / "file").read_text() == "x"


def test_no_corpus(cli: Run, edited: list[Task], tmp_path: Path) -> None:
    for command in (["export"], ["import", "tasks.json"]):
        done = cli("studio", *command, "--root", tmp_path / "missing")
        assert done.returncode == 2
        assert "missing is not a corpus root" in said(done)


def test_a_full_disk_leaves_root_and_base_as_they_were(
    run_process: Run, edited: list[Task], folder: Folder, tmp_path: Path
) -> None:
    before, base = folder.tree(), tree(tmp_path / "tasks.json.base")
    done = run_process("import", "tasks.json", preexec_fn=_with_small_files, env=_unmeasured(tmp_path))
    assert done.returncode == 2
    assert "File too large" in said(done)
    assert folder.tree() == before
    assert tree(tmp_path / "tasks.json.base") == base


def test_an_import_that_is_stopped_leaves_nothing_behind(edited: list[Task], folder: Folder, tmp_path: Path) -> None:
    before = tree(tmp_path)
    code = (
        "import os, signal, stancebank.studio.importing.import_run as importing\n"
        f"importing.prepared_files = lambda *_: os.kill(os.getpid(), {int(signal.SIGTERM)})\n"
        "from stancebank.commands import main; main()"
    )
    command = [sys.executable, "-c", code, "studio", "import", "tasks.json", "--root", str(folder.path)]
    options = {"cwd": tmp_path, "env": offline(tmp_path), "capture_output": True, "encoding": "utf-8"}
    done = subprocess.run(command, check=False, **options)
    assert done.returncode == 128 + signal.SIGTERM
    assert said(done) == ""
    assert {name: data for name, data in tree(tmp_path).items() if name in before} == before


def test_nothing_that_an_export_says_reaches_a_terminal_as_it_is(
    run: Run, tasks: list[Task], folder: Folder, tmp_path: Path
) -> None:
    bad = "\x1b[31m\x07\u202e\n"
    tasks[0]["id"] = bad
    item(tasks[0], "m1")["value"]["labels"] = [bad]
    item(tasks[0], "m2", "level")["value"]["choices"] = [bad]
    item(tasks[0], "m3", "entity")["value"]["taxonomy"] = [[bad]]
    item(tasks[0], "m5 to m6")["labels"] = [bad]
    item(tasks[0], "m4 to m5")["direction"] = bad
    result(tasks[0]).append({"id": bad, "type": bad, "from_name": bad})
    result(tasks[0]).extend(new_region(bad, span(TEXT, "peace"), "PERSON", level="NAM", new_entity=bad + "x" + bad))
    tasks.append({"id": bad, "data": {"text": bad, "doc_id": bad, "scheme_version": bad}})
    for annotation in tasks[1]["annotations"]:
        annotation["completed_by"] = {"email": bad}
    tasks[1]["annotations"] *= 2
    (tmp_path / "tasks.json").write_text(json.dumps(tasks))
    done = run("import", "tasks.json")
    assert done.returncode == 1
    assert "\\x1b[31m" in said(done)
    assert all(line.isprintable() for line in (done.stdout + done.stderr).splitlines())
    assert not {"\u202e", "\x07"} & set(done.stdout + done.stderr)


def test_an_entity_that_is_typed_with_terminal_escapes(run: Run, tasks: list[Task], tmp_path: Path) -> None:
    typed = "the day | \x1b[31m"
    result(tasks[0]).extend(new_region("abcdefghij", span(TEXT, "peace"), "DATE", level="NOM", new_entity=typed))
    (tmp_path / "tasks.json").write_text(json.dumps(tasks))
    assert said(run("import", "tasks.json"))


def test_the_base_cannot_be_reached_through_a_link(
    run: Run, edited: list[Task], folder: Folder, tmp_path: Path
) -> None:
    """The base is a folder like any other, and no place to read other files from."""
    mentions = tmp_path / f"tasks.json.base/corpus/{PART}/mentions.jsonl"
    mentions.unlink()
    mentions.symlink_to("/etc/hostname")
    before = folder.tree()
    done = run("import", "tasks.json")
    assert done.returncode == 2
    assert "symbolic link" in said(done)
    assert folder.tree() == before


def test_files_keep_their_permissions(run: Run, edited: list[Task], folder: Folder) -> None:
    file = folder.path / f"corpus/{PART}/mentions.jsonl"
    file.chmod(0o640)
    assert run("import", "tasks.json").returncode == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_help_names_the_exit_codes(cli: Run) -> None:
    for command in ("export", "import"):
        done = cli("studio", command, "--help")
        assert done.returncode == 0
        assert "Exit codes:\n    0  success\n" in said(done)


@pytest.mark.deep("processes")
def test_two_processes_do_what_one_does(run: Run, run_process: Run, folder: Folder, tmp_path: Path) -> None:
    assert run("export", "--out", tmp_path / "one.json").returncode == 0
    done = run_process("export", "--out", tmp_path / "two.json", "--workers", 2, "--quiet")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "two.json").read_bytes() == (tmp_path / "one.json").read_bytes()
    assert tree(tmp_path / "two.json.base") == tree(tmp_path / "one.json.base")
    before = folder.tree()
    done = run_process("import", tmp_path / "two.json", "--workers", 2, "--quiet")
    assert (done.returncode, done.stderr) == (0, "")
    assert "nothing was to be written" in done.stdout
    assert folder.tree() == before
