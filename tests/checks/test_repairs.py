"""Mending a corpus on disk: what has one remedy is mended byte for byte, all else stays as it was."""

from __future__ import annotations

import errno
import gzip
import json
import os
import random
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from conftest import DOC, NOT_COPIED, PART, PROJECT, Record, Root, examples, places
from stancebank.checks.repairs import Repair, repair
from stancebank.checks.selection import ALL_RULES, Selection
from stancebank.corpus.additions import add_texts
from stancebank.corpus.corpus import read_corpus
from stancebank.corpus.jsonl import write_records
from stancebank.corpus.part import Part
from stancebank.corpus.seeds import SeedList
from stancebank.faults import StanceBankError
from stancebank.pages.new_corpus import make_corpus
from stancebank.schema.layers import LAYERS, PART_LAYERS
from stancebank.schema.paths import SEEDS_FILE
from stancebank.storage.files import sha256
from strategies import SHARED, parts

Place = tuple[str, int, int | None]  # layer, row, place in the content or None
SPANNED = ("sentences", "mentions", "attributions", "stances")
GOLD = Root(PROJECT)
TEXT: str = GOLD.records("documents")[0]["text"]
SENTENCES = [(record["start"], record["end"]) for record in GOLD.records("sentences")]
BOM = b"\xef\xbb\xbf"
# Each example is a corpus on disk, so that looking for the smallest one would take minutes.
SLOW = settings(
    deadline=None,
    max_examples=examples(20),
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
)


def tree(root: Root) -> dict[str, bytes]:
    """Every file of a root."""
    return {str(p.relative_to(root.path)): p.read_bytes() for p in sorted(root.path.rglob("*")) if p.is_file()}


SOUND = {file: (PROJECT / file).read_bytes() for file in (f"corpus/{PART}/{name}.jsonl" for name in PART_LAYERS)}
SOUND["corpus/targets.jsonl"] = (PROJECT / "corpus/targets.jsonl").read_bytes()
SOUND["corpus/actors.jsonl"] = write_records(SHARED["actors"], LAYERS["actors"])


@pytest.fixture
def root(root: Root) -> Root:
    """The project's corpus, copied, and actors in it."""
    add_actors(root)
    return root


def add_actors(root: Root) -> None:
    root.layer_path("actors").write_bytes(SOUND["corpus/actors.jsonl"])


def mend(root: Root, selection: Selection = ALL_RULES) -> tuple[Repair, ...]:
    """Repair, after which the files are what the repairs say, no other file has changed, and none is left over."""
    before = tree(root)
    repairs = repair(root.corpus(), selection).changes
    assert all(each.before == before[each.file] != each.after for each in repairs)
    assert tree(root) == before | {each.file: each.after for each in repairs}
    return repairs


def layers(root: Root) -> dict[str, bytes]:
    return {file: (root.path / file).read_bytes() for file in SOUND}


def is_sound_again(root: Root) -> bool:
    """Whether every layer is byte for byte the project's."""
    return layers(root) == SOUND


def is_left(root: Root, selection: Selection = ALL_RULES) -> bool:
    """Whether a repair changes nothing."""
    return mend(root, selection) == ()


def configure(root: Root, validation: str) -> None:
    """Say something else under validation in corpus.yaml."""
    file = root.path / "corpus/corpus.yaml"
    kept = file.read_text("utf-8").partition("validation:\n")[0]
    file.write_text(f"{kept}validation:\n{validation}", "utf-8")


def sentence_at(start: int, sentences: Sequence[tuple[int, int]] = SENTENCES) -> tuple[int, int]:
    """The last sentence that starts there or before."""
    return [span for span in sentences if span[0] <= start][-1]


def count(text: str, within: tuple[int, int]) -> int:
    """How often a text stands in a stretch of the document, overlaps included."""
    first, last = within
    return sum(TEXT.startswith(text, at) for at in range(first, last - len(text) + 1))


def span_of(records: list[Record], place: Place) -> Record:
    """The object with start and end that a place leads to."""
    _, row, item = place
    return records[row] if item is None else records[row]["content"][item]


def places_of_spans() -> Iterator[Place]:
    for layer in SPANNED:
        for row, record in enumerate(GOLD.records(layer)):
            yield layer, row, None
            for item in range(len(record.get("content", ()))):
                yield layer, row, item


ALL_SPANS = list(places_of_spans())
RECORDS = {layer: GOLD.records(layer) for layer in SPANNED}


def stands_once(place: Place) -> bool:
    span = span_of(RECORDS[place[0]], place)
    return "text" in span and count(span["text"], sentence_at(span["start"])) == 1


UNIQUE = [place for place in ALL_SPANS if stands_once(place)]


def change_span(root: Root, place: Place, **values: Any) -> None:
    root.change(place[0], lambda records: span_of(records, place).update(values))


def shift(root: Root, place: Place, by: int) -> None:
    """Move a span's offsets, not its text."""
    span = span_of(root.records(place[0]), place)
    change_span(root, place, start=span["start"] + by, end=span["end"] + by)


def pad(root: Root, place: Place, before: int, after: int) -> None:
    """Widen a span by the blanks around it, as many as there are up to so many."""
    span = span_of(root.records(place[0]), place)
    start, end = span["start"], span["end"]
    while before and start and TEXT[start - 1].isspace():
        start, before = start - 1, before - 1
    while after and end < len(TEXT) and TEXT[end].isspace():
        end, after = end + 1, after - 1
    change_span(root, place, start=start, end=end, **({"text": TEXT[start:end]} if "text" in span else {}))


def shuffle(root: Root, layer: str, seed: int) -> None:
    root.change_lines(layer, random.Random(seed).shuffle)


def rewrite(root: Root, layer: str, change: Callable[[bytes], bytes]) -> None:
    root.layer_path(layer).write_bytes(change(root.layer_path(layer).read_bytes()))


def with_bom(data: bytes) -> bytes:
    return BOM + data


def with_crlf(data: bytes) -> bytes:
    return data.replace(b"\n", b"\r\n")


def unended(data: bytes) -> bytes:
    return data.removesuffix(b"\n").removesuffix(b"\r")


