"""SB2xx: texts, their digests, and the seeds they were made from.

This module has the rules on single texts; sb2_repeated_texts.py has those on texts that occur twice.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from stancebank.checks.registry import Checked, Hit, corpus_rule, part_rule
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.part import Part
from stancebank.corpus.seeds import RECIPE, RECIPES, is_day, read_seed, with_newlines
from stancebank.faults import Fault, StanceBankError, excerpt, printable
from stancebank.schema.paths import SEEDS, SEEDS_FILE, seed_file
from stancebank.storage.files import entries, sha256
from stancebank.storage.json_positions import json_path
from stancebank.storage.yaml_files import line_and_column
from stancebank.text.control_characters import FORBIDDEN, MISREAD, forbidden_character, misread_characters

_BEFORE = 20  # code points of a text that are shown before a difference
_BEGINNING = 100  # code points of a text that tell whether a header precedes it
# A text of other characters alone is in normalisation form C: Latin-1 and its like, and most punctuation and symbols.
_COMPOSABLE = "[^\\x00-\u02ff\u2002-\u20cf]"


@part_rule("SB201", "text-digest-mismatch")
def text_digest_mismatch(part: Part) -> Iterator[Hit]:
    """The text of a document does not match text_sha256.

    Why: every offset refers to this exact text; one edited character shifts all that follow.
    Example: corpus/2026-03/documents.jsonl:1:445 the text's SHA-256 is
    48700ca80bc9ef30f145afbdba0f003f3c53996194fef0a39ffc3b390cb5028f, text_sha256 is
    "762de1b822bdcad8b45b0488e8c4e12ed51916b498b6f7e3be912b33ecfde4a0"; so its 33 spans are not checked, nor are those
    of passes
    Fix: restore the text; if the edit is intended, write it to a file, then run stancebank update DOC --text FILE.
    """
    documents = part["documents"].select(pl.col("text").cast(pl.Binary), "text_sha256")
    for row, (text, said) in enumerate(documents.iter_rows()):
        digest = sha256(text)
        if digest != said:
            what = f"the text's SHA-256 is {digest}, text_sha256 is {excerpt(said, 64)}"
            fix = "restore the text, or write it to a file for stancebank update, which moves all spans"
            yield Hit("documents", row, ("text_sha256",), what, fix)


@part_rule("SB202", "text-control-character")
def text_control_character(part: Part) -> Iterator[Hit]:
    """A text contains a control character other than LF and TAB: U+0000 to U+001F, U+007F or U+0085.

    SB213 warns of U+0080 to U+009F.

    Why: tools drop or change such characters, and all offsets after them shift.
    Example: corpus/2026-03/documents.jsonl:1:81 the text holds U+000B at 279; only LF and TAB are allowed
    Fix: create the document again from a seed without it: stancebank add FILE.
    """
    for row in _with_control_character(part).arg_true():
        found = forbidden_character(part["documents"]["text"][row])
        if found:
            what = f"the text holds U+{ord(found[0]):04X} at {found.start()}; only LF and TAB are allowed"
            yield Hit("documents", row, ("text",), what, "create the document again from a seed without it")


@part_rule("SB203", "seed-missing")
def seed_missing(part: Part) -> Iterator[Hit]:
    """A document names a seed that is not in seeds/.

    Why: without the seed nobody can show where the text is from, or check that it is unchanged.
    Example: corpus/2026-03/documents.jsonl:1:519 seeds/river-tolls.txt: the file is missing
    Fix: restore the file under seeds/.
    """
    for row, (_, fault) in enumerate(part.seed_files):
        if fault:
            yield Hit("documents", row, ("seed",), f"{fault.file}: {fault.what}", "restore the file under seeds/")


@part_rule("SB204", "seed-digest-mismatch")
def seed_digest_mismatch(part: Part) -> Iterator[Hit]:
    """A seed does not match its digest.

    Why: seeds are never edited; a changed seed no longer proves what the text was made from.
    Example: corpus/2026-03/documents.jsonl:1:551 the seed's SHA-256 is
    632f39fcf9161808b061ccdeb4b3475e1519fea0b05e2ff9d94b01e685cb83fb, seed_sha256 is
    "762de1b822bdcad8b45b0488e8c4e12ed51916b498b6f7e3be912b33ecfde4a0"
    Fix: restore the seed's bytes (git may have changed line ends: see .gitattributes); if the edit is intended, run
    stancebank update DOC --text seeds/SEED, which moves all annotations to the new text.
    """
    documents = part["documents"].select("doc_id", "seed", "seed_sha256").iter_rows()
    for row, ((doc_id, seed, said), (data, _)) in enumerate(zip(documents, part.seed_files, strict=True)):
        digest = sha256(data) if data is not None else said
        if digest != said:
            what = f"the seed's SHA-256 is {digest}, seed_sha256 is {excerpt(said, 64)}"
            file = printable(seed_file(seed))
            fix = f"restore {file} as it was, or take it over: stancebank update {printable(doc_id)} --text {file}"
            yield Hit("documents", row, ("seed_sha256",), what, fix)


@part_rule("SB205", "seed-not-reproduced")
def seed_not_reproduced(part: Part) -> Iterator[Hit]:
    """The recipe does not make this document from its seed: header, text, line end or date differ.

    Why: the recipe is reversible: header, text and line end reproduce the seed's bytes. If a
    document differs, text was lost, added or changed.
    Example: corpus/2026-03/documents.jsonl:1:627 header is "date 2026-03-05", the recipe makes " date 2026-03-05 " from
    the seed
    Fix: set header, text, newline and date to what the recipe makes from the seed.
    """
    registered = _registered(part)["date"]
    for row, document in _documents(part, ~_reproduced(part)):
        data, _ = part.seed_files[row]
        if data is None or sha256(data) != document["seed_sha256"] or document["recipe"] not in RECIPES:
            continue
        try:
            seed = read_seed(data, seed_file(document["seed"]))
        except StanceBankError as error:
            if forbidden_character(document["text"]) is None:
                yield Hit("documents", row, ("seed",), f"the recipe refuses the seed: {error.what}", "use another seed")
            continue
        made = {"text": seed.text, "header": seed.header, "newline": seed.newline}
        if registered[row] == document["date"]:
            made["date"] = seed.date or document["date"]
        for key, expected in made.items():
            if document[key] != expected:
                what = f"{key} is {_quoted(document[key])}, the recipe makes {_quoted(expected)} from the seed"
                if key == "text":
                    at = _first_difference(document[key], expected)
                    here, there = (_quoted(text[max(at - _BEFORE, 0) :]) for text in (document[key], expected))
                    what = f"at {at} the text is {here}, the recipe makes {there} from the seed"
                yield Hit("documents", row, (key,), what, f"set {key} to what the recipe makes")
                break


@part_rule("SB206", "recipe-unknown")
def recipe_unknown(part: Part) -> Iterator[Hit]:
    """A document names a recipe that this version does not know.

    Why: the recipe defines how the text was made from the seed, and how to reverse it.
    Example: corpus/2026-03/documents.jsonl:1:671 the recipe is "plain-news/2", this version knows plain-news/1
    and tokens/1
    Fix: correct the name, or use the version of StanceBank that knows it.
    """
    for row, document in _documents(part, ~part["documents"]["recipe"].is_in(RECIPES)):
        what = f"the recipe is {excerpt(document['recipe'])}, this version knows {' and '.join(RECIPES)}"
        yield Hit("documents", row, ("recipe",), what, f"write {RECIPE} where it is the one that was used")


@part_rule("SB207", "seed-register-mismatch")
def seed_register_mismatch(part: Part) -> Iterator[Hit]:
    """A document and its seed's entry in seeds.yaml differ: date, language, rights or digest.

    Why: rights decide what may be redistributed; two answers are no answer.
    Example: corpus/2026-03/documents.jsonl:1:69 language is "en-GB", seeds/seeds.yaml has "en"
    Fix: make the two agree. Of rights, seeds.yaml is the place that counts: stancebank validate --fix copies them.
    """
    registered = _registered(part)
    unlike = [part["documents"][key].ne_missing(said) for key, said in registered.drop("known").to_dict().items()]
    chosen = registered["known"] & pl.select(pl.any_horizontal(unlike)).to_series()
    for row, document in _documents(part, chosen):
        for key, expected in registered.drop("known").row(row, named=True).items():
            impossible = key == "date" and document[key] is not None and not is_day(document[key])  # SB503 says so
            if document[key] != expected and not impossible:
                what = f"{key} is {_quoted(document[key])}, {SEEDS_FILE} has {_quoted(expected)}"
                fix = f"make the two agree: correct {key} here or in {SEEDS_FILE}"
                if key == "rights":
                    fix += ", from which stancebank validate --fix copies it"
                yield Hit("documents", row, (key,), what, fix)


@part_rule("SB208", "text-not-nfc", "warning")
def text_not_nfc(part: Part) -> Iterator[Hit]:
    """A text is not in Unicode's normalisation form C.

    Why: the same word in two forms does not match in search and training. The corpus
    keeps the code points of the seed, since normalisation cannot be reversed.
    Example: corpus/2026-03/documents.jsonl:1:81 the text is not in normalisation form C
    Fix: none is needed; normalise copies of the words when you compare them.
    """
    for row in part["documents"]["text"].str.contains(_COMPOSABLE).arg_true():
        if not unicodedata.is_normalized("NFC", part.document_texts[row]):
            what = "the text is not in normalisation form C"
            yield Hit("documents", row, ("text",), what, "normalise copies, not the text")


@part_rule("SB213", "text-misread", "warning")
def text_misread(part: Part) -> Iterator[Hit]:
    """A text contains a control character U+0080 to U+009F, mostly the sign of an encoding that was misread.

    U+0085 is an error (SB202). The warning says which character Windows-1252 has for the byte and,
    where the characters around it are bytes of UTF-8, what these read. Nothing is converted.

    Why: such a character is invisible, and splits or garbles the word that it is in.
    Example: corpus/2026-03/documents.jsonl:1:81 the text holds the control character U+0080 at 327; the byte 0x80 is
    "€" in Windows-1252
    Fix: convert the original with the right encoding and add it again, or except the document if the source has it so.
    """
    texts = part["documents"]["text"]
    for row in _with_control_character(part, MISREAD).arg_true():
        what = misread_characters(texts[row])
        if what:
            fix = "convert the original with the right encoding, and add it again"
            yield Hit("documents", row, ("text",), what, fix)


@corpus_rule("SB209", "seed-unregistered")
def seed_unregistered(corpus: Corpus, _: Checked) -> Iterator[Fault]:
    """A file in seeds/ has no entry in seeds.yaml.

    Why: it would be distributed with the corpus, and nobody has recorded whose it is.
    Example: seeds/river-tolls-2.txt seeds/seeds.yaml has no entry for this file
    Fix: add an entry with its origin and rights, or move it out of the corpus.
    """
    known = {*corpus.seeds.table["file"], Path(SEEDS_FILE).name}
    for name, _is_folder in entries(corpus.root / SEEDS):
        if name not in known:
            what = f"{SEEDS_FILE} has no entry for this file"
            yield Fault("corpus", seed_file(name), what, "add an entry, or move the file out of the corpus")


@corpus_rule("SB210", "seed-unused", "warning")
def seed_unused(corpus: Corpus, checked: Checked) -> Iterator[Fault]:
    """seeds.yaml has an entry without a document.

    Why: a text whose document was removed would still be distributed with the corpus.
    Example: seeds/seeds.yaml:12:11 no document is made from "river-tolls-2.txt"
    Fix: add its document with stancebank add, or remove the entry and the file.
    """
    if len(checked.documents) < len(corpus.part_names):
        return
    seeds = corpus.seeds.table.select("file").with_row_index()
    for index, file in seeds.join(checked.keys, left_on="file", right_on="seed", how="anti").sort("index").iter_rows():
        path = ("seeds", index, "file")
        line, column = line_and_column(corpus.root, SEEDS_FILE, path)
        what = f"no document is made from {excerpt(file)}"
        fix = "add its document, or remove the entry and the file"
        yield Fault("corpus", SEEDS_FILE, what, fix, line, column, json_path(path))


def _documents(part: Part, chosen: pl.Series) -> Iterator[tuple[int, dict[str, Any]]]:
    rows = part["documents"].with_row_index("row").filter(chosen)
    return zip(rows["row"], rows.drop("row").iter_rows(named=True), strict=True)


def _quoted(value: str | None) -> str:
    return "null" if value is None else excerpt(value, 64)


def _first_difference(text: str, other: str) -> int:
    """The first code point at which two texts differ."""
    pairs = enumerate(zip(text, other, strict=False))
    return next((at for at, (one, two) in pairs if one != two), min(len(text), len(other)))


def _with_control_character(part: Part, characters: str = FORBIDDEN) -> pl.Series:
    """Whether each text has one of these characters."""
    texts = part["documents"]["text"]
    if not part.code_points.have_control_characters:
        return pl.repeat(value=False, n=len(texts), eager=True)
    return texts.str.contains(f"[{characters}]")


def _registered(part: Part) -> pl.DataFrame:
    """What the register says of each document's seed; all null where it does not know the seed.

    Columns as in the documents: date, language, rights, seed_sha256; and known, whether it has an entry.
    """
    seeds = part.corpus.seeds.table.select("date", "language", "rights", seed="file", seed_sha256="sha256")
    seeds = seeds.with_columns(known=pl.lit(value=True))
    entries = part["documents"].select("seed").join(seeds, on="seed", how="left", maintain_order="left")
    return entries.drop("seed").with_columns(pl.col("known").fill_null(value=False))


def _reproduced(part: Part) -> pl.Series:
    """Whether each document is what the recipe makes of its seed, as far as comparing the seed's bytes tells."""
    beginning = pl.col("text").str.slice(0, _BEGINNING).alias("beginning")
    documents = part["documents"].select("header", pl.col("text").cast(pl.Binary), "newline", "date", beginning)
    plain = ~_with_control_character(part)
    rows = zip(plain, part.seed_files, documents.iter_rows(), strict=True)
    given = [each and data is not None and _gives(data, *row) for each, (data, _), row in rows]
    return pl.Series(given, dtype=pl.Boolean)


def _gives(data: bytes, header: str, text: bytes, newline: str, date: str | None, beginning: str) -> bool:
    """Whether a seed is header and text, which has no control character, and the recipe cuts it there."""
    if newline != ("crlf" if b"\r\n" in data else "lf") or with_newlines(header.encode() + text, newline) != data:
        return False
    try:
        seed = read_seed((header + beginning).encode(), "")
    except StanceBankError:
        return False
    return seed.header == header and seed.date in (None, date)
