"""A new text as its document and sentences will be, with everything that keeps it out."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from stancebank.corpus import seeds
from stancebank.corpus.given_values import given_value
from stancebank.corpus.text_columns import USUAL_NAMES
from stancebank.corpus.text_sources import Candidate
from stancebank.corpus.text_tables import Flaw
from stancebank.faults import StanceBankError, did_you_mean, excerpt, one_of
from stancebank.schema.column import Column
from stancebank.schema.layers import DOCUMENTS, ID, LANGUAGE, NAME, PARAGRAPHS
from stancebank.schema.paths import RESERVED_FOLDERS, SEEDS_FILE
from stancebank.schema.scheme import Scheme
from stancebank.storage.files import sha256
from stancebank.text.control_characters import misread_characters
from stancebank.text.foreign_content import why_no_article, why_no_text, why_too_long
from stancebank.text.languages import detected_language, standard_tag
from stancebank.text.sentences import sentences

UNKNOWN_RIGHTS = "unknown"
UNKNOWN_ORIGIN = "not stated"
ASSUMED = "en"
"""The language of a text whose own cannot be told, where none is given."""

_LONGEST_TITLE = 300  # code points of a first line that may be a title


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for all texts that do not have their own: the options of stancebank add.

    title: first-line takes the first line as the title.
    """

    part: str | None = None
    date: str | None = None
    language: str | None = None
    rights: str | None = None
    origin: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A text that can be added.

    record: of the layer documents; own: the fields of it that the scheme declares. sentences: records
    of theirs. part: where it goes. origin: for the register. language_from: given, detected or assumed.
    notes: what people are told.
    """

    place: str
    data: bytes
    part: str
    origin: str
    record: dict[str, Any]
    own: tuple[str, ...]
    sentences: list[dict[str, Any]]
    language_from: str
    notes: tuple[str, ...]


def language_flaw(language: str) -> tuple[str, str] | None:
    """What is wrong with a language tag, and how to correct it."""
    if re.fullmatch(LANGUAGE, language):
        return None
    return f"{excerpt(language)} is not a language tag", "write a BCP 47 tag such as en or pt-BR"


def part_flaw(part: str) -> tuple[str, str] | None:
    """What is wrong with the name of a part, and how to correct it."""
    if part not in RESERVED_FOLDERS and re.fullmatch(ID, part):
        return None
    fix = f"use letters, digits, dot, dash, underscore; not {', '.join(RESERVED_FOLDERS)}"
    return f"{excerpt(part)} is not a valid name for a part", fix


def rights_flaw(rights: str, known: Collection[str]) -> tuple[str, str] | None:
    """What is wrong with a key of the rights table, and how to correct it."""
    if rights in known or rights == UNKNOWN_RIGHTS:
        return None
    what = f"the rights table has no key {excerpt(rights)}{did_you_mean(rights, tuple(known))}"
    return what, f"use one of {one_of(sorted(known))}, or describe it first under rights in {SEEDS_FILE}"


def origin_flaw(origin: str) -> tuple[str, str] | None:
    """What is wrong with an origin, and how to correct it."""
    if origin.strip() and re.fullmatch(PARAGRAPHS, origin):
        return None
    return f"the origin {excerpt(origin)} is empty or has a control character", "say in words where the text is from"


def new_document(
    candidate: Candidate, defaults: Defaults, rights: Collection[str], scheme: Scheme
) -> tuple[NewDocument | None, list[Flaw]]:
    """A text as it will be added, or None with everything that is wrong with it.

    defaults: sound ones. rights: the keys of the rights table. scheme: of the corpus.
    Raises StanceBankError where a library is missing.
    """
    flaws: list[Flaw] = []
    seed = _seed(candidate, flaws)
    values = _values(candidate, defaults, seed, rights, flaws)
    own = _own_values(candidate, scheme, flaws)
    if flaws or seed is None:
        return None, flaws
    notes = list(candidate.notes)
    if seed.date and defaults.date and seed.date != defaults.date:
        notes.append(f"its date is {seed.date}, of its header")
    if values["title"] is None and defaults.title:
        values["title"] = _first_line(seed.text)
        if values["title"] is None:
            notes.append("its first line is too long for a title; the title is undecided")
    odd = why_no_article(seed.text) if candidate.is_annotated else None
    notes += [f"it looks like no text to annotate: {odd}"] if odd else []
    language, language_from = _language(seed.text, values["language"], notes)
    misread = misread_characters(seed.text)
    notes += [misread] if misread else []
    record = {
        "doc_id": candidate.doc_id,
        "date": values["date"],
        "title": values["title"],
        "language": language,
        "text": seed.text,
        "text_sha256": sha256(seed.text.encode()),
        "seed": candidate.seed,
        "seed_sha256": sha256(candidate.data),
        "header": seed.header,
        "newline": seed.newline,
        "recipe": seeds.RECIPE,
        **{key: values[key] for key in ("rights", "url", "outlet", "authors")},
        **own,
    }
    part = values["part"] or values["date"][:7]
    rows = _sentences(candidate.doc_id, seed.text, language)
    place, origin = candidate.place, values["origin"]
    return NewDocument(place, candidate.data, part, origin, record, tuple(own), rows, language_from, tuple(notes)), []


def _seed(candidate: Candidate, flaws: list[Flaw]) -> seeds.SeedText | None:
    """The text in the bytes, unless they are plainly none."""
    place = candidate.place
    no_text = why_no_text(candidate.data)
    if no_text:
        flaws.append(Flaw(place, f"{place} is no text: {no_text}", "convert it to plain text in UTF-8"))
        return None
    try:
        seed = seeds.read_seed(candidate.data, place)
    except StanceBankError as error:
        flaws.append(Flaw(place, error.what, error.fix))
        return None
    no_article = why_too_long(seed.text) if candidate.is_annotated else why_no_article(seed.text, candidate.file)
    if no_article:
        what = f"{place} is no text to annotate: {no_article}"
        flaws.append(Flaw(place, what, "add the plain text of an article"))
    return seed


def _values(
    candidate: Candidate, defaults: Defaults, seed: seeds.SeedText | None, rights: Collection[str], flaws: list[Flaw]
) -> dict[str, Any]:
    """The fields of a text but the text itself: its own, else the defaults; None where there is neither."""
    own = {key: value.strip() for key, value in candidate.fields.items() if isinstance(value, str)}
    place = candidate.place
    date, wrong = _date(place, seed.date if seed else None, own.get("date"), defaults.date)
    values: dict[str, Any] = {"date": date} | _described(candidate, flaws)
    values["part"] = own.get("part", defaults.part)
    values["language"] = own.get("language", defaults.language)
    values["rights"] = own.get("rights", defaults.rights) or UNKNOWN_RIGHTS
    values["origin"] = own.get("origin", defaults.origin) or UNKNOWN_ORIGIN
    undated = (
        f"{place} has no date header, so that no part follows from its date",
        "give the date of publication, --date YYYY-MM-DD, or the part, --part PART",
    )
    checks = (
        wrong,
        part_flaw(values["part"]) if values["part"] is not None else None,
        undated if values["part"] is None and date is None and seed and not wrong else None,
        language_flaw(values["language"]) if values["language"] is not None else None,
        rights_flaw(values["rights"], rights),
        origin_flaw(values["origin"]),
    )
    flaws += [Flaw(place, *each) for each in checks if each]
    return values


def _date(
    name: str, header: str | None, given: str | None, default: str | None
) -> tuple[str | None, tuple[str, str] | None]:
    """The day of publication, or what is wrong with it."""
    given = given.strip().removesuffix(" 00:00:00").removesuffix("T00:00:00") if given else None
    if given is not None and not seeds.is_day(given):
        return None, (f"{name}: {excerpt(given)} is no day", "write the date as YYYY-MM-DD")
    if header is not None and given is not None and header != given:
        what = f"{name} has the date {header} in its header, and {given} in the table"
        return None, (what, "correct one of the two")
    return header or given or default, None


def _described(candidate: Candidate, flaws: list[Flaw]) -> dict[str, Any]:
    """Title, address, outlet and authors as the table has them."""
    found: dict[str, Any] = {"title": None, "url": None, "outlet": None}
    for key in found:
        value = candidate.fields.get(key)
        if isinstance(value, str):
            words = " ".join(value.split()) if key != "url" else value.strip()
            if DOCUMENTS[key].fits(words):
                found[key] = words
            else:
                expected = "an address: http:// or https://" if key == "url" else "one line"
                flaws.append(Flaw(candidate.place, f"{key} is {excerpt(words)}, expected {expected}", f"correct {key}"))
    authors = candidate.fields.get("authors", ())
    names = [" ".join(each.split()) for each in (authors.split(";") if isinstance(authors, str) else authors)]
    found["authors"] = [each for each in names if each]
    for each in found["authors"]:
        if not re.fullmatch(NAME, each):
            flaws.append(Flaw(candidate.place, f"the author {excerpt(each)} is no name", "separate names with ;"))
    return found


def own_columns(scheme: Scheme) -> tuple[Column, ...]:
    """The fields that a scheme declares for documents and a table may have; a name that add knows keeps its meaning."""
    known = {*DOCUMENTS.names, *USUAL_NAMES}
    return tuple(column for column in scheme.layers[DOCUMENTS.name].columns if column.name not in known)


def _own_values(candidate: Candidate, scheme: Scheme, flaws: list[Flaw]) -> dict[str, Any]:
    """The fields that the scheme declares as the table has them; null where it has none."""
    found: dict[str, Any] = {}
    for column in own_columns(scheme):
        words, wrong = candidate.fields.get(column.name), None
        found[column.name] = None
        if isinstance(words, str):
            found[column.name], wrong = given_value(column, words.strip(), scheme)
        flaws += [Flaw(candidate.place, *wrong)] if wrong else []
    return found


def _first_line(text: str) -> str | None:
    line = text.strip().split("\n", 1)[0].lstrip("# ")
    words = " ".join(line.split())
    return words if words and len(words) <= _LONGEST_TITLE and DOCUMENTS["title"].fits(words) else None


def _language(text: str, given: str | None, notes: list[str]) -> tuple[str, str]:
    """The language of a text, and whether it was given, detected or assumed; remarks on it are added to notes."""
    detected = detected_language(text)
    if given is None:
        if detected.likely:
            return detected.language, "detected"
        notes.append(f"its language cannot be told from so few words; {ASSUMED} is assumed: give --language TAG")
        return ASSUMED, "assumed"
    language = standard_tag(given.strip())
    if language != given.strip():
        notes.append(f"its language {given.strip()} is written as {language}")
    if detected.contradicts(language):
        notes.append(f"its language is given as {language}, and the text looks like {detected.language}")
    return language, "given"


def _sentences(doc_id: str, text: str, language: str) -> list[dict[str, Any]]:
    return [
        {
            **{"doc_id": doc_id, "sentence_id": f"n{number}", "start": each.start, "end": each.end},
            **{"paragraph": each.paragraph, "kind": each.kind},
        }
        for number, each in enumerate(sentences(text, language), 1)
    ]


def as_given(defaults: Defaults, rights: Collection[str]) -> None:
    """Raise StanceBankError for the first of the defaults that is not valid."""
    wrong = [
        defaults.language is not None and language_flaw(defaults.language),
        defaults.part is not None and part_flaw(defaults.part),
        defaults.date is not None
        and not seeds.is_day(defaults.date)
        and (f"{excerpt(defaults.date)} is no day", "write the date as YYYY-MM-DD"),
        defaults.rights is not None and rights_flaw(defaults.rights, rights),
        defaults.origin is not None and origin_flaw(defaults.origin),
        defaults.title not in (None, "first-line")
        and (f"{excerpt(str(defaults.title))} is no way to a title", "write --title first-line"),
    ]
    for each in wrong:
        if each:
            raise StanceBankError(*each)


def described(document: NewDocument) -> Mapping[str, str]:
    """A new document as people read it: its fields that are decided, by name."""
    record = document.record
    shown = {key: record[key] for key in ("date", "title", "url", "outlet") if record[key] is not None}
    shown |= {"authors": "; ".join(record["authors"])} if record["authors"] else {}
    shown |= {key: _shown(record[key]) for key in document.own if record[key] is not None}
    shown |= {"part": document.part, "language": f"{record['language']} ({document.language_from})"}
    shown |= {"rights": record["rights"], "origin": document.origin, "text": " ".join(record["text"][:200].split())}
    return shown


def _shown(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else " ".join(str(value).split())
