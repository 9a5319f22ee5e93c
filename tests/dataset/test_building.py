"""Building: what is written, that it is the same twice, and that nothing is lost or half written."""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from built_views import VIEWS, words
from conftest import PART, Root
from stancebank.checks.findings import UnsoundCorpusError
from stancebank.dataset.building import available_views, build, chosen_views
from stancebank.faults import StanceBankError
from stancebank.schema.layers import PART_LAYERS
from stancebank.schema.paths import DOCRED_FILES


def tree(folder: Path) -> dict[str, bytes]:
    """The bytes of every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_two_builds_are_the_same_to_the_byte(root: Root, tmp_path: Path) -> None:
    build(root.corpus(), tmp_path / "one", available_views())
    build(root.corpus(), tmp_path / "two" / "deeper", available_views())
    assert tree(tmp_path / "one") == tree(tmp_path / "two" / "deeper")


def test_a_build_opens_each_file_of_a_part_and_each_seed_once(root: Root, tmp_path: Path) -> None:
    corpus = root.corpus()
    folder = root.path.resolve()
    opened: Counter[str] = Counter()

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        path = str(arguments[0]) if event == "open" else ""
        if path.startswith(str(folder)):
            opened[path.removeprefix(f"{folder}/")] += 1

    sys.addaudithook(hear)  # stays as long as the process, and hears of no other test's folder
    build(corpus, tmp_path / "out", chosen_views(["documents", "stances"]))
    files = [file for file in opened if file.startswith((f"corpus/{PART}/", "annotation/passes/", "seeds/0"))]
    names = {Path(file).name for file in files}
    assert names >= {"000_22079654af0f9918.txt", *(f"{layer}.jsonl" for layer in PART_LAYERS)}
    assert {file: opened[file] for file in files} == dict.fromkeys(files, 1)


def test_a_shard_is_named_by_its_bytes_and_the_manifest_lists_it(root: Root, tmp_path: Path) -> None:
    manifest = build(root.corpus(), tmp_path / "out", available_views())
    files = tree(tmp_path / "out")
    beside = {"README.md", "LICENSE.md", "croissant.json", "manifest.json", "scheme.yaml", *DOCRED_FILES}
    assert beside == files.keys() - {shard.path for shard in manifest.shards}
    listed = json.loads(files["manifest.json"])["files"]
    assert len(listed) == len(VIEWS)
    for shard in listed:
        digest = hashlib.sha256(files[shard["path"]]).hexdigest()
        assert shard["sha256"] == digest
        assert digest[:16] in shard["path"]
        assert shard["bytes"] == len(files[shard["path"]])
        assert shard["rows"] == pq.read_metadata(tmp_path / "out" / shard["path"]).num_rows


def test_an_edit_of_one_record_changes_only_what_holds_it(root: Root, tmp_path: Path) -> None:
    before = build(root.corpus(), tmp_path / "out", available_views())
    root.edit("stances", 0, commitment="conditional")
    after = build(root.corpus(), tmp_path / "out", available_views())
    changed = {a.view for a, b in zip(after.shards, before.shards, strict=True) if a != b}
    assert changed == {"documents", "stances", "stance_detection"}
    assert {v for v in VIEWS if after.content_digest(v) != before.content_digest(v)} == changed


def test_parquet_alone_gives_the_rows(root: Root, tmp_path: Path) -> None:
    manifest = build(root.corpus(), tmp_path / "out", available_views())
    for name, view in VIEWS.items():
        (shard,) = manifest.of(name)
        assert words([tmp_path / "out" / shard.path]) == view.rows(root.part()).to_dicts()


def test_parts_become_shards_of_their_splits(root: Root, tmp_path: Path) -> None:
    second = root.path / "corpus" / "2025-03"
    second.mkdir()
    for path in (root.path / "corpus" / PART).iterdir():
        renamed = (
            path.read_text("utf-8")
            .replace("000_22079654af0f9918", "another")
            .replace('"another.txt"', '"000_22079654af0f9918.txt"')
        )
        (second / path.name).write_text(renamed, "utf-8")
    root.replace("corpus/corpus.yaml", 'train: ["*"]', 'train: ["2025-02"]\n  test: ["2025-03"]')
    manifest = build(root.corpus(), tmp_path / "out", available_views())
    for view in VIEWS:
        splits = ["train"] if view == "targets" else ["train", "test"]  # what all parts share is there once
        assert [(shard.split, shard.rows > 0) for shard in manifest.of(view)] == [(split, True) for split in splits]
        assert len({shard.content_sha256 for shard in manifest.of(view)}) == len(splits)


def test_an_invalid_corpus_is_not_built_and_the_earlier_build_stays(root: Root, tmp_path: Path) -> None:
    build(root.corpus(), tmp_path / "out", available_views())
    before = tree(tmp_path)
    root.edit("mentions", 13, start=200)
    with pytest.raises(UnsoundCorpusError) as error:
        build(root.corpus(), tmp_path / "out", available_views())
    assert "SB301" in {finding.rule for finding in error.value.findings}
    assert {k: v for k, v in tree(tmp_path).items() if "mentions.jsonl" not in k} == {
        k: v for k, v in before.items() if "mentions.jsonl" not in k
    }


def test_a_warning_does_not_stop_a_build(root: Root, tmp_path: Path) -> None:
    root.edit("entities", 0, name="Brita\u0301in")
    assert build(root.corpus(), tmp_path / "out", available_views()).shards


def test_a_folder_with_other_files_is_never_replaced(root: Root, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.txt").write_text("years of work")
    with pytest.raises(StanceBankError, match="holds other files"):
        build(root.corpus(), tmp_path / "home", available_views())
    assert tree(tmp_path / "home") == {"thesis.txt": b"years of work"}


def test_a_failure_half_way_leaves_nothing_behind(root: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(root.corpus(), tmp_path / "out", available_views())
    before = tree(tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("stancebank.dataset.building.dataset_card", full)
    with pytest.raises(StanceBankError, match="No space left on device; nothing was changed"):
        build(root.corpus(), tmp_path / "out", available_views())
    assert tree(tmp_path) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus-root", "out"]


def test_views_are_chosen_by_name_in_their_usual_order() -> None:
    assert [view.name for view in chosen_views(["quotes", "documents"])] == ["documents", "quotes"]
    with pytest.raises(StanceBankError, match=r'no view "nerr"; there are documents, sentences'):
        chosen_views(["nerr"])


def test_without_spacy_the_token_views_are_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stancebank.dataset.building.tokens_available", lambda: False)
    assert {"ner", "spans", "docred"}.isdisjoint(view.name for view in available_views())
    with pytest.raises(StanceBankError, match=r"spaCy is needed for ner, ner_names, spans, docred, coref, "):
        chosen_views(None)


def test_the_card_documents_every_field_and_says_what_the_rights_are(root: Root, tmp_path: Path) -> None:
    build(root.corpus(), tmp_path / "out", available_views())
    card = (tmp_path / "out" / "README.md").read_text("utf-8")
    assert "not cleared for redistribution" in card
    for view in VIEWS.values():
        section = card.split(f"### {view.name}\n")[1].split("###")[0]
        assert view.meaning in section
        for column in view.columns:
            assert f"| `{column.name}` |" in section
            assert column.meaning in section


def test_settings_stay_text_in_the_card(root: Root, tmp_path: Path) -> None:
    root.replace("corpus/corpus.yaml", "title: StanceBank", "title: '<script>x</script> # [a](b) `c`'")
    root.replace(
        "seeds/seeds.yaml",
        "    statement: >-\n      News",
        "    statement: >-\n      <b>Free</b>\n\n      ## Rights News",
    )
    build(root.corpus(), tmp_path / "out", available_views())
    card = (tmp_path / "out" / "README.md").read_text("utf-8").split("\n---\n", 1)[1]
    assert r"# &lt;script&gt;x&lt;/script&gt; \# \[a\](b) \`c\` 0.1.0" in card
    assert "<b>" not in card
    assert card.count("\n## Rights") == 1


def test_the_card_documents_nested_fields_too(root: Root, tmp_path: Path) -> None:
    build(root.corpus(), tmp_path / "out", available_views())
    card = (tmp_path / "out" / "README.md").read_text("utf-8")
    for field in ("attributions.content.start", "spans.level", "vertexSet.pos", "labels.evidence"):
        assert f"| `{field}` |" in card


def test_the_datasheet_goes_with_the_dataset_and_a_build_without_one_names_none(root: Root, tmp_path: Path) -> None:
    bare = build(root.corpus(), tmp_path / "out", available_views())
    assert bare.datasheet_sha256 is None
    assert b"DATASHEET" not in b"".join(tree(tmp_path / "out")[name] for name in ("README.md", "manifest.json"))
    (root.path / "DATASHEET.md").write_text("# Mine\n", "utf-8")
    build(root.corpus(), tmp_path / "out", available_views())
    files = tree(tmp_path / "out")
    assert files["DATASHEET.md"] == b"# Mine\n"
    digest = hashlib.sha256(b"# Mine\n").hexdigest()
    assert {"path": "DATASHEET.md", "bytes": 7, "sha256": digest} in json.loads(files["manifest.json"])["pages"]
    assert b"[DATASHEET.md](DATASHEET.md)" in files["README.md"]
    build(root.corpus(), tmp_path / "out", available_views())  # the folder is known as a build, and replaced


def test_a_datasheet_that_leads_out_of_the_root_is_not_built(root: Root, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (root.path / "DATASHEET.md").symlink_to(tmp_path / "secret")
    with pytest.raises(StanceBankError, match=r"DATASHEET\.md: the file is a symbolic link"):
        build(root.corpus(), tmp_path / "out", available_views())
    assert not (tmp_path / "out").exists()


def test_the_manifest_says_what_may_not_be_passed_on(root: Root, tmp_path: Path) -> None:
    build(root.corpus(), tmp_path / "out", available_views())
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_bytes())
    assert manifest["redistribution"] == {"publisher-reserved": False}
