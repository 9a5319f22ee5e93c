"""The manifest: the same for the same corpus, whatever the way it was built, and true of what was built."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from conftest import PART, PROJECT, Root
from many_parts import NAMES, add_parts, tree
from stancebank.dataset import part_building
from stancebank.dataset.building import build, chosen_views
from stancebank.dataset.manifest import Manifest
from stancebank.faults import StanceBankError
from stancebank.work.engines import engine

VIEWS = chosen_views(["documents", "stances", "targets"])


@pytest.fixture
def annotated(root: Root) -> Root:
    """The project's corpus with its passes and its adjudication."""
    root.add_passes()
    shutil.copy(PROJECT / "annotation/adjudication.jsonl", root.path / "annotation/adjudication.jsonl")
    return root


def said(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "manifest.json").read_bytes())
    return content


def test_it_says_what_it_was_read_from(annotated: Root, tmp_path: Path) -> None:
    add_parts(annotated)
    manifest = build(annotated.corpus(), tmp_path / "out", VIEWS)
    data = (tmp_path / "out/manifest.json").read_bytes()
    assert manifest.digest == hashlib.sha256(data).hexdigest()
    assert Manifest.from_json(data) == manifest
    assert Manifest.from_json(data).to_json() == data


def test_it_lists_every_file_but_itself_with_digest_and_size(annotated: Root, tmp_path: Path) -> None:
    (annotated.path / "DATASHEET.md").write_text("# Mine\n", "utf-8")
    build(annotated.corpus(), tmp_path / "out", VIEWS)
    listed = said(tmp_path / "out")
    files = {path: data for path, data in tree(tmp_path / "out").items() if path != "manifest.json"}
    assert {f["path"]: (f["sha256"], f["bytes"]) for f in [*listed["files"], *listed["pages"]]} == {
        path: (hashlib.sha256(data).hexdigest(), len(data)) for path, data in files.items()
    }


@pytest.mark.deep("processes")
def test_one_process_two_processes_and_taken_over_parts_give_the_same(annotated: Root, tmp_path: Path) -> None:
    add_parts(annotated)
    one = build(annotated.corpus(), tmp_path / "one", VIEWS)
    with engine(workers=2) as run:
        two = build(annotated.corpus(), tmp_path / "elsewhere" / "two", VIEWS, run)
    stances = annotated.records("stances")
    annotated.edit("stances", 0, commitment="conditional")
    changed = build(annotated.corpus(), tmp_path / "one", VIEWS)
    annotated.write("stances", stances)
    again = build(annotated.corpus(), tmp_path / "one", VIEWS)
    assert one.digest == two.digest == again.digest != changed.digest


def test_the_content_of_a_layer_does_not_depend_on_how_it_is_written(annotated: Root, tmp_path: Path) -> None:
    before = build(annotated.corpus(), tmp_path / "out", VIEWS)
    records = annotated.records("mentions")
    spaced = "".join(json.dumps(dict(reversed(record.items()))) + "\n" for record in records)
    annotated.layer_path("mentions").write_text(spaced, "utf-8", newline="\n")
    after = build(annotated.corpus(), tmp_path / "out", VIEWS)
    assert after.parts[0].sources != before.parts[0].sources
    assert after.layer_digests() == before.layer_digests()
    annotated.edit("mentions", 0, level="NOM")
    edited = build(annotated.corpus(), tmp_path / "out", VIEWS).layer_digests()
    assert [layer for layer, digest in edited.items() if digest != before.layer_digests()[layer]] == ["mentions"]


def test_a_decision_that_is_added_changes_the_manifest_and_builds_no_part(
    annotated: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = annotated.path / "annotation/adjudication.jsonl"
    decisions = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join(decisions[:-1]), "utf-8", newline="\n")
    before = build(annotated.corpus(), tmp_path / "out", VIEWS)
    file.write_text("".join(decisions), "utf-8", newline="\n")
    monkeypatch.setattr(part_building, "part_origin", None)  # is called where a part is built
    after = build(annotated.corpus(), tmp_path / "out", VIEWS)
    assert [p.decisions for p in (*before.parts, *after.parts)] == [len(decisions) - 1, len(decisions)]
    assert before.shards == after.shards


def test_an_adjudication_that_cannot_be_read_is_named(annotated: Root, tmp_path: Path) -> None:
    (annotated.path / "annotation/adjudication.jsonl").write_text("{}\n")
    with pytest.raises(StanceBankError, match=r"annotation/adjudication\.jsonl:1: .*Field required"):
        build(annotated.corpus(), tmp_path / "out", VIEWS)


def sources(chain: dict[str, Any], entity: str) -> set[str]:
    """All entities that one is derived from, directly or not."""
    found = {e["prov:usedEntity"] for e in chain["wasDerivedFrom"].values() if e["prov:generatedEntity"] == entity}
    return found.union(*(sources(chain, each) for each in found))


def test_the_provenance_leads_from_each_shard_to_the_seeds(annotated: Root, tmp_path: Path) -> None:
    add_parts(annotated)
    build(annotated.corpus(), tmp_path / "out", VIEWS)
    chain = said(tmp_path / "out")["provenance"]
    known = {kind: set(chain[kind]) for kind in ("entity", "activity", "agent")}
    assert not known["entity"] & known["activity"] | known["entity"] & known["agent"]
    for relation, statements in chain.items():
        if relation not in (*known, "prefix"):
            for ends in statements.values():
                assert set(ends.values()) <= set().union(*known.values()), relation
    own, *others = NAMES
    gold = [f"stancebank:{each}/{PART}" for each in ("gold", "documents", "seeds", "pass/pass-a", "pass/pass-b")]
    assert sources(chain, f"stancebank:shards/{own}") == set(gold)
    for name in others:  # nobody has annotated them twice, and no decision is on record
        assert sources(chain, f"stancebank:shards/{name}") == {
            f"stancebank:{each}/{name}" for each in ("gold", "documents", "seeds")
        }
    assert [a for a in chain["activity"] if "adjudication" in a] == [f"stancebank:adjudication/{own}"]


def test_the_provenance_names_annotators_for_what_they_are(annotated: Root, tmp_path: Path) -> None:
    annotated.replace(
        "annotation/annotators.yaml", "  - id: pass-b\n    kind: language model", "  - id: pass-b\n    kind: person"
    )
    build(annotated.corpus(), tmp_path / "out", VIEWS)
    chain = said(tmp_path / "out")["provenance"]
    kinds = {name: agent["prov:type"]["$"] for name, agent in chain["agent"].items()}
    assert kinds == {
        "stancebank:software": "prov:SoftwareAgent",
        "stancebank:annotator/pass-a": "prov:SoftwareAgent",
        "stancebank:annotator/pass-b": "prov:Person",
    }
    made = {e["prov:activity"]: e["prov:agent"] for e in chain["wasAssociatedWith"].values()}
    assert made[f"stancebank:annotation/pass-a/{PART}"] == "stancebank:annotator/pass-a"
    assert f"stancebank:adjudication/{PART}" not in made  # who decided is on no record
