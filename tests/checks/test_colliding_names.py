"""Names that are two here and one on macOS or Windows, and what add and generate refuse to touch."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from conftest import Root
from stancebank.checks.sb6_structure import _colliding
from stancebank.corpus.additions import add_texts
from stancebank.faults import StanceBankError
from stancebank.pages.generated import write_generated


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["a", "b"], []),
        (["Doc", "doc", "DOC"], [("doc", "Doc"), ("DOC", "Doc")]),
        (["caf\u00e9", "cafe\u0301"], [("cafe\u0301", "caf\u00e9")]),
        (["stra\u00dfe", "STRASSE"], [("STRASSE", "stra\u00dfe")]),
    ],
)
def test_names_collide_in_case_and_normalisation(names: list[str], found: list[tuple[str, str]]) -> None:
    assert [*_colliding(names)] == found


def test_parts_documents_seeds_and_annotators_are_compared(root: Root, tmp_path: Path) -> None:
    for part, name in (("P", "Doc"), ("p", "dog")):
        (tmp_path / f"{name}.txt").write_text(f"The minister said no to {name}.\n", "utf-8")
        add_texts(root.path, [tmp_path / f"{name}.txt"], part, "2025-03-01", "en")
    (root.path / "seeds/dog.txt").rename(root.path / "seeds/doc.txt")  # stancebank add would refuse the name
    for file in (root.path / "seeds/seeds.yaml", *(root.path / "corpus/p").iterdir()):
        file.write_text(file.read_text("utf-8").replace("dog.txt", "doc.txt").replace('"dog"', '"doc"'), "utf-8")
    root.add_passes()
    shutil.copytree(root.path / "annotation/passes/pass-a", root.path / "annotation/passes/PASS-A")
    what = {finding.what.split(" ")[1] for finding in root.findings() if finding.rule == "SB617"}
    assert what == {"parts", "annotators", "documents", "seeds"}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_add_refuses_what_is_no_regular_file(root: Root, tmp_path: Path, kind: str) -> None:
    path = Path("/dev/zero")
    if kind != "device":
        path = tmp_path / "text.txt"
        os.mkfifo(path)
    with pytest.raises(StanceBankError, match="is not a regular file, but a"):
        add_texts(root.path, [path], "p", "2025-03-01")


@pytest.mark.parametrize("link", ["docs/stances.svg", "docs"])
def test_generate_writes_through_no_link(root: Root, link: str) -> None:
    (root.path / ".git").mkdir()
    (root.path / ".git/config").write_bytes(b"safe")
    (root.path / link).parent.mkdir(exist_ok=True)
    (root.path / link).symlink_to("../.git/config" if link != "docs" else ".git")
    with pytest.raises(StanceBankError, match=f"^{link} is a symbolic link"):
        write_generated(root.path, {"docs/stances.svg": b"<svg/>"})
    assert [path.name for path in (root.path / ".git").iterdir()] == ["config"]
    assert (root.path / ".git/config").read_bytes() == b"safe"