FORMS = (with_bom, with_crlf, unended)


def insert(root: Root, layer: str, record: Record) -> None:
    """Add a record where it belongs by start and end, behind its equals."""
    key = ("start", "end")
    root.change(layer, lambda records: records.append(record))
    root.change(layer, lambda records: records.sort(key=lambda r: tuple(r[k] for k in key)))


def mention(id: str, entity: str, start: int, end: int, text: str, level: str = "NOM", doc_id: str = DOC) -> Record:
    return {
        **{"doc_id": doc_id, "mention_id": id, "entity_id": entity},
        **{"start": start, "end": end, "text": text, "level": level},
    }


def corpus_of(folder: Path, text: str, *mentions: tuple[int, int, str]) -> Root:
    """A new corpus of one document; each mention, given by its span, is of an entity of its own."""
    root = Root(folder / "new-corpus")
    make_corpus(root.path, PROJECT / "schemas/scheme.yaml")
    (folder / "new.txt").write_text(text, "utf-8", newline="\n")
    add_texts(root.path, [folder / "new.txt"], part=PART, date="2025-02-20")
    entity = {"doc_id": "new", "type": "LOC", "wikidata": None, "value": None, "actor": None}
    root.write("entities", [entity | {"entity_id": f"e{n}", "name": f"name {n}"} for n in range(1, len(mentions) + 1)])
    rows = [mention(f"m{n}", f"e{n}", *span, level="NAM", doc_id="new") for n, span in enumerate(mentions, 1)]
    root.write("mentions", rows)
    return root


def spans_in(root: Root) -> list[tuple[int, int, str]]:
    return [(record["start"], record["end"], record["text"]) for record in root.records("mentions")]


def found(root: Root) -> Counter[tuple[str, str, str | None, str | None]]:
    return Counter((finding.rule, finding.file, finding.document, finding.record) for finding in root.findings())


# A sound corpus


def test_a_sound_corpus_is_left_as_it_is(root: Root) -> None:
    def stamps() -> dict[Path, tuple[int, int]]:
        return {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in root.path.rglob("*")}

    before = stamps()
    assert is_left(root)
    assert stamps() == before


def test_only_files_that_change_are_written(root: Root) -> None:
    shuffle(root, "mentions", 1)
    before = {path: path.stat().st_mtime_ns for path in root.path.rglob("*.jsonl")}
    [change] = mend(root)
    assert change.file == f"corpus/{PART}/mentions.jsonl"
    written = {path for path, stamp in before.items() if path.stat().st_mtime_ns != stamp}
    assert written == {root.layer_path("mentions")}


def test_a_corpus_without_parts_is_left(tmp_path: Path) -> None:
    make_corpus(tmp_path / "new", PROJECT / "schemas/scheme.yaml")
    assert is_left(Root(tmp_path / "new"))


def test_layers_without_records_are_left(root: Root) -> None:
    for layer in PART_LAYERS:
        root.write(layer, [])
    assert is_left(root)


# What is mended comes back byte for byte


@pytest.mark.deep("inputs", quick=3)
@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_the_form_of_a_file_is_mended(root: Root, layer: str, form: Callable[[bytes], bytes]) -> None:
    rewrite(root, layer, form)
    assert not is_sound_again(root)
    mend(root)
    assert is_sound_again(root)


@pytest.mark.deep("inputs", quick=2)
@pytest.mark.parametrize("layer", [layer for layer in LAYERS if layer != "documents"])
def test_shuffled_rows_are_put_in_order(root: Root, layer: str) -> None:
    shuffle(root, layer, 1)
    assert not is_sound_again(root)
    mend(root)
    assert is_sound_again(root)


@pytest.mark.deep("inputs", quick=2)
@pytest.mark.parametrize(
    ("layer", "row", "item"),
    [
        pytest.param("mentions", 13, None, id="a mention"),
        pytest.param("attributions", 0, None, id="a cue"),
        pytest.param("attributions", 0, 0, id="content"),
        pytest.param("attributions", 11, 1, id="the second content span"),
        pytest.param("stances", 0, None, id="evidence"),
    ],
)
@pytest.mark.parametrize("by", [-1, 1, 3])
def test_a_moved_span_is_moved_back(root: Root, layer: str, row: int, item: int | None, by: int) -> None:
    assert stands_once((layer, row, item))
    shift(root, (layer, row, item), by)
    mend(root)
    assert is_sound_again(root)


def test_a_span_whose_end_alone_is_wrong_is_mended(root: Root) -> None:
    root.edit("mentions", 13, end=219)
    mend(root)
    assert is_sound_again(root)


@pytest.mark.deep("inputs", quick=2)
@pytest.mark.parametrize("end", [206, 205, 0, -1, -(2**63), 4000, 2**63 - 1])
def test_a_span_whose_end_is_no_end_is_mended(root: Root, end: int) -> None:
    root.edit("mentions", 13, end=end)
    mend(root)
    assert is_sound_again(root)


def test_every_span_that_stands_once_in_its_sentence_is_moved_back_at_once(root: Root) -> None:
    moved = [place for place in UNIQUE if place[0] == "mentions"]
    assert len(moved) > 100
    for place in moved:
        start = span_of(RECORDS["mentions"], place)["start"]
        shift(root, place, 1 if sentence_at(start + 1) == sentence_at(start) else -1)
    mend(root)
    assert is_sound_again(root)


@pytest.mark.deep("inputs", quick=2)
@pytest.mark.parametrize(
    "place",
    [("mentions", 13, None), ("stances", 0, None), ("sentences", 1, None), ("sentences", 20, None)],
    ids=lambda place: f"{place[0]}-{place[1]}",
)
@pytest.mark.parametrize(("before", "after"), [(2, 0), (0, 2), (1, 1)])
def test_blanks_at_the_ends_are_cut(root: Root, place: Place, before: int, after: int) -> None:
    pad(root, place, before, after)
    mend(root)
    assert is_sound_again(root)


def test_a_sentence_of_blanks_and_words_keeps_its_words(root: Root) -> None:
    root.edit("sentences", 1, start=189, end=420)
    mend(root)
    assert is_sound_again(root)


