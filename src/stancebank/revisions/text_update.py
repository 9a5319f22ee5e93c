"""A document's text replaced by a corrected one, and all of its annotations taken along."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from stancebank.agreement.gold_writing import layer_digest
from stancebank.checks.selection import ERRORS_ALONE
from stancebank.checks.validation import part_hits
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.jsonl import write_records
from stancebank.corpus.part import Part
from stancebank.corpus.seeds import RECIPE, SeedText, read_seed
from stancebank.corpus.unplaced import Unplaced
from stancebank.faults import StanceBankError, excerpt, printable
from stancebank.revisions.draft import Draft, Folder, document_rows, folders, homes
from stancebank.revisions.references import edit_lists, register_text, with_text
from stancebank.revisions.reworded_records import Reworded, RewordedRecords
from stancebank.revisions.reworded_sentences import reworded_sentences
from stancebank.schema.frames import polars_schema, row_order
from stancebank.schema.layers import DOCUMENTS, DONE, KNOWN_LAYERS, OPEN, PROGRESS, SENTENCES, SKIPPED, Layer
from stancebank.schema.paths import UNPLACED_FILE, seed_file
from stancebank.storage.files import sha256
from stancebank.text.rewording import Rewording

ANOTHER_TEXT = 0.2
"""Share of words kept, from 0 to 1, below which a text is another one, and no correction."""

_OF_THE_SEED = ("SB202", "SB203", "SB204", "SB205", "SB206")
"""Rules that an update may find broken: it replaces the seed, and the text by what the seed gives."""

_NEW_WORDS = "the text has new words that nobody has annotated"

Record = dict[str, Any]


@dataclass(frozen=True)
class TextUpdate:
    """What an update of a text does.

    same: nothing changes. placed: how many spans have a place in the new text. reworded: those
    of them that cover other words. unplaced: the records that have none. sentences: how many
    are kept, new and gone. reopened: the layers that are not done any more, by annotator,
    None for the gold. date: of the document, before and after.
    """

    doc_id: str
    part: str
    same: bool = False
    placed: int = 0
    reworded: tuple[Reworded, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()
    sentences: tuple[int, int, int] = (0, 0, 0)
    reopened: tuple[tuple[str | None, str], ...] = ()
    date: tuple[str | None, str | None] = (None, None)


def plan_update(draft: Draft, doc_id: str, data: bytes, name: str, today: str) -> TextUpdate:
    """Put a corrected text in the place of a document's, with all that follows from it.

    Its seed, record, sentences and annotations in the gold and all passes change; what has no
    place in the new text goes to annotation/unplaced.jsonl, and its layer is open again.
    data: the bytes of the new text; name: how errors call it. today: the day of the update, ISO 8601.
    Raises StanceBankError for an unknown document, a text that the recipe refuses, another
    text altogether, a document with errors, and where a file cannot be read.
    """
    (home,) = homes(draft.corpus, [doc_id]).values()
    found = folders(draft, home)
    seed = read_seed(data, name)
    gold, *passes = (_alone(folder.part, doc_id) for folder in found)
    document, on_disk = gold[DOCUMENTS.name].row(0, named=True), gold.seed_files[0][0]
    old = _annotated_text(document, on_disk)
    if data == on_disk and old == document["text"] == seed.text and sha256(data) == document["seed_sha256"]:
        return TextUpdate(doc_id, home, same=True)
    _require_sound([_with_text(gold, old), *(_with_text(each, old) for each in passes)])
    _require_own(draft.corpus, document, sha256(data))
    rewording = Rewording(old, seed.text)
    if rewording.share_kept < ANOTHER_TEXT and any(gold[name].height for name in gold.layers.annotated):
        what = f"{name} is another text: it has hardly a word of {excerpt(doc_id)}"
        fix = "add it as a document of its own with stancebank add, and remove the other with stancebank remove"
        raise StanceBankError(what, f"{fix}; nothing was changed")
    new = _new_document(document, seed, data)
    sentences = gold[SENTENCES.name].to_dicts()
    new_sentences = reworded_sentences(sentences, rewording, doc_id, document["language"])
    corpus = _registered(draft.corpus, new)
    annotations = [
        _settled(replace(part, corpus=corpus), rewording, new, new_sentences, data, today) for part in (gold, *passes)
    ]
    reopened: list[tuple[str | None, str]] = []
    _write_document(draft, found[0], document, new, data, today)
    _put(found[0], SENTENCES.name, sentences, new_sentences)
    for folder, part, annotation in zip(found, (gold, *passes), annotations, strict=True):
        for layer in part.layers.annotated:
            _put(folder, layer, part.frames[layer].to_dicts(), annotation.records[layer])
        before = part[PROGRESS.name].to_dicts()
        after = _progress(before, annotation, part, new_words=rewording.has_new_words)
        done = {each["layer"] for each in before if each["state"] == DONE}
        reopened += [
            (part.annotator, each["layer"]) for each in after if each["layer"] in done and each["state"] != DONE
        ]
        _put(folder, PROGRESS.name, before, after)
    unplaced = tuple(each for annotation in annotations for each in annotation.unplaced)
    if unplaced:
        draft.put(UNPLACED_FILE, draft.read(UNPLACED_FILE) + b"".join(each.line() for each in unplaced))
    _write_digests(draft, gold, annotations[0].records)
    kept = len({each["sentence_id"] for each in sentences} & {each["sentence_id"] for each in new_sentences})
    return TextUpdate(
        doc_id,
        home,
        placed=sum(each.placed for each in annotations),
        reworded=tuple(each for annotation in annotations for each in annotation.reworded),
        unplaced=unplaced,
        sentences=(kept, len(new_sentences) - kept, len(sentences) - kept),
        reopened=tuple(reopened),
        date=(document["date"], new["date"]),
    )


def read_text(file: Path) -> bytes:
    """The bytes of a text file. Raises StanceBankError where it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        what = f"{printable(str(file))} cannot be read: {error.strerror}"
        raise StanceBankError(what, "name a text file") from None


