"""New texts in a corpus: seeds, documents and sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, repeat
from pathlib import Path
from typing import Literal

import polars as pl

from stancebank.corpus.corpus import Corpus, read_corpus
from stancebank.corpus.jsonl import with_rows
from stancebank.corpus.new_documents import (
    UNKNOWN_RIGHTS,
    Defaults,
    NewDocument,
    as_given,
    described,
    new_document,
    own_columns,
)
from stancebank.corpus.part import Part
from stancebank.corpus.seeds import NO_DATE
from stancebank.corpus.text_columns import named_columns
from stancebank.corpus.text_sources import gather
from stancebank.corpus.text_tables import Flaw
from stancebank.faults import StanceBankError, counted
from stancebank.schema.frames import polars_schema
from stancebank.schema.layers import DOCUMENTS, SENTENCES
from stancebank.schema.paths import SEEDS, SEEDS_FILE, layer_file, seed_file
from stancebank.storage.files import read_inside, sha256, write_files
from stancebank.storage.yaml_edits import dumped, loaded

UNKNOWN_STATEMENT = "Nobody has said yet who holds the rights in this text."
_SHOWN = 3  # texts that are shown as understood
_MOST_FLAWS = 200  # flaws that an error lists
# What YAML writes as it is: a name of a text file, and a digest with a letter that no number has.
_SEED_NAME, _DIGEST = re.compile(r"[A-Za-z0-9][\w.-]*\.txt", re.ASCII), re.compile(r"[0-9a-f]{8,63}[a-df][0-9a-f]*")


@dataclass(frozen=True, slots=True)
class Addition:
    """A text that was added: its document, its part, how many sentences it has, and whether a date.

    language_from: whether its language was given, detected or assumed. kinds: how many sentences are
    of each kind other than sentence. These do not count in a comparison.
    """

    doc_id: str
    part: str
    sentences: int
    dated: bool = True
    language: str = field(default="", compare=False)
    language_from: str = field(default="", compare=False)
    kinds: Mapping[str, int] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What stancebank add did, or would do.

    first: the first three texts as they were understood, each field as people read it, by the text's id.
    notices: what is worth a look, and keeps no text out. skipped: what kept a text out, with skip.
    not_taken: columns of tables that are no field of a document.
    """

    added: tuple[Addition, ...]
    first: Mapping[str, Mapping[str, str]]
    notices: tuple[Flaw, ...]
    skipped: tuple[Flaw, ...]
    not_taken: tuple[str, ...]


class RefusedTextsError(StanceBankError):
    """Texts cannot be added; flaws has all that is wrong with them."""

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        self.flaws = tuple(flaws)
        if len(flaws) == 1:
            super().__init__(_sentence(flaws[0]), f"{flaws[0].fix}; nothing was changed")
            return
        lines = [f"{_sentence(flaw)}\n    fix: {flaw.fix}" for flaw in flaws[:_MOST_FLAWS]]
        more = [f"and {len(flaws) - _MOST_FLAWS:,} more"] if len(flaws) > _MOST_FLAWS else []
        what = "\n  ".join([f"{counted(len(flaws), 'fault')} in the texts; nothing was changed", *lines, *more])
        super().__init__(what, "correct them, or leave out these texts with --skip")

    def __reduce__(self) -> tuple[type[RefusedTextsError], tuple[tuple[Flaw, ...]]]:  # type: ignore[override]
        return RefusedTextsError, (self.flaws,)


def _sentence(flaw: Flaw) -> str:
    return flaw.what if flaw.what.startswith(flaw.place) else f"{flaw.place}: {flaw.what}"


