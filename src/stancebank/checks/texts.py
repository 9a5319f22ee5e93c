"""SB2xx: texts, their digests, and the seeds they were made from."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from stancebank.checks.registry import Checked, Hit, corpus_rule, part_rule
from stancebank.corpus import Corpus, Part
from stancebank.faults import Fault, StanceBankError, excerpt
from stancebank.files import entries
from stancebank.json_places import json_path
from stancebank.seeds import (
    RECIPE,
    SEEDS_FILE,
    TEXT,
    Register,
    Seeds,
    control_character,
    is_day,
    read_seed,
    seed_bytes,
    sha256,
)
from stancebank.yaml_files import yaml_place

_BEGINNING = 100  # code points of a text that tell whether a header stands in front of it
# A text of other characters alone is in normalisation form C: Latin-1 and its like, and most punctuation and symbols.
_COMPOSABLE = "[^\\x00-\u02ff\u2002-\u20cf]"


@part_rule("SB201", "text-digest-mismatch")
def text_digest_mismatch(part: Part) -> Iterator[Hit]:
    """The text of a document is not the one that text_sha256 was made of.

    Why: every offset counts in this very text; one edited character shifts all that follow.
    Example: corpus/2026-03/documents.jsonl:1:445 the text's SHA-256 is
    48700ca80bc9ef30f145afbdba0f003f3c53996194fef0a39ffc3b390cb5028f, text_sha256 says
    "762de1b822bdcad8b45b0488e8c4e12ed51916b498b6f7e3be912b33ecfde4a0"
    Fix: restore the text; if the edit is meant, move all spans, then set text_sha256 anew.
    """
    for row, (text, said) in enumerate(part["documents"].select("text", "text_sha256").iter_rows()):
        digest = sha256(text.encode())
        if digest != said:
            what = f"the text's SHA-256 is {digest}, text_sha256 says {excerpt(said, 64)}"
            yield Hit(
                "documents", row, ("text_sha256",), what, "restore the text, or move all spans and set the digest"
            )


@part_rule("SB202", "text-control-character")
def text_control_character(part: Part) -> Iterator[Hit]:
    """A text holds a control character other than LF and TAB.

    Why: tools drop or change such characters, and all offsets behind them shift.
    Example: corpus/2026-03/documents.jsonl:1:81 the text holds U+000B at 279; only LF and TAB are allowed
    Fix: make the document anew from a seed without it: stancebank add FILE.
    """
    for row in _with_control_character(part).arg_true():
        found = control_character(part["documents"]["text"][row])
        if found:
            what = f"the text holds U+{ord(found[0]):04X} at {found.start()}; only LF and TAB are allowed"
            yield Hit("documents", row, ("text",), what, "make the document anew from a seed without it")


@part_rule("SB203", "seed-missing")
def seed_missing(part: Part) -> Iterator[Hit]:
    """A document names a seed that is not in seeds/.

    Why: without the seed nobody can show where the text is from, nor check that it is unchanged.
    Example: corpus/2026-03/documents.jsonl:1:519 seeds/river-tolls.txt: the file is missing
    Fix: restore the file under seeds/.
    """
    for row, (_, fault) in enumerate(part.seed_files):
        if fault:
            yield Hit("documents", row, ("seed",), f"{fault.file}: {fault.what}", "restore the file under seeds/")


@part_rule("SB204", "seed-digest-mismatch")
def seed_digest_mismatch(part: Part) -> Iterator[Hit]:
    """A seed is not the file that its digest was made of.

    Why: seeds are never edited; a changed one no longer shows what the text was made from.
    Example: corpus/2026-03/documents.jsonl:1:551 the seed's SHA-256 is
    632f39fcf9161808b061ccdeb4b3475e1519fea0b05e2ff9d94b01e685cb83fb, seed_sha256 says
    "762de1b822bdcad8b45b0488e8c4e12ed51916b498b6f7e3be912b33ecfde4a0"
    Fix: restore the seed's bytes (git may have changed line ends: see .gitattributes).
    """
    documents = part["documents"].select("seed", "seed_sha256").iter_rows()
    for row, ((seed, said), (data, _)) in enumerate(zip(documents, part.seed_files, strict=True)):
        digest = sha256(data) if data is not None else said
        if digest != said:
            what = f"the seed's SHA-256 is {digest}, seed_sha256 says {excerpt(said, 64)}"
            yield Hit("documents", row, ("seed_sha256",), what, f"restore seeds/{seed} as it was")


@part_rule("SB205", "seed-not-reproduced")
def seed_not_reproduced(part: Part) -> Iterator[Hit]:
    """The recipe does not make this document of its seed: other header, text, line end or date.

    Why: the recipe is reversible, and gives a seed's bytes back from header, text and
    line end; where a document differs, text was lost, added or changed.
    Example: corpus/2026-03/documents.jsonl:1:627 header is "date 2026-03-05", the recipe makes " date 2026-03-05 " of
    the seed
    Fix: set header, text, newline and date to what the recipe makes of the seed.
    """
    registered = _registered(part)["date"]
    for row, document in _documents(part, ~_reproduced(part)):
        data, _ = part.seed_files[row]
        if data is None or sha256(data) != document["seed_sha256"] or document["recipe"] != RECIPE:
            continue
        try:
            seed = read_seed(data, f"seeds/{document['seed']}")
        except StanceBankError as error:
            if control_character(document["text"]) is None:
                yield Hit("documents", row, ("seed",), f"the recipe refuses the seed: {error.what}", "use another seed")
            continue
        made = {"header": seed.header, "text": seed.text, "newline": seed.newline}
        if registered[row] == document["date"]:
            made["date"] = seed.date or document["date"]
        for key, expected in made.items():
            if document[key] != expected:
                what = f"{key} is {excerpt(document[key])}, the recipe makes {excerpt(expected)} of the seed"
                yield Hit("documents", row, (key,), what, f"set {key} to what the recipe makes")
                break


@part_rule("SB206", "recipe-unknown")
def recipe_unknown(part: Part) -> Iterator[Hit]:
    """A document names a recipe that this version does not know.

    Why: the recipe says how the text was made of the seed, and how to go back.
    Example: corpus/2026-03/documents.jsonl:1:671 the recipe is "plain-news/2", this version knows plain-news/1
    Fix: correct the name, or use the version of StanceBank that knows it.
    """
    for row, document in _documents(part, part["documents"]["recipe"] != RECIPE):
        what = f"the recipe is {excerpt(document['recipe'])}, this version knows {RECIPE}"
        yield Hit("documents", row, ("recipe",), what, f"write {RECIPE} where it is the one that was used")


@part_rule("SB207", "seed-register-mismatch")
def seed_register_mismatch(part: Part) -> Iterator[Hit]:
    """A document and its seed's entry in seeds.yaml say different things: date, language, rights or digest.

    Why: rights decide what may be passed on; two answers are none.
    Example: corpus/2026-03/documents.jsonl:1:69 language is "en-GB", seeds/seeds.yaml says "en"
    Fix: make the two agree.
    """
    registered = _registered(part)
    unlike = [part["documents"][key] != said for key, said in registered.to_dict().items()]
    for row, document in _documents(part, pl.select(pl.any_horizontal(unlike)).to_series()):
        for key, expected in registered.row(row, named=True).items():
            impossible = key == "date" and not is_day(document["date"])  # SB503 says so
            if document[key] != expected and not impossible:
                what = f"{key} is {excerpt(document[key], 64)}, {SEEDS_FILE} says {excerpt(expected, 64)}"
                fix = f"make the two agree: correct {key} here or in {SEEDS_FILE}"
                yield Hit("documents", row, (key,), what, fix)


@part_rule("SB208", "text-not-nfc", "warning")
def text_not_nfc(part: Part) -> Iterator[Hit]:
    """A text is not in Unicode's normalisation form C.

    Why: the same word in two forms does not match in search and training. The corpus
    keeps code points as the seed has them, since normalisation cannot be undone.
    Example: corpus/2026-03/documents.jsonl:1:81 the text is not in normalisation form C
    Fix: none is needed; whoever compares words should normalise copies of them.
    """
    text = pl.col("text")
    rows = part["documents"].with_row_index("row").filter(text.str.contains(_COMPOSABLE))
    for row, document in rows.select("row", text).iter_rows():
        if not unicodedata.is_normalized("NFC", document):
            what = "the text is not in normalisation form C"
            yield Hit("documents", row, ("text",), what, "normalise copies, not the text")


@corpus_rule("SB209", "seed-unregistered")
def seed_unregistered(corpus: Corpus, _: Checked) -> Iterator[Fault]:
    """A file stands in seeds/ that seeds.yaml does not know.

    Why: it would be passed on with the corpus, and nobody has said whose it is.
    Example: seeds/river-tolls-2.txt seeds/seeds.yaml has no entry for this file
    Fix: add an entry with its origin and rights, or move it out of the corpus.
    """
    assert corpus.seeds is not None
    known = {*corpus.seeds.table["file"], Path(SEEDS_FILE).name}
    for name, _is_folder in entries(corpus.root / "seeds"):
        if name not in known:
            what = f"{SEEDS_FILE} has no entry for this file"
            yield Fault("corpus", f"seeds/{name}", what, "add an entry, or move the file out of the corpus")


@corpus_rule("SB210", "seed-unused", "warning")
def seed_unused(corpus: Corpus, checked: Checked) -> Iterator[Fault]:
    """seeds.yaml has an entry that no document is made of.

    Why: a text whose document is gone would be passed on with the corpus all the same.
    Example: seeds/seeds.yaml:12:11 no document is made of "river-tolls-2.txt"
    Fix: add its document with stancebank add, or remove the entry and the file.
    """
    assert corpus.seeds is not None
    if len(checked.documents) < len(corpus.part_names):
        return
    seeds = corpus.seeds.table.select("file").with_row_index()
    for index, file in seeds.join(checked.keys, left_on="file", right_on="seed", how="anti").sort("index").iter_rows():
        path = ("seeds", index, "file")
        line, column = yaml_place(corpus.root, SEEDS_FILE, path)
        what = f"no document is made of {excerpt(file)}"
        fix = "add its document, or remove the entry and the file"
        yield Fault("corpus", SEEDS_FILE, what, fix, line, column, json_path(path))


@corpus_rule("SB211", "text-repeated", "warning")
def text_repeated(_: Corpus, checked: Checked) -> Iterator[Fault]:
    """Two documents have the same text.

    Why: it counts twice in every figure, and can stand in training and test data alike.
    Example: corpus/2026-04/documents.jsonl:1 the document "river-tolls" has the same text
    Fix: remove one of the two documents, with its seed.
    """
    keys = checked.keys.with_columns(first=pl.col("doc_id").first().over("text_sha256"))
    for row in keys.filter(pl.col("doc_id") != pl.col("first")).iter_rows(named=True):
        what = f"the document {excerpt(row['first'])} has the same text"
        fix = "remove one of the two documents, with its seed"
        file = f"corpus/{row['part']}/documents.jsonl"
        yield Fault("corpus", file, what, fix, row["line"], document=row["doc_id"], record=row["doc_id"])


def _documents(part: Part, chosen: pl.Series) -> Iterator[tuple[int, dict[str, Any]]]:
    rows = part["documents"].with_row_index("row").filter(chosen)
    return zip(rows["row"], rows.drop("row").iter_rows(named=True), strict=True)


def _with_control_character(part: Part) -> pl.Series:
    return ~part["documents"]["text"].str.contains(f"^{TEXT}$")


def _registered(part: Part) -> pl.DataFrame:
    """What the register says of each document's seed; all null where it does not know the seed.

    Columns as in the documents: date, language, rights, seed_sha256.
    """
    seeds = part.corpus.seeds.table if part.corpus.seeds else Seeds.of(Register(rights={}, seeds=())).table
    seeds = seeds.select("date", "language", "rights", seed="file", seed_sha256="sha256")
    return part["documents"].select("seed").join(seeds, on="seed", how="left", maintain_order="left").drop("seed")


def _reproduced(part: Part) -> pl.Series:
    """Whether each document is what the recipe makes of its seed, as far as comparing the seed's bytes tells."""
    documents = part["documents"].select("header", "text", "newline", "date").iter_rows()
    plain = ~_with_control_character(part)
    rows = zip(plain, part.seed_files, documents, strict=True)
    given = [each and data is not None and _gives(data, *row) for each, (data, _), row in rows]
    return pl.Series(given, dtype=pl.Boolean)


def _gives(data: bytes, header: str, text: str, newline: str, date: str) -> bool:
    """Whether a seed is header and text, which has no control character, and the recipe cuts it there."""
    if newline != ("crlf" if b"\r\n" in data else "lf") or seed_bytes(header, text, newline) != data:
        return False
    try:
        seed = read_seed((header + text[:_BEGINNING]).encode(), "")
    except StanceBankError:
        return False
    return seed.header == header and seed.date in (None, date)