@pytest.mark.deep("inputs", quick=2)
@pytest.mark.parametrize(
    ("layer", "row", "item", "old", "new"),
    [
        ("mentions", 40, None, "Kyiv", "Kiev"),
        ("mentions", 2, None, "Keir Starmer", "Keir Stammer"),
        ("mentions", 12, None, "U.S. President", "U.S. president"),
        ("mentions", 40, None, "Kyiv", "Kyiv?"),
        ("mentions", 6, None, "Paris", "paris"),
        ("attributions", 0, None, "pledge", "plegde"),
    ],
)
def test_a_misspelt_text_takes_what_the_document_reads(
    root: Root, layer: str, row: int, item: int | None, old: str, new: str
) -> None:
    assert span_of(RECORDS[layer], (layer, row, item))["text"] == old
    change_span(root, (layer, row, item), text=new)
    mend(root)
    assert is_sound_again(root)


def test_a_moved_span_in_a_file_of_all_faults_of_form_is_mended_in_one_run(root: Root) -> None:
    shift(root, ("mentions", 13, None), 2)
    shuffle(root, "mentions", 3)
    for form in (with_crlf, unended, with_bom):
        rewrite(root, "mentions", form)
    mend(root)
    assert is_sound_again(root)


def test_a_moved_span_with_blanks_is_mended_in_one_run(root: Root) -> None:
    root.edit("mentions", 14, start=228, end=236, text=" Ukraine")
    mend(root)
    assert is_sound_again(root)


@pytest.mark.deep("inputs", quick=3)
@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_a_fault_of_form_in_any_layer_keeps_no_span_from_being_mended(
    root: Root, layer: str, form: Callable[[bytes], bytes]
) -> None:
    shift(root, ("mentions", 13, None), 1)
    pad(root, ("stances", 0, None), 1, 0)
    rewrite(root, layer, form)
    mend(root)
    assert is_sound_again(root)


@dataclass(frozen=True)
class Breakages:
    """Breakages that are all promised to be mended, on many spans and files at once."""

    moved: dict[Place, int]
    padded: dict[Place, tuple[int, int]]
    shuffled: dict[str, int]
    formed: list[tuple[str, Callable[[bytes], bytes]]]

    def __call__(self, root: Root) -> None:
        for place, by in self.moved.items():
            start = span_of(RECORDS[place[0]], place)["start"]
            if start + by >= 0 and sentence_at(start + by) == sentence_at(start):
                shift(root, place, by)
        for place, (before, after) in self.padded.items():
            if place not in self.moved:
                pad(root, place, before, after)
        for layer, seed in self.shuffled.items():
            shuffle(root, layer, seed)
        for form in (unended, with_crlf, with_bom):
            for layer in [layer for layer, wanted in self.formed if wanted is form]:
                rewrite(root, layer, form)


BREAKAGES = st.builds(
    Breakages,
    moved=st.dictionaries(st.sampled_from(UNIQUE), st.integers(-3, 3), max_size=12),
    padded=st.dictionaries(st.sampled_from(ALL_SPANS), st.sampled_from([(1, 0), (0, 1), (1, 1)]), max_size=12),
    shuffled=st.dictionaries(st.sampled_from(list(LAYERS)), st.integers(0, 99), max_size=3),
    formed=st.lists(st.tuples(st.sampled_from(list(LAYERS)), st.sampled_from(FORMS)), max_size=4, unique=True),
)