def add_texts(
    root: Path,
    sources: Sequence[Path | str],
    part: str | None = None,
    date: str | None = None,
    language: str | None = None,
    *,
    title: Literal["first-line"] | None = None,
    rights: str | None = None,
    origin: str | None = None,
    columns: Sequence[str] = (),
    skip: bool = False,
    dry_run: bool = False,
) -> Outcome:
    """Bring raw texts into a corpus: seeds, register, documents and sentences, all of them or none.

    sources: text files, folders, patterns and tables (CSV, TSV, JSON Lines, Excel).
    part, date, language, rights, origin: of texts that do not have their own in a header or a
    column. Without a part the year and month of the date; without a date it is undecided, and
    part is needed; without a language it is detected; without rights they are unknown.
    title: first-line takes the first line. columns: assignments such as title=Headline.
    skip: leave out texts with a fault. dry_run: change nothing.
    Raises RefusedTextsError with all faults of the texts, and StanceBankError for an option that is
    not valid, a corpus that cannot be read, and where writing fails.
    """
    corpus = read_corpus(root).sound()
    defaults = Defaults(part, date, language, rights, origin, title)
    as_given(defaults, corpus.seeds.rights)
    own = own_columns(corpus.scheme)
    names = [column.name for column in own]
    gathered = gather(sources, named_columns(columns, names), names)
    parts = {name: corpus.sound_part(name) for name in corpus.part_names}
    known = KnownTexts.of(corpus, parts)
    new: dict[str, list[NewDocument]] = {}
    shown: dict[str, Mapping[str, str]] = {}
    flaws, notices = [*gathered.flaws], []
    for candidate in gathered.candidates:
        document, wrong = new_document(candidate, defaults, corpus.seeds.rights, corpus.scheme)
        wrong += known.conflicts(candidate.place, candidate.doc_id, candidate.seed, sha256(candidate.data))
        if wrong or document is None:
            flaws += wrong
            if not skip:  # another text of this id is a fault too
                known.ids.setdefault(candidate.doc_id.lower(), candidate.doc_id)
            continue
        notices += [Flaw(document.place, note) for note in (*document.notes, *known.notes(document))]
        known.add(document)
        if len(shown) < _SHOWN:
            shown[candidate.doc_id] = described(document)
        new.setdefault(document.part, []).append(document)
    if flaws and not skip:
        raise RefusedTextsError(flaws)
    if new and not dry_run:
        write_files(root, added_files(corpus, parts, new))
    added = tuple(_addition(document) for documents in new.values() for document in documents)
    return Outcome(added, shown, tuple(notices), tuple(flaws), gathered.not_taken)


def _addition(document: NewDocument) -> Addition:
    record, rows = document.record, document.sentences
    kinds = [row["kind"] for row in rows if row["kind"] != "sentence"]
    return Addition(
        record["doc_id"],
        document.part,
        len(rows),
        record["date"] is not None,
        record["language"],
        document.language_from,
        {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)},
    )


@dataclass(frozen=True)
class KnownTexts:
    """What a corpus has already, and what was added so far, each with what people call it.

    ids, names: of documents and seeds, in small letters. digests: of seeds. texts: digests of texts without
    blanks at their ends.
    """

    root: Path
    ids: dict[str, str]
    names: dict[str, str]
    digests: dict[str, str]
    texts: dict[str, str]

    @classmethod
    def of(cls, corpus: Corpus, parts: Mapping[str, Part]) -> KnownTexts:
        """What a corpus has. parts: all of them, by name."""
        ids = {doc_id.lower(): doc_id for part in parts.values() for doc_id in part["documents"]["doc_id"]}
        files = corpus.seeds.table["file"].to_list()
        digests = dict(zip(corpus.seeds.table["sha256"], map(seed_file, files), strict=True))
        rows = (row for part in parts.values() for row in part["documents"].select("text", "doc_id").iter_rows())
        return cls(corpus.root, ids, {file.lower(): file for file in files}, digests, {_text(t): d for t, d in rows})

    def conflicts(self, place: str, doc_id: str, seed: str, digest: str) -> list[Flaw]:
        """Why a text cannot be added beside what is there."""
        if digest in self.digests:
            return [Flaw(place, f"{place} is there already, as {self.digests[digest]}", "leave it out")]
        there = self.ids.get(doc_id.lower()) or self.names.get(seed.lower())
        fix = "rename the file, whose name gives the id, or give another id in the table"
        if there is not None:
            other = "" if there in (doc_id, seed) else f", up to case: {there}"
            return [Flaw(place, f"{place}: another text with the id {doc_id} is there already{other}", fix)]
        if (self.root / SEEDS / seed).exists():
            what = f"{place}: {seed_file(seed)} is there already, but is no registered seed"
            return [Flaw(place, what, "rename the file, or move that one away")]
        return []

    def notes(self, document: NewDocument) -> list[str]:
        """What is alike in the corpus."""
        there = self.texts.get(_text(document.record["text"]))
        alike = "its text is that of {}, but for line ends, a byte-order mark, the date or blanks at its ends"
        return [] if there is None else [alike.format(there)]

    def add(self, document: NewDocument) -> None:
        """Have it too."""
        record = document.record
        self.ids[record["doc_id"].lower()] = record["doc_id"]
        self.names[record["seed"].lower()] = record["seed"]
        self.digests[record["seed_sha256"]] = document.place
        self.texts.setdefault(_text(record["text"]), record["doc_id"])