def _alone(part: Part, doc_id: str) -> Part:
    """A part, or a pass over one, with a single document."""
    kept = pl.col("doc_id") == doc_id
    return replace(part, frames={name: rows.filter(kept) for name, rows in part.frames.items()}, texts=None)


def _annotated_text(document: Record, seed: bytes | None) -> str:
    """The text that a document's offsets refer to: its own, or the seed's where its own was edited.

    Raises StanceBankError where neither has the digest that is recorded.
    """
    texts: list[str] = [document["text"]]
    if seed is not None:
        with contextlib.suppress(StanceBankError):
            texts.append(read_seed(seed, seed_file(document["seed"])).text)
    for text in texts:
        if sha256(text.encode()) == document["text_sha256"]:
            return text
    what = f"the text of {excerpt(document['doc_id'])} is not the one that was annotated (SB201), nor is its seed's"
    raise StanceBankError(what, "restore the text or the seed first, as from git; nothing was changed")


def _with_text(part: Part, text: str) -> Part:
    documents = part[DOCUMENTS.name].with_columns(text=pl.lit(text))
    return replace(part, frames={**part.frames, DOCUMENTS.name: documents})


def _require_sound(parts: Sequence[Part]) -> None:
    """Nothing where the document has no error that an update could spread; else StanceBankError."""
    for part in parts:
        for rule, hit in part_hits(part, replace(ERRORS_ALONE, of_pass=part.annotator is not None)):
            if rule.id in _OF_THE_SEED or (hit.layer == DOCUMENTS.name and hit.path == ("seed_sha256",)):
                continue
            record = part[hit.layer].row(hit.row, named=True)[KNOWN_LAYERS[hit.layer].id_column]
            what = f"{part.file(hit.layer)}: {printable(record)} breaks {rule.id}: {hit.what}"
            raise StanceBankError(what, "correct what stancebank validate reports first; nothing was changed")


def _require_own(corpus: Corpus, document: Record, digest: str) -> None:
    """Nothing where no other document has the seed or the new text; else StanceBankError."""
    seed = document["seed"]
    for part in corpus.part_names:
        rows = document_rows(corpus, part).filter(pl.col("seed") == seed, pl.col("doc_id") != document["doc_id"])
        if rows.height:
            what = f"{printable(seed_file(seed))} is also the seed of {excerpt(rows['doc_id'][0])}"
            raise StanceBankError(what, "give each of the two a seed of its own; nothing was changed")
    others = corpus.seeds.table.filter(pl.col("sha256") == digest, pl.col("file") != seed)["file"]
    if len(others):
        what = f"the new text is there already, as {seed_file(others[0])}"
        raise StanceBankError(what, "remove one of the two documents; nothing was changed")


def _new_document(document: Record, seed: SeedText, data: bytes) -> Record:
    """The record of a document with another text; what else is known of it stays."""
    return document | {
        "date": seed.date or document["date"],
        "text": seed.text,
        "text_sha256": sha256(seed.text.encode()),
        "seed_sha256": sha256(data),
        "header": seed.header,
        "newline": seed.newline,
        "recipe": RECIPE,
    }


def _registered(corpus: Corpus, document: Record) -> Corpus:
    """The corpus with the register as it will be."""
    of_it = pl.col("file") == document["seed"]
    values = {"sha256": document["seed_sha256"], "date": document["date"]}
    columns = (
        pl.when(of_it).then(pl.lit(value, pl.String)).otherwise(name).alias(name) for name, value in values.items()
    )
    return replace(corpus, seeds=replace(corpus.seeds, table=corpus.seeds.table.with_columns(columns)))


