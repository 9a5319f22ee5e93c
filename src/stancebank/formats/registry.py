"""The formats: one entry each, with how a file of it is recognised and what is lost in it.

A format is a line here and a module that reads it, writes it or both; modules are loaded when they are needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from stancebank.corpus.part import Part
from stancebank.faults import StanceBankError, printable
from stancebank.formats.foreign_document import ForeignDocument, Item
from stancebank.formats.given_files import Given
from stancebank.formats.ledger import Ledger
from stancebank.formats.recognition import USE_CAS, WEBANNO, recognised
from stancebank.storage.markdown import table

Read = Callable[[Given], Iterator[Item]]
Write = Callable[[Iterable[ForeignDocument], Ledger, str | None], Iterator[tuple[str, bytes]]]
"""Takes documents, what counts them, and the dialect; gives files by name."""
WriteParts = Callable[[Iterable[Part], Ledger], Iterator[tuple[str, bytes]]]


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    name: of --format. title: for people. endings: of its files. module: under formats. reads, writes: names of
    functions in it, None where it goes one way. loses: in a sentence, what it has no place for.
    dialects: by name, where the files of the format differ; the first is written. needs_tokens: to be written.
    takes_parts: whether its writer takes parts of our layers as they are, since it writes a view or a layer.
    adds_labels: whether labels of its spans can be added to the scheme. splits_files: whether blank lines may part the
    texts of a file.
    """

    name: str
    title: str
    endings: tuple[str, ...]
    module: str
    reads: str | None
    writes: str | None
    loses: str
    dialects: tuple[str, ...] = ()
    needs_tokens: bool = False
    takes_parts: bool = False
    adds_labels: bool = True
    splits_files: bool = False

    def reader(self) -> Read:
        """The function that reads it. Raises StanceBankError where nothing does."""
        return self._function(self.reads, "imported", READ)  # type: ignore[return-value]

    def writer(self) -> Write:
        """The function that writes it. Raises StanceBankError where nothing does."""
        return self._function(self.writes, "exported", WRITTEN)  # type: ignore[return-value]

    def part_writer(self) -> WriteParts:
        """The function that writes it, where it takes parts."""
        return self._function(self.writes, "exported", WRITTEN)  # type: ignore[return-value]

    def _function(self, name: str | None, what: str, others: tuple[str, ...]) -> object:
        if name is None:
            raise StanceBankError(f"{self.name} cannot be {what}", f"use one of {', '.join(others)}")
        return getattr(import_module(f"stancebank.formats.{self.module}"), name)