@contextmanager
def copied(source: Path = PROJECT) -> Iterator[Root]:
    """A copy of a root, with actors in it, for one example."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("corpus", "schemas", "seeds"):
            shutil.copytree(source / name, Path(folder) / name, ignore=NOT_COPIED)
        root = Root(Path(folder))
        add_actors(root)
        yield root


@SLOW
@given(breakage=BREAKAGES)
def test_what_is_promised_is_mended_together_and_byte_for_byte(breakage: Breakages) -> None:
    with copied() as root:
        breakage(root)
        mend(root)
        assert is_sound_again(root)
        assert is_left(root)


# Whatever is wrong: nothing is lost, nothing gets worse, once is enough


@contextmanager
def written(part: Part) -> Iterator[Root]:
    """A part in memory as a corpus on disk; the words of corpus.yaml do not matter here."""
    with tempfile.TemporaryDirectory() as folder:
        root = Root(Path(folder))
        for name in (f"corpus/{PART}", "seeds"):
            (root.path / name).mkdir(parents=True)
        shutil.copytree(PROJECT / "schemas", root.path / "schemas", ignore=NOT_COPIED)
        shutil.copy(PROJECT / "corpus/corpus.yaml", root.path / "corpus/corpus.yaml")
        configure(root, "  exceptions: []\n")
        assert part.corpus.seeds is not None
        register = SeedList(rights=part.corpus.seeds.rights, seeds=part.corpus.seeds.table.to_dicts())
        (root.path / "seeds/seeds.yaml").write_text(register.model_dump_json(), "utf-8")
        for row in part["documents"].iter_rows(named=True):
            text = row["text"].replace("\n", "\r\n") if row["newline"] == "crlf" else row["text"]
            (root.path / "seeds" / row["seed"]).write_bytes((row["header"] + text).encode())
        for name, layer in PART_LAYERS.items():
            root.layer_path(name).write_bytes(write_records(part[name], layer))
        for name, rows in part.corpus.shared.items():
            root.layer_path(name).write_bytes(write_records(rows, LAYERS[name]))
        yield root


OFFSETS = st.one_of(
    st.integers(-3, 3), st.integers(-40, 40), st.sampled_from([-4000, 4000]), st.sampled_from([-(2**62), 2**62])
)
NEW_TEXTS = st.one_of(
    st.just(" "),
    st.just(""),
    st.text(max_size=3),
    st.sampled_from(["Kyiv", "talks", "he", "said", " said", "European", "\U0001f600"]),
)


@dataclass(frozen=True)
class Bend:
    """A change to a span that may or may not have a remedy."""

    pick: int
    start: int
    end: int
    text: str | None

    def __call__(self, root: Root) -> None:
        every = []
        for layer in SPANNED:
            for row, record in enumerate(root.records(layer)):
                every += [(layer, row, None), *((layer, row, item) for item in range(len(record.get("content", ()))))]
        place = every[self.pick % len(every)]
        span = span_of(root.records(place[0]), place)
        limit = 2**63 - 1
        values: Record = {
            "start": max(-limit, min(limit, span["start"] + self.start)),
            "end": max(-limit, min(limit, span["end"] + self.end)),
        }
        if self.text is not None and "text" in span:
            values["text"] = self.text
        change_span(root, place, **values)


BENDS = st.lists(
    st.builds(Bend, st.integers(0, 10_000), OFFSETS, OFFSETS, st.none() | NEW_TEXTS), min_size=1, max_size=6
)
SPAN_KEYS = {"start", "end", "text", "content"}


def without_spans(root: Root) -> dict[str, Counter[str]]:
    """Every record but for its spans, as often as it stands there."""
    kept = {}
    for layer in LAYERS:
        drop = SPAN_KEYS if layer in SPANNED else set()
        rows = [{k: v for k, v in record.items() if k not in drop} for record in root.records(layer)]
        kept[layer] = Counter(json.dumps(row, sort_keys=True) for row in rows)
    return kept


def mended_in_any_case(root: Root, seed: int) -> None:
    """What holds of every repair of readable files, checked on this one."""
    mend(root, Selection(select=("SB603",)))  # of two records that disagree, the later one is found
    before, known = without_spans(root), found(root)
    for layer in ("mentions", "stances"):
        shuffle(root, layer, seed)
    mend(root)
    assert without_spans(root) == before
    assert set(found(root)) <= set(known)
    assert found(root) <= known
    assert is_left(root)


@SLOW
@given(part=parts(), bends=BENDS, seed=st.integers(0, 99))
def test_nothing_is_lost_and_nothing_gets_worse(part: Part, bends: list[Bend], seed: int) -> None:
    with written(part) as root:
        for bend in bends:
            bend(root)
        mended_in_any_case(root, seed)


@SLOW
@given(bends=BENDS, seed=st.integers(0, 99))
def test_nothing_gets_worse_in_the_projects_corpus(bends: list[Bend], seed: int) -> None:
    with copied() as root:
        for bend in bends:
            bend(root)
        mended_in_any_case(root, seed)


@settings(SLOW, max_examples=examples(40))
@given(data=st.data())
def test_no_bytes_keep_a_repair_from_ending_or_from_being_enough(data: st.DataObject) -> None:
    with copied() as root:
        for _ in range(data.draw(st.integers(1, 3))):
            layer = data.draw(st.sampled_from(list(LAYERS)))
            content = root.layer_path(layer).read_bytes()
            first = data.draw(st.integers(0, len(content)))
            last = first + data.draw(st.integers(0, 40))
            new = data.draw(
                st.sampled_from([b"\r\n", b"\r", b"\n", b"", BOM, BOM + BOM, b"\xff", b" ", b"}\r\r\n", b"\x00"])
            )
            root.layer_path(layer).write_bytes(content[:first] + new + content[last:])
        mend(root)
        assert is_left(root)


# A text that is not the one that was annotated


def insert_a_word(root: Root) -> None:
    """An accident in the text: every span after it is two code points off."""
    root.edit("documents", 0, text=TEXT[:501] + "a " + TEXT[501:])


def insert_a_word_and_set_the_digest(root: Root) -> None:
    insert_a_word(root)
    root.edit("documents", 0, text_sha256=sha256(root.records("documents")[0]["text"].encode()))


def edit_the_seed(root: Root) -> None:
    root.replace(f"seeds/{DOC}.txt", "Kyiv.", "Kyiv?")


def set_another_digest(root: Root) -> None:
    root.edit("documents", 0, text_sha256="0" * 64)


DOUBTS = (insert_a_word, insert_a_word_and_set_the_digest, edit_the_seed, set_another_digest)


@pytest.mark.deep("inputs", quick=2)
@pytest.mark.parametrize("doubt", DOUBTS, ids=lambda doubt: doubt.__name__)
@pytest.mark.parametrize("selection", [ALL_RULES, Selection(("SB3",))], ids=["all rules", "spans alone"])
def test_no_span_is_moved_where_text_or_seed_is_in_doubt(
    root: Root, doubt: Callable[[Root], None], selection: Selection
) -> None:
    shift(root, ("mentions", 13, None), 1)
    doubt(root)
    before = tree(root)
    repairs = repair(root.corpus(), selection)
    assert tree(root) == before
    assert [(left.file, left.line, left.document) for left in repairs.left] == [
        (f"corpus/{PART}/documents.jsonl", 1, DOC)
    ]


def test_gold_is_as_it_was_once_the_text_is_restored(root: Root) -> None:
    insert_a_word(root)
    mend(root)
    root.edit("documents", 0, text=TEXT)
    assert root.findings() == []
    assert is_sound_again(root)


def test_another_document_of_the_part_is_mended_all_the_same(root: Root) -> None:
    (root.path / "other.txt").write_text("In Kyiv, talks went on.", "utf-8", newline="\n")
    add_texts(root.path, [root.path / "other.txt"], part=PART, date="2025-02-20")
    nothing = dict.fromkeys(("wikidata", "value", "actor"))
    entity = {"doc_id": "other", "entity_id": "e1", "type": "GPE", "name": "Kyiv", **nothing}
    root.change("entities", lambda records: records.append(entity))
    moved = mention("m1", "e1", 4, 8, "Kyiv", level="NAM", doc_id="other")
    root.change("mentions", lambda records: records.append(moved))
    shift(root, ("mentions", 13, None), 1)
    insert_a_word(root)
    mend(root)
    assert root.records("mentions")[-1] == moved | {"start": 3, "end": 7}
    assert root.records("mentions")[13]["start"] == GOLD.records("mentions")[13]["start"] + 1


def test_the_form_and_order_of_files_are_mended_all_the_same(root: Root) -> None:
    insert_a_word(root)
    documents = root.layer_path("documents").read_bytes()
    shuffle(root, "mentions", 1)
    rewrite(root, "stances", with_crlf)
    mend(root)
    assert layers(root) == SOUND | {f"corpus/{PART}/documents.jsonl": documents}


def test_a_part_without_a_file_of_progress_is_mended(root: Root) -> None:
    shift(root, ("mentions", 13, None), 1)
    root.layer_path("progress").unlink()
    mend(root)
    assert root.records("mentions") == GOLD.records("mentions")
    assert not root.layer_path("progress").exists()


# Never a guess


@pytest.mark.parametrize(
    ("row", "values"),
    [
        pytest.param(4, {"start": 60, "end": 68}, id="a text that stands twice"),
        pytest.param(4, {"text": "Europaen"}, id="a text like two places"),
        pytest.param(40, {"text": "Moscow"}, id="a text like no place"),
        pytest.param(40, {"start": 650, "end": 654, "text": "Kiev"}, id="a text like another place"),
        pytest.param(40, {"text": "\u2014"}, id="a text without words"),
        pytest.param(40, {"text": ""}, id="no text"),
        pytest.param(13, {"start": 4000, "end": 4012}, id="offsets behind the text"),
        pytest.param(10, {"start": 2, "end": 9, "text": "Washington"}, id="a text of another sentence"),
    ],
)
def test_what_leaves_a_choice_is_left(root: Root, row: int, values: Record) -> None:
    record = GOLD.records("mentions")[row] | values
    root.change("mentions", lambda records: records.pop(row))
    insert(root, "mentions", record)
    before = root.records("mentions")
    mend(root)
    assert sorted(map(str, root.records("mentions"))) == sorted(map(str, before))


def test_a_text_is_not_found_inside_a_word(root: Root) -> None:
    """The sentence has "he" once, in "the"; the span cut a word before, so that cutting one is nothing new."""
    insert(root, "mentions", mention("m151", "e2", 2975, 2977, "he", "PRO"))
    assert count("he", sentence_at(2975)) == 1
    assert is_left(root)


def test_a_text_that_overlaps_itself_leaves_a_choice(tmp_path: Path) -> None:
    root = corpus_of(tmp_path, "They sang nanana together.", (9, 13, "nana"))
    assert is_left(root)


@pytest.mark.parametrize("id", ["m151", "m0"])
@pytest.mark.parametrize(
    ("start", "end", "text", "entity"),
    [
        pytest.param(95, 111, "meeting in Paris", "e2", id="crossing an earlier one"),
        pytest.param(95, 116, "an emergency European", "e2", id="crossing a later one"),
        pytest.param(160, 167, "Ukraine", "e8", id="repeating another"),
    ],
)
def test_a_mention_is_not_moved_to_where_another_one_would_be_in_its_way(
    root: Root, id: str, start: int, end: int, text: str, entity: str
) -> None:
    assert count(text, SENTENCES[0]) == 1
    insert(root, "mentions", mention(id, entity, start, end, text))
    shift(root, ("mentions", [r["mention_id"] for r in root.records("mentions")].index("m14"), None), 1)
    mend(root)
    by_id = {record["mention_id"]: record for record in root.records("mentions")}
    assert by_id[id] == mention(id, entity, start, end, text)
    assert by_id["m14"] == GOLD.records("mentions")[13], "what has nothing to do with it is mended"


def test_content_is_not_moved_into_other_content(root: Root) -> None:
    content = GOLD.records("attributions")[11]["content"]
    overlapping = {"start": 2972, "end": 2972 + 21, "text": TEXT[2900:2921]}
    assert count(overlapping["text"], sentence_at(2972)) == 1
    root.edit("attributions", 11, content=[*content, overlapping])
    before = root.records("attributions")
    mend(root)
    assert root.records("attributions") == before


def test_blanks_are_kept_where_the_span_without_them_is_there_already(root: Root) -> None:
    insert(root, "mentions", mention("m151", "e8", 226, 234, " Ukraine", "NAM"))
    assert is_left(root)


def test_a_span_of_blanks_alone_is_left(root: Root) -> None:
    insert(root, "mentions", mention("m151", "e8", 189, 191, "\n\n", "NAM"))
    assert is_left(root)


def test_a_document_that_stands_twice_in_two_wordings_decides_nothing(root: Root) -> None:
    root.change("documents", lambda records: records.append(records[0] | {"text": f"x{TEXT}"}))
    for _ in range(5):
        assert is_left(root)


def test_a_span_of_no_document_is_left(root: Root) -> None:
    root.change("mentions", lambda records: records.append(records[13] | {"doc_id": "unknown", "start": 207}))
    assert is_left(root)


def test_a_sentence_is_not_moved_to_where_it_would_overlap(root: Root) -> None:
    root.edit("sentences", 1, start=188)
    assert is_left(root)


@pytest.mark.parametrize("cut", [2, 20, 60])
def test_a_last_line_that_was_cut_is_left(root: Root, cut: int) -> None:
    rewrite(root, "stances", lambda data: data[:-cut])
    assert is_left(root)


def test_a_file_that_was_cut_between_two_keys_is_left(root: Root) -> None:
    rewrite(root, "stances", lambda data: data[: data.rindex(b',"end"')])
    assert is_left(root)


def test_a_last_line_that_is_whole_but_no_record_is_left(root: Root) -> None:
    for line in (b'{"doc_id":"d"}', b"null", b"   ", b"# a note"):
        root.layer_path("stances").write_bytes(SOUND[f"corpus/{PART}/stances.jsonl"] + line)
        assert is_left(root)


def test_a_record_that_was_cut_in_the_middle_of_a_file_is_left(root: Root) -> None:
    rewrite(root, "mentions", lambda data: data.replace(b'"level":"NAM"}\n', b"\n", 1))
    shuffle(root, "mentions", 2)
    assert is_left(root)


def test_an_empty_line_is_left(root: Root) -> None:
    rewrite(root, "mentions", lambda data: data.replace(b"\n", b"\n\n", 1))
    assert is_left(root)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(gzip.compress(b"a\r\nb", mtime=0) + b"\r\n", id="compressed"),
        pytest.param('{"text":"\u0d0a"}\n'.encode("utf-16-be"), id="UTF-16"),
        pytest.param(b'{"text":"caf\xe9"}\r\n{"text":"\x93\x94"}\r\n', id="Windows"),
    ],
)
def test_a_file_that_is_not_utf_8_keeps_its_bytes(root: Root, data: bytes) -> None:
    root.layer_path("mentions").write_bytes(data)
    assert b"\r\n" in data
    assert is_left(root)


def test_two_marks_or_two_returns_are_mended_at_once_or_not_at_all(root: Root) -> None:
    rewrite(root, "targets", lambda data: data.replace(b"\n", b"\r\r\n"))
    rewrite(root, "stances", lambda data: BOM + BOM + data)
    mend(root)
    assert is_left(root)


# Bytes


def test_lines_that_need_no_change_keep_their_bytes(root: Root) -> None:
    odd = '{ "level": "NAM",\t"text": "\\u004byiv", "end": 658, "start": 654,  "entity_id": "e8",'
    odd += f' "mention_id": "m41", "doc_id": "{DOC}" }} '
    lines = SOUND[f"corpus/{PART}/mentions.jsonl"].split(b"\n")
    lines[40] = odd.encode()
    expected = b"\n".join(lines)
    root.layer_path("mentions").write_bytes(expected)
    assert is_left(root)
    rewrite(root, "mentions", lambda data: data.replace(b'"start":206,', b'"start":207,'))
    shuffle(root, "mentions", 5)
    mend(root)
    assert root.layer_path("mentions").read_bytes() == expected


def test_in_a_line_that_is_mended_only_the_values_change(root: Root) -> None:
    odd = '{ "level" :"NAM",\t"text": "Donald Tr\\u0075mp" , "end" : %d, "st\\u0061rt":%d,  "entity_id": "e10",'
    odd += f' "mention_id": "m14", "doc_id": "{DOC}" }}  '
    lines = SOUND[f"corpus/{PART}/mentions.jsonl"].split(b"\n")
    lines[13] = (odd % (221, 209)).encode()
    root.layer_path("mentions").write_bytes(b"\n".join(lines))
    mend(root)
    lines[13] = (odd % (218, 206)).encode()
    assert root.layer_path("mentions").read_bytes() == b"\n".join(lines)


def test_in_odd_content_only_the_values_change(root: Root) -> None:
    old = b'{"start":2842,'
    assert SOUND[f"corpus/{PART}/attributions.jsonl"].count(old) <= 1
    span = GOLD.records("attributions")[11]["content"][1]
    plain = json.dumps(span, ensure_ascii=False, separators=(",", ":"))
    odd = f'{{ "end": {span["end"]} ,"text":{json.dumps(span["text"])}, "start" :\t%d}}'
    expected = SOUND[f"corpus/{PART}/attributions.jsonl"].replace(plain.encode(), (odd % span["start"]).encode())
    assert expected != SOUND[f"corpus/{PART}/attributions.jsonl"]
    root.layer_path("attributions").write_bytes(
        expected.replace((odd % span["start"]).encode(), (odd % (span["start"] + 2)).encode())
    )
    mend(root)
    assert root.layer_path("attributions").read_bytes() == expected


def test_equal_records_keep_their_order_and_number(root: Root) -> None:
    root.change("relations", lambda records: records.append(records[0]))
    mend(root)
    assert [record["relation_id"] for record in root.records("relations")[:3]] == ["r1", "r1", "r2"]


ASTRAL = "\U0001f600\U0001f468\u200d\U0001f469 met \u05e9\u05dc\u05d5\u05dd and \U0001d518n in Cafe\u0301."


@pytest.mark.deep("inputs", quick=2)
@pytest.mark.parametrize("text", ["met", "\u05e9\u05dc\u05d5\u05dd", "\U0001d518n", "Cafe\u0301", "\U0001f600"])
@pytest.mark.parametrize("by", [-1, 1, 2])
def test_offsets_count_code_points(tmp_path: Path, text: str, by: int) -> None:
    start = ASTRAL.index(text)
    shifted = (max(start + by, 0), max(start + by, 0) + len(text), text)
    root = corpus_of(tmp_path, ASTRAL, shifted)
    mend(root)
    assert spans_in(root) == [(start, start + len(text), text)]


@pytest.mark.deep("inputs", quick=2)
@pytest.mark.parametrize("blank", [" ", "\t", "\n", "\u00a0", "\u3000", "\u2028"])
def test_any_blank_is_cut(tmp_path: Path, blank: str) -> None:
    root = corpus_of(tmp_path, f"A{blank}Kyiv{blank}b.", (1, 7, f"{blank}Kyiv{blank}"))
    root.write(
        "sentences", [{"doc_id": "new", "sentence_id": "n1", "start": 0, "end": 9, "paragraph": 0, "kind": None}]
    )
    mend(root)
    assert spans_in(root) == [(2, 6, "Kyiv")]


@pytest.mark.parametrize("kept", ["\u200b", "\ufeff", "\u2060"])
def test_what_is_invisible_but_no_blank_is_kept(tmp_path: Path, kept: str) -> None:
    root = corpus_of(tmp_path, f"A {kept}Kyiv b.", (2, 7, f"{kept}Kyiv"))
    assert is_left(root)


def test_a_text_full_of_patterns_is_taken_literally(tmp_path: Path) -> None:
    root = corpus_of(tmp_path, "Prices (a+b)* rose a|b$ today.", (8, 14, "(a+b)*"), (18, 22, "a|b$"))
    mend(root)
    assert spans_in(root) == [(7, 13, "(a+b)*"), (19, 23, "a|b$")]


# Several parts


def add_copy(root: Root, name: str) -> None:
    shutil.copytree(root.path / "corpus" / PART, root.path / "corpus" / name)


def test_every_part_is_mended(root: Root) -> None:
    shift(root, ("mentions", 13, None), 1)
    shuffle(root, "stances", 1)
    add_copy(root, "2025-03")
    mend(root)
    assert is_sound_again(root)
    copy = {file: (root.path / file.replace(PART, "2025-03")).read_bytes() for file in SOUND}
    assert copy == SOUND


def test_a_part_that_cannot_be_read_keeps_no_other_from_being_mended(root: Root) -> None:
    shift(root, ("mentions", 13, None), 1)
    shuffle(root, "stances", 1)
    add_copy(root, "2025-01")
    broken = root.path / "corpus/2025-01"
    (broken / "entities.jsonl").write_bytes(b"{\n")
    spans = (broken / "mentions.jsonl").read_bytes()
    mend(root)
    assert is_sound_again(root)
    assert (broken / "entities.jsonl").read_bytes() == b"{\n"
    assert (broken / "mentions.jsonl").read_bytes() == spans, "spans of a part that cannot be read stay"
    assert (broken / "stances.jsonl").read_bytes() == SOUND[f"corpus/{PART}/stances.jsonl"]


def test_a_missing_layer_is_not_made(root: Root) -> None:
    root.layer_path("relations").unlink()
    shuffle(root, "stances", 1)
    mend(root)
    assert not root.layer_path("relations").exists()
    assert root.layer_path("stances").read_bytes() == SOUND[f"corpus/{PART}/stances.jsonl"]


@pytest.mark.parametrize("file", ["corpus/corpus.yaml", "schemas/scheme.yaml", "seeds/seeds.yaml"])
def test_a_corpus_whose_settings_cannot_be_read_is_put_in_order_at_least(root: Root, file: str) -> None:
    (root.path / file).write_text("{")
    shuffle(root, "stances", 1)
    rewrite(root, "targets", with_crlf)
    mend(root)
    assert is_sound_again(root)


def test_files_that_are_no_layer_are_left(root: Root) -> None:
    (root.path / f"corpus/{PART}/notes.jsonl").write_bytes(BOM + b"my notes\r\n")
    (root.path / "corpus/old.jsonl").write_bytes(b"{}\r\n")
    assert is_left(root)


# Selection


def broken_in_all_ways(root: Root) -> None:
    shift(root, ("mentions", 13, None), 1)
    pad(root, ("stances", 0, None), 1, 0)
    pad(root, ("sentences", 1, None), 1, 0)
    for layer in ("mentions", "entities"):
        shuffle(root, layer, 1)


def test_only_what_is_selected_is_mended(root: Root) -> None:
    broken_in_all_ways(root)
    repairs = mend(root, Selection(select=("SB603",)))
    assert [Path(each.file).stem for each in repairs] == ["entities", "mentions"]
    assert sorted({finding.rule for finding in root.findings()} & {"SB301", "SB310", "SB603", "SB701"}) == [
        "SB301",
        "SB310",
        "SB701",
    ]


@pytest.mark.parametrize("rule", ["SB301", "SB310", "SB603", "SB701"])
def test_what_is_ignored_is_not_mended(root: Root, rule: str) -> None:
    broken_in_all_ways(root)
    mend(root, Selection(ignore=(rule,)))
    assert {finding.rule for finding in root.findings()} & {"SB301", "SB310", "SB603", "SB701"} == {rule}


def test_a_file_out_of_order_keeps_its_order_where_order_is_not_selected(root: Root) -> None:
    shuffle(root, "mentions", 1)
    expected = root.layer_path("mentions").read_bytes()
    rewrite(root, "mentions", lambda data: data.replace(b'"start":206,', b'"start":207,'))
    mend(root, Selection(ignore=("SB603",)))
    assert root.layer_path("mentions").read_bytes() == expected


def test_a_file_in_order_stays_in_order_whatever_is_selected(root: Root) -> None:
    record = GOLD.records("mentions")[13]
    root.change("mentions", lambda records: records.pop(13))
    insert(root, "mentions", record | {"start": 280, "end": 292})
    mend(root, Selection(select=("SB301",)))
    assert is_sound_again(root)


@pytest.mark.parametrize(
    "place", ["document: 000_22079654af0f9918", "record: m15", f"file: corpus/{PART}/mentions.jsonl"]
)
def test_what_an_exception_covers_is_meant_and_stays(root: Root, place: str) -> None:
    configure(root, f"  exceptions:\n    - {{rule: SB701, {place}, reason: The blank is meant.}}\n")
    pad(root, ("mentions", 14, None), 1, 0)
    assert "SB701" not in {finding.rule for finding in root.findings()}
    assert is_left(root)


def test_an_exception_for_an_error_does_not_keep_it_from_being_mended(root: Root) -> None:
    configure(root, "  exceptions:\n    - {rule: SB301, record: m14, reason: Not allowed.}\n")
    shift(root, ("mentions", 13, None), 1)
    mend(root)
    assert is_sound_again(root)


# Writing


def break_two_files(root: Root) -> None:
    shuffle(root, "mentions", 1)
    shuffle(root, "stances", 1)


@pytest.mark.parametrize("call", [1, 2])
def test_where_one_file_cannot_be_put_in_place_none_is(root: Root, monkeypatch: pytest.MonkeyPatch, call: int) -> None:
    break_two_files(root)
    before, replace, calls = tree(root), Path.replace, []

    def failing(self: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) == call:
            raise PermissionError(errno.EACCES, "Permission denied")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(StanceBankError, match=r"cannot write to .*Permission denied; nothing was changed"):
        repair(root.corpus())
    assert tree(root) == before


def test_where_the_disk_is_full_nothing_is_written(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    break_two_files(root)
    before = tree(root)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StanceBankError, match="No space left on device; nothing was changed"):
        repair(root.corpus())
    assert tree(root) == before


def test_permissions_are_kept(root: Root) -> None:
    shuffle(root, "mentions", 1)
    root.layer_path("mentions").chmod(0o640)
    mend(root)
    assert root.layer_path("mentions").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("layer", ["targets", "stances"])
def test_a_link_out_of_the_root_is_not_followed(root: Root, tmp_path: Path, layer: str) -> None:
    shuffle(root, layer, 1)
    outside = root.layer_path(layer).rename(tmp_path / "outside.jsonl")
    root.layer_path(layer).symlink_to(outside)
    before = outside.read_bytes()
    assert repair(root.corpus()).changes == ()
    assert outside.read_bytes() == before
    assert root.layer_path(layer).is_symlink()


def test_a_part_out_of_the_root_is_not_followed(root: Root, tmp_path: Path) -> None:
    shuffle(root, "stances", 1)
    outside = (root.path / "corpus" / PART).rename(tmp_path / "outside")
    (root.path / "corpus" / PART).symlink_to(outside)
    before = (outside / "stances.jsonl").read_bytes()
    assert repair(root.corpus()).changes == ()
    assert (outside / "stances.jsonl").read_bytes() == before


def test_a_link_inside_the_root_stays_a_link(root: Root) -> None:
    shuffle(root, "stances", 1)
    (root.path / "shared").mkdir()
    inside = root.layer_path("stances").rename(root.path / "shared/stances.jsonl")
    root.layer_path("stances").symlink_to(inside)
    repair(root.corpus())
    assert root.layer_path("stances").is_symlink()
    assert sorted(inside.read_bytes().split(b"\n")) == sorted(SOUND[f"corpus/{PART}/stances.jsonl"].split(b"\n"))


def test_thousands_of_spans_are_repaired(tmp_path: Path) -> None:
    text = " ".join(f"Name{number:04}" for number in range(3000))
    spans = [(start, start + 9, text[start : start + 9]) for start in range(8, len(text), 9)]
    root = corpus_of(tmp_path, text, *spans)
    mend(root)
    assert spans_in(root) == [(start + 1, end, words.strip()) for start, end, words in spans]


# The diff


def patched(change: Repair, folder: Path) -> bytes:
    """What patch makes of the file before, given the diff."""
    file = folder / change.file
    file.parent.mkdir(parents=True)
    file.write_bytes(change.before)
    diff = "".join(f"{line}\n" for line in change.diff())
    subprocess.run(
        ["patch", "-p1", "--binary", "--quiet"], cwd=folder, input=diff.encode(), check=True, capture_output=True
    )
    return file.read_bytes()


@pytest.mark.parametrize(
    "breakage",
    [
        lambda root: shift(root, ("mentions", 13, None), 1),
        lambda root: shuffle(root, "mentions", 1),
        lambda root: pad(root, ("mentions", 149, None), 1, 0),
        lambda root: root.edit("mentions", 40, text="Kiev"),
        lambda root: rewrite(root, "mentions", unended),
    ],
    ids=["shifted", "shuffled", "padded", "misspelt", "unended"],
)
def test_the_diff_turns_one_into_the_other(root: Root, tmp_path: Path, breakage: Callable[[Root], None]) -> None:
    breakage(root)
    [change] = mend(root)
    assert patched(change, tmp_path / "patched") == change.after


def test_the_diff_shows_the_changed_lines_alone(root: Root) -> None:
    shift(root, ("mentions", 13, None), 1)
    [change] = mend(root)
    record = f'{{"doc_id":"{DOC}","mention_id":"m14","entity_id":"e10",'
    assert list(change.diff()) == [
        f"--- a/corpus/{PART}/mentions.jsonl",
        f"+++ b/corpus/{PART}/mentions.jsonl",
        "@@ -14 +14 @@",
        f'-{record}"start":207,"end":219,"text":"Donald Trump","level":"NAM"}}',
        f'+{record}"start":206,"end":218,"text":"Donald Trump","level":"NAM"}}',
    ]


def test_there_is_a_diff_for_each_file_that_changes(root: Root) -> None:
    break_two_files(root)
    shuffle(root, "targets", 1)
    heads = [next(iter(change.diff())) for change in mend(root)]
    assert sorted(heads) == [
        f"--- a/corpus/{PART}/mentions.jsonl",
        f"--- a/corpus/{PART}/stances.jsonl",
        "--- a/corpus/targets.jsonl",
    ]


def test_no_control_character_reaches_a_terminal(root: Root) -> None:
    # JSON lets DEL, C1 controls and marks of direction stand unescaped.
    rewrite(root, "entities", lambda data: data.replace(b'"Britain"', '"\x7f\x9b31m\u202e\u2028Britain"'.encode(), 1))
    shuffle(root, "entities", 1)
    rewrite(root, "entities", with_crlf)
    rewrite(root, "entities", with_bom)
    (root.path / "corpus" / PART).rename(root.path / "corpus/a\x1b[2J\nb")
    [change] = mend(root)
    lines = list(change.diff())
    assert all(line.isprintable() for line in lines)
    assert lines[0] == r"--- a/corpus/a\x1b[2J\nb/entities.jsonl"
    assert any(r"\x7f\x9b31m\u202e\u2028Britain" in line for line in lines)


def test_the_diff_of_a_missing_newline_shows_no_empty_line(root: Root) -> None:
    rewrite(root, "stances", unended)
    [change] = mend(root)
    assert not any(line in ("+", "-") for line in change.diff())
    assert places(root.findings()) == []


def test_the_corpus_that_was_read_is_the_one_that_is_mended(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a relative root, as with --root .., the right files are written."""
    shuffle(root, "stances", 1)
    monkeypatch.chdir(root.path / "corpus")
    [change] = repair(read_corpus(Path(".."))).changes
    assert change.file == f"corpus/{PART}/stances.jsonl"
    assert is_sound_again(root)


# SB207


def test_rights_are_stated_once_and_copied_to_documents(root: Root) -> None:
    root.replace(SEEDS_FILE, "rights: publisher-reserved", "rights: mine")
    root.replace(SEEDS_FILE, "rights:\n", "rights:\n  mine:\n    statement: Written by us.\n    redistribution: true\n")
    before = (root.path / f"corpus/{PART}/documents.jsonl").read_bytes()
    assert places(root.findings()) == [("SB207", "documents.jsonl", 1, "rights")]
    assert [each.file for each in repair(root.corpus(), Selection(ignore=("SB207",))).changes] == []
    assert [each.file for each in repair(root.corpus()).changes] == [f"corpus/{PART}/documents.jsonl"]
    after = (root.path / f"corpus/{PART}/documents.jsonl").read_bytes()
    assert after == before.replace(b'"publisher-reserved"', b'"mine"')
    assert root.findings() == []


def test_other_values_that_differ_from_the_register_are_left(root: Root) -> None:
    root.edit("documents", 0, language="en-GB")
    assert repair(root.corpus()).changes == ()
