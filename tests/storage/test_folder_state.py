"""What is below folders, and that nothing can be written there unseen."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest

from stancebank.storage.folder_state import folder_state

LARGE = bytes(range(256)) * 1024


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, data in {"a/b/file": b"one", "a/large": LARGE, "c/empty": b""}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (tmp_path / "other").write_bytes(b"not looked at")
    time.sleep(0.03)
    return tmp_path


def test_files_have_their_digests_and_folders_none(root: Path) -> None:
    state = folder_state(root, ("a", "c", "nowhere"))
    assert state is not None
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in {"a/large": LARGE, "c/empty": b""}.items()}
    digests["a/b/file"] = hashlib.sha256(b"one").hexdigest()
    assert state.digests == {**digests, "a": "", "a/b": "", "c": ""}
    assert state.still_holds()


CHANGES = {
    "content": lambda root: (root / "a/b/file").write_bytes(b"two"),
    "content and its time": lambda root: (
        (root / "a/b/file").write_bytes(b"two"),
        os.utime(root / "a/b/file", ns=(1, 1)),
    ),
    "another file in its place": lambda root: (
        (root / "new").write_bytes(b"one"),
        (root / "new").rename(root / "a/b/file"),
    ),
    "a file more": lambda root: (root / "a/more").touch(),
    "a folder more": lambda root: (root / "c/more").mkdir(),
    "a file less": lambda root: (root / "a/b/file").unlink(),
    "rights": lambda root: (root / "a/large").chmod(0o600),
    "a link more": lambda root: (root / "a/link").symlink_to(root / "other"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_is_seen(name, root):
    state = folder_state(root, ("a", "c"))
    CHANGES[name](root)
    assert not state.still_holds()


def test_what_was_written_just_before_may_be_written_again_unseen(root: Path) -> None:
    (root / "a/b/file").write_bytes(b"two")
    state = folder_state(root, ("a",))
    assert state is not None
    assert not state.still_holds()


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("file")])
def test_what_is_neither_file_nor_folder_has_no_state(make, root):
    make(root / "a/b/special")
    assert folder_state(root, ("a", "c")) is None