def _settled(
    part: Part, rewording: Rewording, document: Record, sentences: Sequence[Record], data: bytes, today: str
) -> RewordedRecords:
    """The annotations taken along, without those that would break a rule in their new place."""
    layers = part.layers
    before = {name: part.frames[name].to_dicts() for name in layers.annotated}
    moved = RewordedRecords.of(rewording, layers, document["doc_id"], part.annotator, today, before)
    frames = dict(part.frames)
    frames[DOCUMENTS.name] = _frame(layers[DOCUMENTS.name], [document])
    frames[SENTENCES.name] = _frame(layers[SENTENCES.name], sentences)
    while True:
        frames |= {name: _frame(layers[name], moved.records[name]) for name in layers.annotated}
        new = replace(part, frames=frames)
        new.__dict__["seed_files"] = ((data, None),)  # as it will be
        hits = list(part_hits(new, replace(ERRORS_ALONE, of_pass=part.annotator is not None)))
        reasons: dict[tuple[str, str], str] = {}
        for rule, hit in hits:
            record = new[hit.layer].row(hit.row, named=True)[KNOWN_LAYERS[hit.layer].id_column]
            if hit.layer not in layers.annotated:
                what = f"the new text breaks {rule.id} at {printable(record)} in {hit.layer}: {hit.what}"
                raise StanceBankError(what, "correct the text; nothing was changed")
            reasons.setdefault((hit.layer, record), f"in the new text it breaks {rule.id}: {hit.what}")
        if not reasons:
            return moved
        moved.lose(reasons)


def _frame(layer: Layer, records: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    frame = pl.DataFrame(list(records), schema=polars_schema(layer.columns))
    return frame.sort(row_order(layer), maintain_order=True)


def _put(folder: Folder, layer: str, before: Sequence[Record], after: Sequence[Record]) -> None:
    """Give a document other records in a layer; a record that is as it was keeps its line."""
    if list(before) == list(after):
        return
    doc_id = (*before, *after)[0]["doc_id"]
    lines = dict(zip(map(_key, before), folder.lines(layer, doc_id).splitlines(keepends=True), strict=True))
    own = folder.part.layers[layer]
    rows = _frame(own, after)
    new = zip(rows.iter_rows(named=True), write_records(rows, own).splitlines(keepends=True), strict=True)
    folder.put(layer, {doc_id: b"".join(lines.get(_key(record), line) for record, line in new)})


def _key(record: Mapping[str, Any]) -> bytes:
    return orjson.dumps(record, option=orjson.OPT_SORT_KEYS)


def _progress(before: Sequence[Record], annotation: RewordedRecords, part: Part, *, new_words: bool) -> list[Record]:
    """The progress of a document: open where records lost their place, or new words are not annotated."""
    rows = {each["layer"]: each for each in before}
    for layer in part.layers.annotated:
        count = sum(each.layer == layer for each in annotation.unplaced)
        state = rows.get(layer)
        reasons = [f"{count} of its records lost their place in an update: {UNPLACED_FILE}"] if count else []
        reasons += [_NEW_WORDS] if new_words and state is not None and state["state"] == DONE else []
        if not reasons:
            continue
        blank = dict.fromkeys(part.layers[PROGRESS.name].names) | {"doc_id": annotation.doc_id, "layer": layer}
        state = state or blank | {"annotator": part.annotator}
        remark = "; ".join([*([state["remark"]] if state["remark"] else []), *reasons])
        rows[layer] = state | {"remark": remark}
        if state["state"] != SKIPPED:
            rows[layer] |= {"state": OPEN, "date": annotation.date}
    return [rows[layer] for layer in sorted(rows)]


def _write_document(draft: Draft, folder: Folder, document: Record, new: Record, data: bytes, today: str) -> None:
    """The document's line, its seed and the register."""
    _put(folder, DOCUMENTS.name, [document], [new])
    draft.put(seed_file(new["seed"]), data)
    values = {"sha256": new["seed_sha256"]}
    values |= {"date": new["date"]} if new["date"] != document["date"] else {}
    changed = document["seed_sha256"] != new["seed_sha256"]
    earlier = {"sha256": document["seed_sha256"], "until": today} if changed else None
    register_text(draft, new["seed"], values, earlier)


def _write_digests(draft: Draft, gold: Part, records: Mapping[str, Sequence[Record]]) -> None:
    """Gold that was as it was last adjudicated stays so."""
    (doc_id,) = gold[DOCUMENTS.name]["doc_id"]
    digests = {
        (layer, layer_digest(gold[layer], layer)): layer_digest(_frame(gold.layers[layer], records[layer]), layer)
        for layer in gold.layers.annotated
    }

    def followed(record: Record, line: bytes) -> bytes:
        key = (record.get("layer"), record.get("sha256"))
        return with_text(line, ("sha256",), digests[key]) if record.get("doc_id") == doc_id and key in digests else line

    edit_lists(draft, followed)
