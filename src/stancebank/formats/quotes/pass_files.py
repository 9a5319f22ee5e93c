"""The files of a language model's pass: its layers, its entry in the register, and what has no place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import orjson
import polars as pl

from stancebank.corpus.annotators import register_entry, with_annotator
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.jsonl import with_rows
from stancebank.faults import StanceBankError, excerpt
from stancebank.formats.quotes.answer_import import PartAnswers
from stancebank.schema.frames import polars_schema
from stancebank.schema.paths import ANNOTATORS_FILE, UNPLACED_FILE, layer_file
from stancebank.storage.files import read_inside

_KIND = "language model"


@dataclass(frozen=True, slots=True)
class ModelRun:
    """Which model gave the answers, and how.

    settings: such as the temperature, in free words. prompt: SHA-256 of the instructions.
    """

    name: str
    version: str | None = None
    settings: str | None = None
    prompt: str | None = None


def pass_files(
    corpus: Corpus, annotator: str, date: str, run: ModelRun | None, parts: Iterable[PartAnswers]
) -> dict[str, bytes]:
    """The files that change, by path from the root.

    Documents of the pass that no answer annotates keep their lines. run: None where the annotator is
    registered already. Raises StanceBankError where the pass is somebody else's.
    """
    answers = list(parts)
    files: dict[str, bytes] = {}
    for each in answers:
        files |= _layer_files(corpus, annotator, each)
    register = _register(corpus, annotator, date, run)
    if answers and register is not None:
        files[ANNOTATORS_FILE] = register
    unplaced = _unplaced(corpus, annotator, answers)
    if unplaced is not None:
        files[UNPLACED_FILE] = unplaced
    return files


def _layer_files(corpus: Corpus, annotator: str, answers: PartAnswers) -> dict[str, bytes]:
    files = {}
    there = corpus.sound_part(answers.part, annotator) if answers.part in corpus.pass_parts(annotator) else None
    for name, records in answers.records.items():
        layer = corpus.layers[name]
        file = layer_file(answers.part, name, annotator)
        rows, data = polars_schema(layer.columns).to_frame(), b""
        if there is not None:
            kept = ~pl.col("doc_id").is_in(list(answers.documents))
            lines = (read_inside(corpus.root, file)[0] or b"").split(b"\n")
            numbered = there.frames[name].with_row_index("_row").filter(kept)
            data = b"".join(lines[row] + b"\n" for row in numbered["_row"])
            rows = numbered.drop("_row")
        new = pl.DataFrame(records, schema=polars_schema(layer.columns), orient="row")
        files[file] = with_rows(data, rows, new, layer)
    return files


def _register(corpus: Corpus, annotator: str, date: str, run: ModelRun | None) -> bytes | None:
    """The register with the model's entry; None where it has it already."""
    known = corpus.register.by_id.get(annotator)
    if known is not None:
        if known.kind != _KIND:
            what = f"the annotator {excerpt(annotator)} is a {known.kind}, not a {_KIND}"
            raise StanceBankError(what, "give the pass another id with --as")
        if run is not None and (run.name, run.version or known.version) != (known.name, known.version):
            version = f" {known.version}" if known.version else ""
            what = f"{excerpt(annotator)} is registered as {excerpt(known.name + version)}"
            raise StanceBankError(what, f"give the pass another id with --as, or correct {ANNOTATORS_FILE}")
        return None
    if run is None:
        what = f"the annotator {excerpt(annotator)} is not registered"
        raise StanceBankError(what, "name the model with --model NAME, and --model-version VERSION")
    entry = register_entry(
        {
            **{"id": annotator, "kind": _KIND, "name": run.name, "version": run.version, "settings": run.settings},
            **{"prompt": run.prompt, "date": date, "instructions": "the prompt of stancebank prompt, and the text"},
            "note": "Answers in quotations, placed in the text by stancebank import; nobody has reviewed them.",
        }
    )
    return with_annotator(read_inside(corpus.root, ANNOTATORS_FILE)[0], entry)


def _unplaced(corpus: Corpus, annotator: str, answers: Iterable[PartAnswers]) -> bytes | None:
    """The file of what has no place, with new lines of the pass for the documents; None where nothing changes."""
    data = read_inside(corpus.root, UNPLACED_FILE)[0] or b""
    documents = {doc_id for each in answers for doc_id in each.documents}
    kept = [line for line in data.splitlines(keepends=True) if not _is_of(line, annotator, documents)]
    if kept and not kept[-1].endswith(b"\n"):
        kept[-1] += b"\n"
    new = [each.line() for part in answers for each in part.unplaced]
    lines = b"".join((*kept, *new))
    return None if lines == data else lines


def _is_of(line: bytes, annotator: str, documents: set[str]) -> bool:
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return isinstance(record, dict) and record.get("annotator") == annotator and record.get("doc_id") in documents