def _text(text: str) -> str:
    return sha256(text.strip().encode())


def added_files(
    corpus: Corpus, parts: Mapping[str, Part], new: Mapping[str, Sequence[NewDocument]]
) -> dict[str, bytes]:
    """The bytes of every file that additions make or change, by path from the root.

    parts: all of the corpus, by name. new: documents by part.
    """
    contents: dict[str, bytes] = {}
    for name, documents in new.items():
        for document in documents:
            contents[seed_file(document.record["seed"])] = document.data
        rows = {
            DOCUMENTS.name: [document.record for document in documents],
            SENTENCES.name: [sentence for document in documents for sentence in document.sentences],
        }
        for layer in corpus.layers.parts.values():
            file = layer_file(name, layer.name)
            if layer.name in rows:
                records = [{**layer.unset, **record} for record in rows[layer.name]]
                added = pl.DataFrame(records, schema=polars_schema(layer.columns))
                before = parts[name][layer.name].select(added.columns) if name in parts else added.clear()
                contents[file] = with_rows(read_inside(corpus.root, file)[0] or b"", before, added, layer)
            elif name not in parts:
                contents[file] = b""
    contents[SEEDS_FILE] = seed_list(corpus, [document for documents in new.values() for document in documents])
    return contents


def seed_list(corpus: Corpus, documents: Sequence[NewDocument]) -> bytes:
    """seeds.yaml with the new seeds in it, comments and order kept."""
    content = loaded((corpus.root / SEEDS_FILE).read_text("utf-8"), SEEDS_FILE, "seeds-file")
    unknown = any(document.record["rights"] == UNKNOWN_RIGHTS for document in documents)
    if unknown and UNKNOWN_RIGHTS not in content["rights"]:
        content["rights"][UNKNOWN_RIGHTS] = {"statement": UNKNOWN_STATEMENT, "redistribution": False}
    if not content["seeds"]:
        content["seeds"] = []
    first, *others = map(_entry, documents)
    content["seeds"].append(first)
    text, rest = dumped(content), "".join(line for entry in others for line in _lines(entry))
    if text.endswith("".join(_lines(first))) and rest.count("\n") == len(others) * len(first):
        return f"{text}{rest}".encode()  # the list is the last of the file, and all values are on one line
    content["seeds"] += others
    return dumped(content).encode()


def _entry(document: NewDocument) -> dict[str, str]:
    record = document.record
    entry = {"file": record["seed"], "sha256": record["seed_sha256"], "date": record["date"] or NO_DATE}
    return entry | {"language": record["language"], "origin": document.origin, "rights": record["rights"]}


def _lines(entry: Mapping[str, str]) -> Iterator[str]:
    """An entry as the file has it. Twenty times as fast as ruamel.yaml, which is asked what values look like."""
    for mark, (key, value) in zip(chain("-", repeat(" ")), entry.items(), strict=False):
        plain = (_SEED_NAME if key == "file" else _DIGEST).fullmatch(value)
        yield f"  {mark} {key}: {value}\n" if plain else f"  {mark} {_written(key, value)}"


@lru_cache(maxsize=256)
def _written(key: str, value: str) -> str:
    return dumped({key: value})