FORMATS: Mapping[str, Format] = {
    each.name: each
    for each in (
        Format(
            "brat",
            "brat stand-off",
            (".ann",),
            "brat",
            "read_brat",
            "write_brat",
            "All annotated layers come back equal; the date, title and sentences of a document have no place.",
        ),
        Format(
            "jsonl",
            "JSONL of spans: doccano, Prodigy, langextract",
            (".jsonl", ".json"),
            "span_jsonl",
            "read_jsonl",
            "write_jsonl",
            "The dialect doccano-relations holds all annotated layers, though doccano shows spans and relations alone; "
            "the others hold spans.",
            ("doccano-relations", "doccano-spans", "prodigy"),
        ),
        Format(
            "iob",
            "Token columns: IOB2, IOB1, CoNLL-2003",
            (".conll", ".iob", ".iob2", ".bio", ".tsv"),
            "iob",
            "read_iob",
            "write_iob",
            "It holds the type of the outermost mention at each token; the text, identities, levels, nested mentions "
            "and all other layers have no place.",
            ("iob2", "iob1", "conll2003"),
            needs_tokens=True,
            splits_files=True,
        ),
        Format(
            "conllu",
            "CoNLL-U with Entity: CorefUD, GUM",
            (".conllu",),
            "conllu",
            "read_conllu",
            "write_conllu",
            "It holds the text, its sentences, mentions and entities with all of their values; syntax is not read, and "
            "relations, attributions and stances have no place.",
            needs_tokens=True,
        ),
        Format(
            "docbin",
            "spaCy DocBin",
            (".spacy",),
            "docbin",
            "read_docbin",
            "write_docbin",
            "Entities hold the outermost mentions, the span group mentions all of them, widened to tokens; all else "
            "is in user_data, from which it comes back equal.",
        ),
        Format(
            "cas",
            "UIMA CAS, XMI and JSON: INCEpTION",
            (".xmi", ".json"),
            "cas",
            "read_cas",
            "write_cas",
            "All annotated layers and the places of sentences come back equal; the date of a document and the kinds of "
            "its sentences have no place, and tokens, lemmas and the like have none here.",
            ("xmi", "json"),
        ),
        Format(
            "docred",
            "DocRED records",
            (".json", ".jsonl"),
            "docred_records",
            "read_docred",
            "write_docred",
            "It holds entities, their mentions by token, and relations that count as facts, without modality; the "
            "text, levels, links, attributions and stances have no place.",
            takes_parts=True,
        ),
        Format(
            "dwie",
            "DWIE records",
            (".json", ".jsonl"),
            "dwie_records",
            "read_dwie",
            None,
            "It is read and not written; of the types of a concept the rarest is kept, relations are between nearest "
            "mentions, and frames and topics have no place.",
        ),
        Format(
            "votes",
            "Tables of votes on stances: GWSD, SemEval-2016 Task 6",
            (".tsv", ".csv", ".tab"),
            "vote_table",
            "read_votes",
            "write_votes",
            "It holds stances on targets by annotator; what is read is the writer's stance in a text of one paragraph. "
            "Distributions, evidence and all other layers have no place.",
            takes_parts=True,
            adds_labels=False,
        ),
        Format(
            "web-annotation",
            "W3C Web Annotation, JSON-LD",
            (".jsonld",),
            "web_annotation",
            None,
            "write_web_annotation",
            "All spans, relations and values are in it; it is not read back.",
        ),
        Format(
            "csv",
            "CSV of each layer",
            (".csv",),
            "layer_csv",
            None,
            "write_csv",
            "All columns are in it, lists as JSON; it is not read back.",
            takes_parts=True,
        ),
    )
}
READ = tuple(name for name, each in FORMATS.items() if each.reads)
WRITTEN = tuple(name for name, each in FORMATS.items() if each.writes)


def require_format(chosen: Format, given: Given) -> None:
    """Raise StanceBankError where the files are not of the format: told which they look like."""
    files = list(given.files(chosen.endings))
    for path in files:
        found = recognised(path)
        if found is not None and found != chosen.name:
            raise _wrong(chosen, path, found)
    if not files:
        others = sorted({each.suffix for path in given.paths for each in path.rglob("*") if each.is_file()})
        for path in given.paths:
            for each in sorted(path.rglob("*")):
                found = recognised(each) if each.is_file() else None
                if found is not None:
                    raise _wrong(chosen, each, found)
        what = f"there are no files {' or '.join(chosen.endings)}, only {printable(', '.join(others)) or 'none'}"
        raise StanceBankError(what, f"{chosen.title} has such files; name another --format")


def _wrong(chosen: Format, path: Path, found: str) -> StanceBankError:
    name = printable(str(path))
    if found == WEBANNO:
        what = f"{name} looks like WebAnno TSV, which is not read"
        return StanceBankError(what, USE_CAS)
    return StanceBankError(f"{name} looks like {found}, not like {chosen.name}", f"--format {found}")


def format_table(marker: str) -> str | None:
    """The table of all formats for the marker ``formats``; None for other markers."""
    if marker != "formats":
        return None
    ways = {(True, True): "in and out", (True, False): "in", (False, True): "out"}
    rows = [
        (
            each.name,
            each.title,
            ways[bool(each.reads), bool(each.writes)],
            ", ".join(each.dialects),
            each.loses,
        )
        for each in FORMATS.values()
    ]
    return table(("format", "what", "way", "dialects", "what it holds"), rows)
