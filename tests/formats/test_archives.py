"""ZIP archives: unpacked where nothing in them can do harm, else refused in one sentence; nothing is left behind."""

from __future__ import annotations

import io
import stat
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from conftest import PROJECT
from stancebank.corpus.corpus import read_corpus
from stancebank.formats import archives
from stancebank.pages.new_corpus import make_corpus
from stancebank.schema.paths import SCHEME_FILE

Cli = Callable[..., CompletedProcess[str]]
FILES = {"export/a.txt": b"Ada Birk spoke.", "export/a.ann": b"T1\tPERSON 0 8\tAda Birk\n", "__MACOSX/b.ann": b"x"}


def packed(files: Mapping[str, bytes | zipfile.ZipInfo]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(
                data if isinstance(data, zipfile.ZipInfo) else name, b"t" if isinstance(data, zipfile.ZipInfo) else data
            )
    return buffer.getvalue()


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def with_password(data: bytes) -> bytes:
    """The flag of encryption set in both headers of the first entry."""
    changed = bytearray(data)
    for start, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        changed[data.index(start) + offset] |= 1
    return bytes(changed)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make_corpus(tmp_path / "corpus", PROJECT / SCHEME_FILE)
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    return tmp_path / "corpus"


@pytest.mark.parametrize("data", [packed(FILES), packed({"inner/a.zip": packed(FILES)})])
def test_an_archive_is_imported_as_a_folder_is(data: bytes, root: Path, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "project.zip").write_bytes(data)
    done = cli("import", "project.zip", "--format", "brat", "--root", root, "--language", "en")
    assert done.returncode == 0, done.stdout + done.stderr
    assert read_corpus(root).sound().sound_part("imported")["mentions"]["text"].to_list() == ["Ada Birk"]
    assert not list((tmp_path / "tmp").iterdir())


def test_messages_name_files_of_an_archive_without_where_they_were_unpacked(
    root: Path, cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / "project.zip").write_bytes(packed(FILES | {"export/a.ann": b"T1\tORG\n"}))
    done = cli("import", "project.zip", "--format", "brat", "--root", root)
    assert "project.zip/export/a.ann: refused: a.ann:1" in done.stdout
    (tmp_path / "project.zip").write_bytes(packed(FILES))
    wrong = cli("import", "project.zip", "--format", "iob", "--root", root)
    assert wrong.stderr.startswith("stancebank: project.zip/export/a.ann looks like brat")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (packed({"../a.ann": b""}), 'the file "../a.ann", which leads outside'),
        (packed({"x/../../a.ann": b""}), "leads outside"),
        (packed({"/a.ann": b""}), "leads outside"),
        (packed({"..\\a.ann": b""}), "leads outside"),
        (packed({"C:a.ann": b""}), "leads outside"),
        (packed({"a.ann": link("a.ann")}), "which is a link"),
        (packed({"a.txt": b" " * (1 << 21)}), "times its size"),
        (packed({"inner.zip": packed({"../a.ann": b""})}), "project.zip/inner.zip has the file"),
        (with_password(packed({"a.ann": b""})), "needs a password"),
        (packed(FILES)[:-30], "no ZIP"),
        (b"PK\x03\x04", "no ZIP"),
        (b"", "no ZIP"),
    ],
)
def test_an_archive_that_may_do_harm_is_refused(
    data: bytes, message: str, root: Path, cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / "project.zip").write_bytes(data)
    before = sorted(tmp_path.rglob("*"))
    done = cli("import", "project.zip", "--format", "brat", "--root", root)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 2
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(("limit", "message"), [("_LARGEST", "unpacks to more than"), ("_MOST_FILES", "has more than")])
def test_all_archives_of_an_import_share_their_limits(
    limit: str, message: str, root: Path, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, limit, 3)
    for name in ("one.zip", "two.zip"):
        (tmp_path / name).write_bytes(packed({"a.txt": b"a", "a.ann": b"b"}))
    done = cli("import", "one.zip", "two.zip", "--format", "brat", "--root", root)
    assert done.stderr.startswith(f"stancebank: two.zip {message}")
