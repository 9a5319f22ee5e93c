"""The corpora that benchmarks/ makes up are sound, of the shape that they claim, and the same each time."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import orjson
import pytest

from conftest import PROJECT, Root
from stancebank.corpus.additions import add_texts
from stancebank.corpus.corpus import read_corpus
from stancebank.corpus.jsonl import write_records
from stancebank.schema.layers import LAYERS, PART_LAYERS
from stancebank.text.sentences import sentences

sys.path.insert(0, str(PROJECT / "benchmarks"))

import synthesize
from synthesize import DENSE, REAL, SPARSE, Record, Shape, part_names, write_corpus
from synthetic.names import SYLLABLES
from synthetic.templates import SENTENCES

SHAPES = [pytest.param(shape, id=name) for name, shape in (("real", REAL), ("dense", DENSE), ("sparse", SPARSE))]
MANY = 300  # documents, in which everything occurs that can


def records(root: Path, layer: str, part: str = "p000") -> list[Record]:
    file = root / ("corpus" if layer == "targets" else f"corpus/{part}") / f"{layer}.jsonl"
    return [orjson.loads(line) for line in file.read_bytes().splitlines()]


def contents(root: Path, under: str) -> dict[str, bytes]:
    return {str(file.relative_to(root)): file.read_bytes() for file in (root / under).rglob("*") if file.is_file()}


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("made") / "many"
    write_corpus(root, MANY)
    return root


def test_a_text_of_one_paragraph_says_nothing_of_line_ends():
    layers, seed = synthesize.document("d016667", DENSE, synthesize._chance(1, 16_667))
    (record,) = layers["documents"]
    assert "\n" not in record["text"]
    assert (record["newline"], b"\r" in seed) == ("lf", False)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_corpus_is_sound_under_every_rule_and_has_its_shape(tmp_path: Path, shape: Shape):
    write_corpus(tmp_path / "made", 40, shape)
    assert Root(tmp_path / "made").findings() == []
    for layer, count in (
        ("mentions", shape.mentions),
        ("entities", shape.entities),
        ("relations", shape.relations),
        ("attributions", shape.cues),
        ("stances", shape.stances),
    ):
        counts = Counter(record["doc_id"] for record in records(tmp_path / "made", layer))
        assert (len(counts), set(counts.values())) == (40, {count})
    said = records(tmp_path / "made", "attributions")
    split = Counter(record["doc_id"] for record in said if len(record["content"]) == 2)
    assert set(split.values()) == {shape.split_cues}
    lengths = [len(record["text"].encode()) for record in records(tmp_path / "made", "documents")]
    assert all(3000 < length < 3900 for length in lengths)


def test_many_documents_are_sound_too(many: Path):
    assert Root(many).findings() == []


def test_every_label_and_target_of_the_scheme_occurs(many: Path):
    scheme = read_corpus(many).scheme
    assert scheme is not None
    for layer in PART_LAYERS.values():
        for column in layer.columns:
            if column.vocabulary:
                found = {record[column.name] for record in records(many, layer.name)}
                assert found == set(scheme.names(column.vocabulary))
    assert {record["target"] for record in records(many, "stances")} == {
        record["target_id"] for record in records(many, "targets")
    }


def test_spans_nest_and_stand_behind_astral_characters(many: Path):
    texts = {record["doc_id"]: record["text"] for record in records(many, "documents")}
    mentions: dict[str, list[Record]] = {}
    for mention in records(many, "mentions"):
        mentions.setdefault(mention["doc_id"], []).append(mention)
    for doc_id, found in mentions.items():
        assert any(a is not b and a["start"] <= b["start"] and b["end"] <= a["end"] for a in found for b in found)
        assert not texts[doc_id].isascii()
    behind = [doc_id for doc_id, found in mentions.items() if astral(texts[doc_id][: found[-1]["start"]])]
    assert len(behind) > MANY * 0.9


def astral(text: str) -> bool:
    return any(ord(character) > 0xFFFF for character in text)


def test_what_is_said_nests_and_speakers_and_holders_may_be_nobody_or_a_pronoun(many: Path):
    said = records(many, "attributions")
    around = {(record["doc_id"], span["start"], span["end"]) for record in said for span in record["content"]}
    cues = [(record["doc_id"], record["start"], record["end"]) for record in said]
    assert any(any(d == doc and s <= start and end <= e for d, s, e in around) for doc, start, end in cues[:200])
    assert None in {record["source"] for record in said}
    assert None in {record["holder"] for record in records(many, "stances")}
    pronouns = {(m["doc_id"], m["mention_id"]) for m in records(many, "mentions") if m["level"] == "PRO"}
    assert pronouns & {(record["doc_id"], record["source"]) for record in said}


def test_sentences_are_those_that_stancebank_add_finds(many: Path):
    stored: dict[str, list[tuple[int, int, int]]] = {}
    for record in records(many, "sentences"):
        stored.setdefault(record["doc_id"], []).append((record["start"], record["end"], record["paragraph"]))
    for document in records(many, "documents"):
        found = sentences(document["text"], document["language"])
        assert [(each.start, each.end, each.paragraph) for each in found] == stored[document["doc_id"]]


def test_texts_differ_and_dates_and_recipes_vary(many: Path):
    documents = records(many, "documents")
    assert len({record["text"] for record in documents}) == MANY
    assert len({record["date"] for record in documents}) > MANY / 2
    assert {record["newline"] for record in documents} == {"lf", "crlf"}
    assert len({record["header"][:6] for record in documents}) == 3


def test_no_name_is_a_word_of_the_sentences():
    name = re.compile(f"(?:{'|'.join(SYLLABLES)})+(?:ian)?")
    words = set(re.findall(r"\w+", SENTENCES.read_text("utf-8").lower()))
    assert [word for word in words if name.fullmatch(word)] == []


def test_layers_and_register_are_written_as_stancebank_writes_them(tmp_path: Path):
    root = tmp_path / "made"
    write_corpus(root, 12)
    part = read_corpus(root).read_part("p000")
    for layer in PART_LAYERS.values():
        assert write_records(part[layer.name], layer) == (root / part.file(layer.name)).read_bytes()
    before = contents(root, ".")
    (tmp_path / "late.txt").write_text("Nothing happened.", "utf-8")
    add_texts(root, [tmp_path / "late.txt"], date="2025-03-03", part="p001")
    after = contents(root, ".")
    assert {file for file in before if before[file] != after[file]} == {"seeds/seeds.yaml"}
    entries = before["seeds/seeds.yaml"].partition(b"seeds:\n")[2]
    assert after["seeds/seeds.yaml"].partition(b"seeds:\n")[2].startswith(entries + b"  - file: late.txt\n")


def test_a_corpus_is_the_beginning_of_a_larger_one_of_its_seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(synthesize, "PART_SIZE", 5)
    for name, documents, seed in (("small", 10, 1), ("again", 10, 1), ("large", 12, 1), ("other", 10, 2)):
        write_corpus(tmp_path / name, documents, seed=seed)
    small, large, other = (contents(tmp_path / name, ".") for name in ("small", "large", "other"))
    assert contents(tmp_path / "again", ".") == small
    register = small.pop("seeds/seeds.yaml")
    assert large["seeds/seeds.yaml"].startswith(register)
    assert {file: large[file] for file in small} == small
    assert sorted(folder.name for folder in (tmp_path / "large/corpus").iterdir() if folder.is_dir()) == [
        *("p000", "p001", "p002"),
    ]
    texts = {record["text"] for record in records(tmp_path / "small", "documents")}
    assert texts.isdisjoint(record["text"] for record in records(tmp_path / "other", "documents"))
    assert other.keys() == small.keys() | {"seeds/seeds.yaml"}


def test_parts_are_numbered_with_as_many_digits_as_the_last_one_needs():
    assert part_names(1) == ["p000"]
    assert part_names(1_000_000)[-1] == "p999"
    assert part_names(1_000_001)[:2] == ["p0000", "p0001"]
    assert len(part_names(1_000_001)) == 1001


def test_without_annotations_there_are_the_same_texts(tmp_path: Path):
    write_corpus(tmp_path / "full", 3)
    write_corpus(tmp_path / "bare", 3, annotated=False)
    full, bare = (contents(tmp_path / name, ".") for name in ("full", "bare"))
    changed = {Path(file).stem for file in full if full[file] != bare[file]}
    assert changed == {layer.name for layer in LAYERS.values() if layer.in_passes}
    assert all(bare[f"corpus/p000/{layer}.jsonl"] == b"" for layer in changed)


def test_the_command_writes_a_corpus_and_never_over_another_folder(tmp_path: Path):
    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(PROJECT / "benchmarks/synthesize.py"), *map(str, arguments)]
        return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)

    done = run(tmp_path / "made", "--documents", 3, "--seed", 7)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("documents: 3; parts: 1; seconds: ")
    write_corpus(tmp_path / "same", 3, seed=7)
    assert contents(tmp_path / "made", ".") == contents(tmp_path / "same", ".")
    refused = run(tmp_path / "made", "--documents", 5)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "is there already" in refused.stderr
    assert contents(tmp_path / "made", ".") == contents(tmp_path / "same", ".")
    assert run(tmp_path / "none", "--documents", 0).returncode == 2
