"""Files as they enter and leave: inside the root, whole or not at all."""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from stancebank.faults import StanceBankError
from stancebank.storage.files import new_folder, prepared_files, read_inside, write_files

MARKER = "manifest.json"
LIMIT = 4096  # bytes that a process with a limit may write into a file

LIMITED = f"""
import resource, sys
from pathlib import Path
from stancebank.faults import StanceBankError
from stancebank.storage.files import write_files
resource.setrlimit(resource.RLIMIT_FSIZE, ({LIMIT}, {LIMIT}))
try:
    write_files(Path(sys.argv[1]), {{name: b"x" * int(size) for name, size in zip(sys.argv[2::2], sys.argv[3::2])}})
except StanceBankError as error:
    print(error.what)
"""


def tree(folder: Path) -> dict[str, object]:
    """What is in a folder: the bytes of each file, where each link leads, None for a folder."""

    def held(path: Path) -> object:
        return path.readlink() if path.is_symlink() else path.read_bytes() if path.is_file() else None

    return {path.relative_to(folder).as_posix(): held(path) for path in sorted(folder.rglob("*"))}


def write_limited(folder: Path, **sizes: int) -> str:
    """What writing files of these sizes says in a process that may write no more than LIMIT bytes into one."""
    arguments = [str(argument) for pair in sizes.items() for argument in pair]
    command = [sys.executable, "-c", LIMITED, str(folder), *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file, a link to it and a folder in it."""
    path = tmp_path / "root"
    (path / "inner").mkdir(parents=True)
    (path / "file").write_bytes(b"before")
    (path / "link").symlink_to("file")
    return path


def test_files_are_written_with_the_folders_they_need_and_nothing_else(folder):
    before = tree(folder)
    write_files(folder, {"file": b"after", "a/b/new": b"", "inner/new": b"\r\n\0"})
    assert tree(folder) == before | {"file": b"after", "a": None, "a/b": None, "a/b/new": b"", "inner/new": b"\r\n\0"}


def test_no_files_change_nothing(folder):
    before = tree(folder)
    write_files(folder, {})
    assert tree(folder) == before


@pytest.mark.parametrize(
    "impossible",
    [
        pytest.param("inner", id="a folder is there"),
        pytest.param("file/new", id="a file where a folder is needed"),
        pytest.param("file/a/new", id="a file above the folder that is needed"),
        pytest.param("n" * 300, id="a name too long"),
        pytest.param("n" * 300 + "/new", id="a folder's name too long"),
        pytest.param("c/d/" + "n" * 300 + "/new", id="a folder's name too long below new folders"),
    ],
)
def test_where_one_file_cannot_be_written_none_is(folder, impossible):
    before = tree(folder)
    with pytest.raises(StanceBankError, match="cannot write"):
        write_files(folder, {"file": b"after", "a/b/new": b"x", impossible: b"x", "other": b"x"})
    assert tree(folder) == before


def test_a_link_is_still_a_link_after_writing_failed(folder):
    before = tree(folder)
    with pytest.raises(StanceBankError):
        write_files(folder, {"link": b"after", "inner": b"x"})
    assert tree(folder) == before


def test_where_the_disk_is_full_nothing_changes(folder):
    before = tree(folder)
    assert "cannot write to" in write_limited(folder, file=1, new=LIMIT + 1)
    assert tree(folder) == before


def test_a_large_file_is_whole_after_writing_failed_on_a_full_disk(folder):
    (folder / "file").write_bytes(b"y" * (LIMIT + 1))
    before = tree(folder)
    assert "cannot write to" in write_limited(folder, file=1, inner=1)
    assert tree(folder) == before


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755])
def test_a_file_keeps_its_permissions(folder, mode):
    (folder / "file").chmod(mode)
    write_files(folder, {"file": b"after"})
    assert (folder / "file").stat().st_mode & 0o777 == mode


@pytest.fixture(params=[0o022, 0o077], ids=["umask 022", "umask 077"])
def umask(request):
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def test_new_files_and_folders_have_the_permissions_that_the_user_gives_to_new_ones(folder, umask):
    write_files(folder, {"a/new": b""})
    fill(folder / "result")
    assert (folder / "a/new").stat().st_mode & 0o777 == 0o666 & ~umask
    assert (folder / "result").stat().st_mode & 0o777 == 0o777 & ~umask


def test_a_file_inside_is_read(folder):
    assert read_inside(folder, "file") == (b"before", None)


@pytest.mark.parametrize("inside", ["link", "linked/file", "absolute"])
def test_links_inside_the_root_are_followed(folder, inside):
    (folder / "linked").symlink_to(".")
    (folder / "absolute").symlink_to(folder / "file")
    assert read_inside(folder, inside) == (b"before", None)


def test_the_root_itself_may_be_a_link(folder):
    root = folder.parent / "link-to-root"
    root.symlink_to(folder)
    assert read_inside(root, "file") == (b"before", None)


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        pytest.param("nothing", "missing", id="no file"),
        pytest.param("nothing/file", "missing", id="no folder"),
        pytest.param("dangling", "missing", id="a link to nothing"),
        pytest.param("out", "outside", id="a link out of the root"),
        pytest.param("out-folder/secret", "outside", id="below a link out of the root"),
        pytest.param("to-out", "outside", id="a link to a link out of the root"),
        pytest.param("../secret", "outside", id="a path out of the root"),
        pytest.param("root-2/secret", "outside", id="a sibling whose name starts like the root's"),
        pytest.param("inner", "unreadable", id="a folder"),
        pytest.param("loop", "unreadable", id="a link to itself"),
        pytest.param("file/x", "unreadable", id="below a file"),
        pytest.param("n" * 5000, "unreadable", id="a name too long"),
    ],
)
def test_what_is_not_a_file_inside_the_root_is_a_fault(folder, file, kind):
    outside = folder.parent
    write_files(outside, {"secret": b"secret", "root-2/secret": b"secret"})
    links = {"dangling": "gone", "loop": "loop", "to-out": "out", "out": outside / "secret", "out-folder": outside}
    for link, target in (links | {"root-2": outside / "root-2"}).items():
        (folder / link).symlink_to(target)
    data, fault = read_inside(folder, file)
    assert (data, fault.kind, fault.file) == (None, kind, file)
    assert fault.what
    assert fault.fix


def test_a_name_that_no_file_can_have_is_a_fault(folder):
    data, fault = read_inside(folder, "a\0b")
    assert data is None
    assert fault.kind in ("missing", "unreadable")


def is_result(folder: Path) -> bool:
    """A result holds the marker and data, and nothing else."""
    return (folder / MARKER).is_file() and {path.name for path in folder.iterdir()} <= {MARKER, "data"}


def fill(target: Path, error: BaseException | None = None) -> None:
    """Make a result in the target's place, or fail with an error on the way."""
    with new_folder(target, is_result) as beside:
        (beside / MARKER).write_bytes(b"{}")
        (beside / "data").mkdir()
        (beside / "data/rows").write_bytes(b"new")
        if error is not None:
            raise error


RESULT = {MARKER: b"{}", "data": None, "data/rows": b"new"}


def test_an_interrupt_while_a_result_takes_its_place_leaves_the_earlier_one(tmp_path, monkeypatch):
    result = tmp_path / "result"
    fill(result)
    (result / "data/rows").write_bytes(b"old")
    before, rename = tree(result), Path.rename

    def interrupted(path: Path, to: Path) -> Path:
        moved = rename(path, to)
        if path == result:
            raise KeyboardInterrupt
        return moved

    monkeypatch.setattr(Path, "rename", interrupted)
    monkeypatch.setattr("stancebank.storage.files.exchanged", lambda *_: False)  # as where the system cannot do it
    with pytest.raises(KeyboardInterrupt):
        fill(result)
    assert tree(result) == before
    assert [path.name for path in tmp_path.iterdir()] == ["result"]


WATCH = """
import os, sys
missing = 0
while os.getppid() == int(sys.argv[2]) and not os.path.exists(sys.argv[1] + "/../stop"):
    missing += not os.path.exists(sys.argv[1] + "/manifest.json")
print(missing)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="no other system exchanges folders in one step")
def test_a_result_that_is_replaced_is_never_missing(tmp_path):
    result = tmp_path / "result"
    fill(result)
    command = [sys.executable, "-c", WATCH, str(result), str(os.getpid())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watcher:
        for _ in range(200):
            fill(result)
        (tmp_path / "stop").write_bytes(b"")
        missing, _ = watcher.communicate(timeout=30)
    assert missing == "0\n"


def test_a_new_folder_is_made_with_those_above_it(tmp_path):
    fill(tmp_path / "a/b/result")
    assert tree(tmp_path / "a/b/result") == RESULT
    assert sorted(tree(tmp_path)) == sorted(["a", "a/b", "a/b/result", *(f"a/b/result/{name}" for name in RESULT)])


@pytest.mark.parametrize(
    "earlier", [{}, {MARKER: b"old", "data/rows-of-before": b"old"}], ids=["empty", "earlier result"]
)
def test_an_empty_folder_and_an_earlier_result_are_replaced_as_a_whole(tmp_path, earlier):
    (tmp_path / "result").mkdir()
    write_files(tmp_path / "result", earlier)
    fill(tmp_path / "result")
    assert tree(tmp_path / "result") == RESULT
    assert [path.name for path in tmp_path.iterdir()] == ["result"]


@pytest.mark.parametrize(
    ("target", "what"),
    [
        pytest.param("root", "holds other files than an earlier result", id="somebody's folder"),
        pytest.param("root/file", "is not a folder", id="a file"),
        pytest.param("root/link", "is not a folder", id="a link to a file"),
        pytest.param("root/file/result", "cannot write", id="below a file"),
        pytest.param("root/" + "n" * 300, "cannot write", id="a name too long"),
    ],
)
def test_nothing_but_an_earlier_result_is_ever_replaced(folder, target, what):
    before = tree(folder.parent)
    with pytest.raises(StanceBankError, match=what):
        fill(folder.parent / target)
    assert tree(folder.parent) == before


def test_a_folder_named_like_the_marker_makes_no_result(folder):
    (folder / MARKER).mkdir()
    with pytest.raises(StanceBankError, match="holds other files than an earlier result"):
        fill(folder)


@pytest.mark.parametrize("target", ["a/b/result", "earlier", "empty"])
@pytest.mark.parametrize("error", [KeyError("x"), KeyboardInterrupt(), SystemExit(1)], ids=lambda e: type(e).__name__)
def test_an_error_on_the_way_leaves_the_target_as_it_was(tmp_path, target, error):
    (tmp_path / "empty").mkdir()
    write_files(tmp_path, {f"earlier/{MARKER}": b"old"})
    before = tree(tmp_path)
    with pytest.raises(type(error)):
        fill(tmp_path / target, error)
    assert tree(tmp_path) == before


def test_a_full_disk_on_the_way_is_told_to_the_user(tmp_path):
    with pytest.raises(StanceBankError, match=r"cannot write to .*: No space left on device; nothing was changed"):
        fill(tmp_path / "result", OSError(28, os.strerror(28)))
    assert tree(tmp_path) == {}


def test_the_working_folder_itself_can_be_an_earlier_result(tmp_path, monkeypatch):
    write_files(tmp_path / "here", {MARKER: b"old"})
    monkeypatch.chdir(tmp_path / "here")
    fill(Path())
    assert tree(tmp_path / "here") == RESULT


def test_an_earlier_result_that_holds_somebodys_file_is_not_replaced(tmp_path):
    write_files(tmp_path, {f"result/{MARKER}": b"old", "result/.git/config": b"years of work"})
    with pytest.raises(StanceBankError, match="holds other files than an earlier result"):
        fill(tmp_path / "result")
    assert (tmp_path / "result/.git/config").read_bytes() == b"years of work"


def test_a_link_to_an_earlier_result_stays_a_link(tmp_path):
    write_files(tmp_path, {f"result/{MARKER}": b"old"})
    (tmp_path / "link").symlink_to("result")
    fill(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert tree(tmp_path / "result") == RESULT


def test_a_file_that_is_none_is_removed_with_the_folders_that_it_leaves_empty(tmp_path: Path) -> None:
    write_files(tmp_path, {"a/b/one": b"1", "a/two": b"2", "three": b"3"})
    write_files(tmp_path, {"a/b/one": None, "three": None, "nowhere/four": None, "a/two": b"new"})
    assert [path.relative_to(tmp_path).as_posix() for path in sorted(tmp_path.rglob("*"))] == ["a", "a/two"]
    write_files(tmp_path, {"a/two": None})
    assert list(tmp_path.iterdir()) == []


def test_what_was_removed_is_back_where_a_later_step_fails(tmp_path: Path) -> None:
    write_files(tmp_path, {"a/one": b"1"})
    with contextlib.suppress(StanceBankError), prepared_files(tmp_path, {"a/one": None, "b": b"2"}) as put:
        put()
        assert not (tmp_path / "a/one").exists()
        raise OSError("no room")
    assert {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == {"one": b"1"}


def test_a_link_is_removed_and_not_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"1")
    (tmp_path / "link").symlink_to("real")
    write_files(tmp_path, {"link": None})
    assert [path.name for path in tmp_path.iterdir()] == ["real"]
