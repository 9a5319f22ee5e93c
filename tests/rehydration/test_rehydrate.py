"""From an edition and copies of its texts to the full one: every byte, or what is certain and a list of the rest."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from conftest import DOC, PART, PROJECT, Record, Root
from many_parts import NAMES, add_parts, tree
from stancebank.dataset.building import available_views, build, chosen_views
from stancebank.editions.edition import EditionName
from stancebank.faults import StanceBankError
from stancebank.rehydration.edition_folder import read_edition
from stancebank.rehydration.losses import Lost
from stancebank.rehydration.restored_edition import Rehydrated, rehydrate
from stancebank.storage.files import sha256
from stancebank.views.names import TOKEN_VIEWS

SEED = PROJECT / f"seeds/{DOC}.txt"
BOTH: tuple[EditionName, ...] = ("standoff", "masked")
GOLD = {
    layer: [json.loads(line) for line in (PROJECT / f"corpus/{PART}/{layer}.jsonl").read_text("utf-8").splitlines()]
    for layer in ("sentences", "entities", "mentions", "relations", "attributions", "stances")
}


def put_in(edition: Path, out: Path, *texts: Path, partial: bool = False) -> Rehydrated:
    return rehydrate(read_edition(edition), texts, out, allow_partial=partial)


def copy_of(folder: Path, change: Callable[[str], str], name: str = "copy.txt") -> Path:
    path = folder / name
    path.write_bytes(change(SEED.read_text("utf-8")).encode())
    return path


@pytest.mark.parametrize("name", BOTH)
def test_the_original_text_gives_the_full_edition_byte_for_byte(
    editions: dict[str, Path], tmp_path: Path, name: str
) -> None:
    copy = shutil.copy(SEED, tmp_path / "under another name")
    done = put_in(editions[name], tmp_path / "out", copy)
    assert (done.lost, done.same_texts, done.same_software) == ((), True, True)
    assert tree(tmp_path / "out") == tree(editions["full"])


@pytest.mark.deep("processes")
def test_many_parts_titles_other_layouts_and_copied_notes_come_back_byte_for_byte(root: Root, tmp_path: Path) -> None:
    root.add_passes()
    root.edit("documents", 0, title="Leaders meet: what nobody wrote in the text")
    root.edit(
        "targets",
        0,
        note="Said: WE believe that, as a result OF the acceleration; and 'The end of this war, when it comes'.",
    )
    add_parts(root)
    stances = root.path / f"corpus/{NAMES[1]}/stances.jsonl"
    stances.write_text(stances.read_text("utf-8").replace('":', '" : '), "utf-8")
    (root.path / "annotation/adjudication.jsonl").write_text("", "utf-8")
    views = chosen_views(["documents", "targets", "stance_votes"])
    build(root.corpus(), tmp_path / "full", views)
    texts = []
    for number, name in enumerate((DOC, *(f"copy-{name}" for name in NAMES[1:]))):
        # Five documents have the same text; only their titles and ids tell them apart.
        texts.append(Path(shutil.copy(root.path / f"seeds/{name}.txt", tmp_path / f"{number}")))
    for name in BOTH:
        build(root.corpus(), tmp_path / name, views, edition=name)
        done = put_in(tmp_path / name, tmp_path / f"from-{name}", *texts)
        assert done.lost == ()
        assert tree(tmp_path / f"from-{name}") == tree(tmp_path / "full")


def test_with_one_word_changed_all_that_is_not_in_its_sentence_is_placed(
    editions: dict[str, Path], tmp_path: Path
) -> None:
    copy = copy_of(tmp_path, lambda text: text.replace("stunned Ukraine", "amazed at last Ukraine"))
    lost = put_in(editions["standoff"], tmp_path / "none", copy)
    assert lost.manifest is None
    assert not (tmp_path / "none").exists()
    done = put_in(editions["standoff"], tmp_path / "out", copy, partial=True)
    assert done.lost == lost.lost
    gold = {(each.layer, each.record) for each in done.lost if each.document and "/" not in each.layer}
    expected, renamed = expected_losses(GOLD, ("n2",), SEED.read_text("utf-8").removeprefix(" date 2025-02-17 "))
    assert {each for each in gold if each not in renamed} == expected
    assert renamed == gold - expected
    moved = len("amazed at last") - len("stunned")
    before = {each["mention_id"]: each for each in GOLD["mentions"]}
    built = pl.read_parquet(tmp_path / "out/data/mentions/*.parquet").to_dicts()
    assert {each["mention_id"] for each in built} == before.keys() - {
        record for layer, record in expected if layer == "mentions"
    }
    for each in built:
        shift = moved if before[each["mention_id"]]["start"] > 418 else 0
        assert (each["start"], each["text"]) == (
            before[each["mention_id"]]["start"] + shift,
            before[each["mention_id"]]["text"],
        )
    card = (tmp_path / "out/README.md").read_text("utf-8")
    assert f"{len(done.lost)} things not placed" in card


@pytest.mark.deep("inputs", quick=4)
@pytest.mark.parametrize("number", range(len(GOLD["sentences"])))
def test_whichever_sentence_changes_only_what_depends_on_it_is_listed(
    editions: dict[str, Path], tmp_path: Path, number: int
) -> None:
    text = SEED.read_text("utf-8").removeprefix(" date 2025-02-17 ")
    sentence = GOLD["sentences"][number]
    words = list(re.finditer(r"\w+", text[sentence["start"] : sentence["end"]]))
    word = words[len(words) // 2]
    at = sentence["start"] + word.start()
    copy = copy_of(tmp_path, lambda _: " date 2025-02-17 " + text[:at] + "Qq" + text[at + len(word[0]) :])
    done = put_in(editions["masked"], tmp_path / "out", copy)
    gold = {(each.layer, each.record) for each in done.lost if each.document and "/" not in each.layer}
    expected, renamed = expected_losses(GOLD, (sentence["sentence_id"],), text)
    assert gold == expected | renamed


def expected_losses(
    gold: dict[str, list[Record]], changed: tuple[str, ...], text: str
) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """What overlaps the changed sentences, with what depends on it; and entities whose name stands nowhere else."""
    bad = [(s["start"], s["end"]) for s in gold["sentences"] if s["sentence_id"] in changed]

    def hit(*spans: Record) -> bool:
        return any(span["start"] < end and start < span["end"] for span in spans for start, end in bad)

    mentions = {m["mention_id"] for m in gold["mentions"] if hit(m)}
    left = {m["entity_id"] for m in gold["mentions"] if m["mention_id"] not in mentions}
    entities = {e["entity_id"] for e in gold["entities"]} - left
    found = {("sentences", each) for each in changed}
    found |= {("mentions", each) for each in mentions} | {("entities", each) for each in entities}
    found |= {("relations", r["relation_id"]) for r in gold["relations"] if {r["head"], r["tail"]} & mentions}
    found |= {
        ("attributions", a["attribution_id"])
        for a in gold["attributions"]
        if hit(a, *a["content"]) or a["source"] in mentions
    }
    found |= {("stances", s["stance_id"]) for s in gold["stances"] if hit(s) or s["holder"] in mentions}
    outside = "".join("\n" if any(s <= i < e for s, e in bad) else c for i, c in enumerate(text))
    names = {("entities", e["entity_id"]) for e in gold["entities"] if e["name"] in text and e["name"] not in outside}
    return found, names - found


def test_blanks_line_ends_and_a_missing_header_change_no_annotation(editions: dict[str, Path], tmp_path: Path) -> None:
    plain = copy_of(tmp_path, lambda text: text.removeprefix(" date 2025-02-17 ").replace("\n", "\r\n"))
    done = put_in(editions["standoff"], tmp_path / "out", plain)
    assert (done.lost, done.same_texts) == ((), False)
    for view in ("mentions", "stances", "entities", "stance_votes", "quotes"):
        assert rows(tmp_path / "out", view) == rows(editions["full"], view)
    blank = copy_of(tmp_path, lambda text: text.replace("\n\n", "\n\n\n"))
    done = put_in(editions["standoff"], tmp_path / "blank", blank, partial=True)
    assert done.lost == ()
    assert [each["text"] for each in rows(tmp_path / "blank", "mentions")] == [m["text"] for m in GOLD["mentions"]]


def rows(folder: Path, view: str) -> list[Record]:
    return pl.read_parquet(folder / "data" / view / "*.parquet").to_dicts()


def test_a_document_without_a_text_is_listed_and_the_others_are_built(root: Root, tmp_path: Path) -> None:
    add_parts(root)
    other = root.path / "seeds/copy-2025-03.txt"
    text = (
        "The mayor of Strelsau opened the bridge over the river on Monday. Nobody had asked for it, said the newspaper."
    )
    records = {
        "documents": root.path / "corpus/2025-03/documents.jsonl",
        "sentences": root.path / "corpus/2025-03/sentences.jsonl",
    }
    document = json.loads(records["documents"].read_text("utf-8"))
    other.write_text(text, "utf-8")
    before = document["seed_sha256"]
    document |= {"text": text, "header": "", "text_sha256": sha256(text.encode()), "seed_sha256": sha256(text.encode())}
    records["documents"].write_text(json.dumps(document) + "\n", "utf-8")
    register = root.path / "seeds/seeds.yaml"
    head, _, tail = register.read_text("utf-8").partition("copy-2025-03.txt")
    register.write_text(f"{head}copy-2025-03.txt{tail.replace(before, document['seed_sha256'], 1)}", "utf-8")
    spans = [(0, text.index(" Nobody")), (text.index("Nobody"), len(text))]
    lines = [
        {"doc_id": "copy-2025-03", "sentence_id": f"n{n}", "start": a, "end": b, "paragraph": 0, "kind": None}
        for n, (a, b) in enumerate(spans, 1)
    ]
    records["sentences"].write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    for layer in ("entities", "mentions", "relations", "attributions", "stances"):
        (root.path / f"corpus/2025-03/{layer}.jsonl").write_text("")
    build(root.corpus(), tmp_path / "standoff", available_views(), edition="standoff")
    done = put_in(tmp_path / "standoff", tmp_path / "out", other, partial=True)
    missing = [DOC, *(f"copy-{name}" for name in NAMES[2:])]
    assert [each for each in done.lost if each.layer == "documents"] == [
        Lost(name, "documents", name, "no text was given for it") for name in missing
    ]
    assert [row["text"] for row in rows(tmp_path / "out", "documents")] == [text]


def test_a_text_of_no_document_is_refused_by_its_name(editions: dict[str, Path], tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.txt"
    wrong.write_text("A text about something else. Nobody in it says anything about the war.")
    half = copy_of(tmp_path, lambda text: text[: len(text) // 3], "third.txt")
    day = copy_of(tmp_path, lambda text: text.replace("2025-02-17", "2025-02-18"), "day.txt")
    again = copy_of(tmp_path, lambda text: text.replace("stunned", "amazed"), "again.txt")
    for texts, said in (
        ((SEED, wrong), "wrong.txt is the text of no document"),
        ((half,), "third.txt is the text of no document"),
        ((day,), "day.txt is of 2025-02-18, and the document"),
        ((SEED, again), "are both the text of the document"),
        ((tmp_path / "none.txt",), "none.txt cannot be read"),
    ):
        with pytest.raises(StanceBankError, match=said):
            put_in(editions["standoff"], tmp_path / "out", *texts, partial=True)
    assert not (tmp_path / "out").exists()


def test_an_edition_that_lacks_or_belies_its_manifest_is_refused(editions: dict[str, Path], tmp_path: Path) -> None:
    def broken(change: Callable[[Path], object]) -> Path:
        folder = tmp_path / "edition"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(editions["standoff"], folder)
        change(folder)
        return folder

    def manifest(old: str, new: str) -> Callable[[Path], object]:
        def change(folder: Path) -> None:
            path = folder / "manifest.json"
            assert old in path.read_text("utf-8")
            path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")

        return change

    mentions = f"standoff/corpus/{PART}/mentions.jsonl"
    sources = json.loads((editions["standoff"] / "manifest.json").read_bytes())["parts"][0]["sources"]
    for change, said in (
        (lambda folder: (folder / "manifest.json").unlink(), "is no edition: manifest.json: the file is missing"),
        (manifest("{", "["), "manifest.json is no manifest"),
        (manifest('"edition": "standoff"', '"edition": "full"'), "is the full edition, which has its texts"),
        (lambda folder: (folder / mentions).unlink(), f"{mentions}: the file is missing"),
        (lambda folder: (folder / mentions).write_bytes(b""), f"{mentions} is not the file that the manifest lists"),
        (
            manifest(f'"path": "{mentions}"', '"path": "standoff/../../etc"'),
            "leads out|is missing|not the file|cannot be read|not a regular",
        ),
        (manifest(sources, "0" * 64), f"the part {PART} is not what the manifest says it was built from"),
        (manifest(f'"name": "{PART}"', '"name": "../up"'), "which is none"),
    ):
        with pytest.raises(StanceBankError, match=said):
            put_in(broken(change), tmp_path / "out", SEED)
    with pytest.raises(StanceBankError, match=r"is no edition"):
        read_edition(tmp_path / "nowhere")
    with pytest.raises(StanceBankError, match=r"is the full edition"):
        read_edition(editions["full"])
    assert not (tmp_path / "out").exists()


def test_another_software_is_said_and_the_rows_are_the_same(
    editions: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stancebank.rehydration.restored_edition.software_digest", lambda _: "another")
    done = put_in(editions["standoff"], tmp_path / "out", SEED)
    assert (done.lost, done.same_texts, done.same_software) == ((), True, False)
    assert done.manifest is not None


def test_a_failure_half_way_leaves_the_target_as_it_was(
    editions: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in(editions["standoff"], tmp_path / "out", SEED)
    before = tree(tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("stancebank.dataset.building.dataset_card", full)
    with pytest.raises(StanceBankError, match="No space left on device; nothing was changed"):
        put_in(editions["masked"], tmp_path / "out", SEED)
    assert tree(tmp_path) == before


def test_the_command_builds_lists_and_refuses(editions: dict[str, Path], tmp_path: Path, cli: Any) -> None:
    shutil.copytree(editions["masked"], tmp_path / "dist/sb-masked")
    done = cli("rehydrate", tmp_path / "dist/sb-masked", SEED)
    assert (done.returncode, done.stderr) == (0, "")
    assert "so is every byte" in done.stdout
    assert tree(tmp_path / "dist/stancebank") == tree(editions["full"])
    copy = copy_of(tmp_path, lambda text: text.replace("stunned", "amazed"))
    done = cli("rehydrate", tmp_path / "dist/sb-masked", copy, "--out", tmp_path / "new")
    assert done.returncode == 1
    assert f"not placed: {DOC}: sentences n2: " in done.stdout
    assert "nothing was built" in done.stderr
    assert not (tmp_path / "new").exists()
    done = cli("rehydrate", tmp_path / "dist/sb-masked", "--out", tmp_path / "new", SEED, SEED)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "are both the text of the document" in done.stderr
    assert not (tmp_path / "new").exists()


def test_a_text_is_required_and_the_old_option_before_the_texts_is_taken_with_a_message(
    editions: dict[str, Path], tmp_path: Path, cli: Any
) -> None:
    shutil.copytree(editions["masked"], tmp_path / "dist/sb-masked")
    done = cli("rehydrate", tmp_path / "dist/sb-masked")
    assert (done.returncode, "Missing argument 'TEXT'" in done.stderr) == (2, True)
    done = cli("rehydrate", tmp_path / "dist/sb-masked", "--text", SEED, "--out", tmp_path / "new")
    assert (done.returncode, tree(tmp_path / "new")) == (0, tree(editions["full"]))
    assert done.stderr == "stancebank: --text will be removed in the next version\n  fix: leave it out\n"


def test_without_spacy_everything_but_the_views_of_tokens_comes_back_and_these_are_named(
    editions: dict[str, Path], tmp_path: Path, cli: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("rehydration.restored_edition", "dataset.building"):
        monkeypatch.setattr(f"stancebank.{module}.tokens_available", lambda: False)
    done = cli("rehydrate", editions["standoff"], SEED, "--out", tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"Left out, since they need spaCy: {', '.join(TOKEN_VIEWS)}.\n  fix: pip install 'stancebank[tokens]'" in (
        done.stdout
    )
    assert "so is every byte" not in done.stdout
    full, here = (tree(folder) for folder in (editions["full"], tmp_path / "out"))
    shards = {name: data for name, data in full.items() if name.startswith("data/")}
    assert {name: data for name, data in here.items() if name.startswith("data/")} == {
        name: data for name, data in shards.items() if name.split("/")[1] not in TOKEN_VIEWS
    }


def test_an_edition_of_token_views_alone_names_what_is_missing(
    root: Root, tmp_path: Path, cli: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(root.corpus(), tmp_path / "masked", chosen_views(["ner"]), edition="masked")
    for module in ("rehydration.restored_edition", "dataset.building"):
        monkeypatch.setattr(f"stancebank.{module}.tokens_available", lambda: False)
    done = cli("rehydrate", tmp_path / "masked", SEED, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "has views of tokens alone, ner, and spaCy is not installed" in done.stderr
    assert "fix: pip install 'stancebank[tokens]'; nothing was changed" in done.stderr
