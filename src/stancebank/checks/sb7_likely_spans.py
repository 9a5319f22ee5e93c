"""SB7xx: likely mistakes.

This module has those in a span and its values; sb7_likely_links.py has those between records.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from stancebank.checks.registry import Hit, part_rule
from stancebank.corpus.part import Part
from stancebank.corpus.seeds import is_day
from stancebank.faults import excerpt
from stancebank.schema.labels import Quoted
from stancebank.text.code_points import CodePoints, Positions
from stancebank.text.quotations import CERTAIN_MARKS, MARKS, SEVERAL_WORDS, quoted_share
from stancebank.text.timex import WEEKDAYS, expected_values, is_timex3

# Letters, their marks and digits, without the scripts that put no blanks between words.
_WORD = r"[\p{L}\p{M}\p{N}--[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}\u{30FC}]]"
_OF_NO_WORD = np.array([byte < 0x80 and not chr(byte).isalnum() for byte in range(256)])
_DETERMINER = r"^(?:the|an?|my|your|his|her|its|our|their)\s"
_DEMONSTRATIVE = r"^(?:this|that|these|those)\s"
_ENGLISH = pl.col("language").str.to_lowercase().str.contains("^en(?:-|$)")
_POSSESSIVE = "['\u2019]s$"
# What is before a weekday that has passed, and before one that is to come.
_PASSED = (
    r"\b(?:said|told [\w.\u2019'-]+|announced|wrote|warned|voted|ruled|refused|resigned|died|arrived|signed|accused"
    r"|rejected|attacked|launched)(?: on)? $"
)
_NOT_PASSED = r"\b(?:be|will|would|have|has|had) \w+(?: on)? $"
_TO_COME = r"\bwill [a-z]+(?: (?:[A-Z][\w.-]+|the \w+))?(?: on)? $"
_SHARES: Mapping[Quoted, str] = {
    "all": "all of the content is quoted",
    "some": "a part of the content is quoted",
    "none": "the content has no quotation marks",
}
_LOOSE_FIRST, _LOOSE_LAST = f"^[,;:.!?{CERTAIN_MARKS}]", f"[,;:!?{CERTAIN_MARKS}]$"


@part_rule("SB701", "span-with-blanks", "warning")
def span_with_blanks(part: Part) -> Iterator[Hit]:
    """A mention, cue, content or evidence starts or ends with a blank.

    Why: the same words with and without a blank count as two different spans in agreement and in training.
    Example: corpus/2026-03/mentions.jsonl:18:79 the span ends with a blank
    Fix: move the ends of the span to its words (stancebank validate --fix does it).
    """
    text = pl.col("text")
    blank = (text.str.strip_chars() != text) & (text.str.strip_chars() != "")
    for row in part.placed_spans.filter(blank).iter_rows(named=True):
        leading = row["text"].lstrip() != row["text"]
        what = f"the span {'starts' if leading else 'ends'} with a blank"
        yield Hit.in_span(row, "start" if leading else "end", what, "move the ends of the span to its words")


@part_rule("SB702", "span-cuts-word", "warning")
def span_cuts_word(part: Part) -> Iterator[Hit]:
    """A span starts or ends inside a word.

    Why: token views extend such a span to whole tokens, and models learn a span that was not annotated.
    Example: corpus/2026-03/mentions.jsonl:1:76 "Ruritania" ends inside a word
    Fix: move the ends of the span to the ends of the word.
    """
    spans = part.readable_spans.filter(pl.col("layer") != "sentences")
    text, *ends = (spans[name].cast(pl.Int64).to_numpy() for name in ("document", "start", "end"))
    at_start, at_end = (_in_words(part.code_points, text, place) for place in ends)
    cut = spans.with_columns(at_start=at_start).filter(at_start | at_end)
    for row in cut.iter_rows(named=True):
        key = "start" if row["at_start"] else "end"
        what = f"{excerpt(row['text'])} {key}s inside a word"
        yield Hit.in_span(row, key, what, "move the ends of the span to the ends of the word")


@part_rule("SB703", "mention-with-determiner", "warning")
def mention_with_determiner(part: Part) -> Iterator[Hit]:
    """A mention in an English text starts with a determiner or ends with a possessive 's.

    Why: the guidelines exclude both, so that two annotators mark the same span.
    Example: corpus/2026-03/mentions.jsonl:6:68 "a summit" starts with a determiner
    Fix: remove the determiner or the 's from the span.
    """
    english = part["documents"].filter(_ENGLISH)
    likely = (f"(?i){_DETERMINER}|{_DEMONSTRATIVE}", f"(?i){_POSSESSIVE}")
    mentions = part.entity_mentions.filter(pl.any_horizontal(pl.col("text").str.contains(each) for each in likely))
    mentions = mentions.join(english, on="doc_id", how="semi", maintain_order="left")
    named, timed = part.scheme.name_levels, part.scheme.timed_types
    text = pl.when(pl.col("level").is_in(named)).then("text").otherwise(pl.col("text").str.to_lowercase())
    # A demonstrative is what tells "this week" from "next week".
    demonstrative = text.str.contains(_DEMONSTRATIVE) & ~pl.col("entity_type").is_in(timed)
    determiner = text.str.contains(_DETERMINER) | demonstrative
    named_so = pl.col("level").is_in(named) & pl.col("entity_name").str.ends_with(pl.col("text"))
    possessive = text.str.contains(_POSSESSIVE) & ~named_so
    for row in mentions.filter(determiner | possessive).with_columns(determiner=determiner).iter_rows(named=True):
        what = f"{excerpt(row['text'])} {'starts with a determiner' if row['determiner'] else 'ends with a possessive'}"
        yield _mention(row, "start" if row["determiner"] else "end", what, "leave it out of the span")


@part_rule("SB704", "mention-with-punctuation", "warning")
def mention_with_punctuation(part: Part) -> Iterator[Hit]:
    """A mention starts or ends with a comma, a quotation mark or other punctuation that is not part of a name.

    Why: such a mark was included by accident, and makes the span differ from the same name elsewhere.
    Example: corpus/2026-03/mentions.jsonl:13:79 "Graustark," ends with punctuation
    Fix: remove the mark from the span. The full stop of an abbreviation stays.
    """
    text = pl.col("stripped")
    first, last = text.str.contains(_LOOSE_FIRST), text.str.contains(_LOOSE_LAST)
    for opening, closing in ("()", "[]"):
        opened, closed = text.str.contains(opening, literal=True), text.str.contains(closing, literal=True)
        first |= text.str.starts_with(opening) & ~closed
        last |= text.str.ends_with(closing) & ~opened
    mentions = part["mentions"].with_row_index("row").with_columns(stripped=pl.col("text").str.strip_chars())
    mentions = mentions.filter(text.str.contains(rf"^[,;:.!?(\[{CERTAIN_MARKS}]|[,;:!?)\]{CERTAIN_MARKS}]$"))
    for row in mentions.with_columns(first=first).filter(first | last).iter_rows(named=True):
        key = "start" if row["first"] else "end"
        yield _mention(row, key, f"{excerpt(row['text'])} {key}s with punctuation", "leave the mark out of the span")


@part_rule("SB705", "attribution-kind-and-quotes", "warning")
def attribution_kind_and_quotes(part: Part) -> Iterator[Hit]:
    """The kind of an attribution does not match the quotation marks in its content.

    The scheme defines for a kind whether all, some but not all, or none of the content is in quotation marks.

    Why: kind and quotation marks both indicate whose words these are, and must agree.
    Example: corpus/2026-03/attributions.jsonl:3:185 kind is indirect, but all of the content is quoted
    Fix: correct the kind, or the ends of the content (quotation marks belong to it).
    """
    words = pl.col("content").list.eval(pl.element().struct.field("text")).list.join("\n")
    content = part["attributions"].select(words).to_series()
    marked = content.str.contains(f"[{MARKS}]")
    shares = [quoted_share(text) if has_mark else "none" for text, has_mark in zip(content, marked, strict=True)]
    rows = part["attributions"].with_row_index("row").with_columns(share=pl.Series(shares, dtype=pl.String))
    # Where no kind fits, the annotators had none to choose.
    kinds = {share: of for share in _SHARES if (of := part.scheme.kinds_quoted(share))}
    known = [kind for of in kinds.values() for kind in of]
    fits = pl.any_horizontal(
        pl.lit(value=False), *((pl.col("share") == share) & pl.col("kind").is_in(of) for share, of in kinds.items())
    )
    wrong = rows.filter(pl.col("kind").is_in(known), pl.col("share").is_in(list(kinds)), ~fits)
    for row in wrong.iter_rows(named=True):
        what = f"kind is {row['kind']}, but {_SHARES[row['share']]}"
        fix = f"write {' or '.join(kinds[row['share']])}, or correct the ends of the content"
        yield Hit("attributions", row["row"], ("kind",), what, fix)


@part_rule("SB706", "stance-basis-and-quotes", "warning")
def stance_basis_and_quotes(part: Part) -> Iterator[Hit]:
    """The basis of a stance is for quoted evidence but none of the evidence is quoted, or the reverse.

    Why: a stance in somebody's own words is stronger evidence than a reported one; the basis distinguishes them.
    Example: corpus/2026-03/stances.jsonl:2:106 basis is "indirect_speech", but some of the evidence is quoted
    Fix: correct the basis, or the ends of the evidence.
    """
    bases = part.scheme.quoted_bases
    if not bases:
        return
    quoted = part.quotations.select(
        "document", from_="start", to="end", several=pl.col("text").str.contains(SEVERAL_WORDS)
    )
    stances = part["stances"].with_row_index("row")
    inside = part.spans.filter(pl.col("layer") == "stances").join(quoted, on="document")
    inside = inside.filter(pl.col("start") < pl.col("to"), pl.col("from_") < pl.col("end"))
    quoted_rows = inside.group_by("row").agg(pl.col("several").any())
    rows = stances.join(quoted_rows, on="row", how="left", maintain_order="left")
    # A single word in quotation marks is no quotation yet.
    direct, quoted_at_all = pl.col("basis").is_in(bases), pl.col("several").is_not_null()
    rows = rows.with_columns(quoted=quoted_at_all).filter((direct & ~quoted_at_all) | (~direct & pl.col("several")))
    for row in rows.iter_rows(named=True):
        said = "some of the evidence is quoted" if row["quoted"] else "none of the evidence is quoted"
        what = f"basis is {excerpt(row['basis'])}, but {said}"
        yield Hit("stances", row["row"], ("basis",), what, "correct the basis, or the ends of the evidence")


@part_rule("SB707", "date-value-unlikely", "warning")
def date_value_unlikely(part: Part) -> Iterator[Hit]:
    """The value of a time does not match its words and the day of publication.

    The rule understands English weekdays, yesterday, today and tomorrow, last, this and next week, month and year,
    months, years and durations. "Said Tuesday" is no day to come, "will meet on Tuesday" none that has passed.

    Why: "Sunday" in a report of 17 February 2025 is the 16th or the 23rd; a wrong value moves events.
    Example: corpus/2026-03/entities.jsonl:3:97 value is "2026-03-04" for "Tuesday" in a text of 2026-03-05
    Fix: derive the value again from the document's date.
    """
    days = [date for date in part["documents"]["date"].unique() if date is not None and is_day(date)]
    dates = part["documents"].select(pl.when(_ENGLISH & pl.col("date").is_in(days)).then("date")).to_series()
    timed = pl.col("type").is_in(part.scheme.timed_types)
    value = part["entities"].select(pl.when(timed).then("value")).to_series()
    document = part.document_rows["mentions"]
    said = part["mentions"].select("doc_id", "start", "end", "text", row=part.mentioned, document=document)
    said = said.with_columns(value=value.gather(part.mentioned), date=dates.gather(document))
    said = said.drop_nulls(["value", "date"])
    if said.is_empty():
        return
    cases = said.select("text", "date", "value").unique()
    cases = cases.filter(pl.col("value").is_in([value for value in cases["value"].unique() if is_timex3(value)]))
    expected = [expected_values(text, date) for text, date in cases.select("text", "date").iter_rows()]
    cases = cases.with_columns(expected=pl.Series(expected, dtype=pl.String))
    # What is plainly as expected needs no expression to be compiled, of which there may be thousands.
    around = ((":", "|"), ("|", "|"), ("|", ")"))
    among = [
        pl.col("expected").str.contains(before + pl.col("value") + after, literal=True) for before, after in around
    ]
    whole = pl.col("value").str.len_chars() >= len("2025-W09")
    start = pl.col("expected").str.strip_suffix(".*")
    starts = start.str.contains(r"^[0-9W-]+$") & pl.col("value").str.starts_with(start)
    cases = cases.filter(pl.col("expected").is_not_null(), ~((whole & pl.any_horizontal(among)) | starts))
    fits = cases.select("value", "expected").unique()
    fits = fits.filter(pl.col("value").str.contains("^(?:" + pl.col("expected") + ")$"))
    cases = cases.join(fits, on=["value", "expected"], how="anti")
    off = pl.struct("text", "date", "value").is_in(
        cases.select(pl.struct("text", "date", "value")).to_series().implode()
    )
    unlikely = said.filter(off | _of_another_week(part, said))
    for row in unlikely.sort("row", "start").unique("row", keep="first", maintain_order=True).iter_rows(named=True):
        what = f"value is {excerpt(row['value'])} for {excerpt(row['text'])} in a text of {row['date']}"
        span = (row["doc_id"], row["start"], row["end"])
        yield Hit("entities", row["row"], ("value",), what, "derive the value again from the document's date", span)


def _of_another_week(part: Part, said: pl.DataFrame) -> pl.Series:
    """Whether a weekday's value is after the day of publication though it has passed, or before it though to come."""
    day = pl.col("value").str.extract(r"^([0-9]{4}-[0-9]{2}-[0-9]{2})")
    weekday = pl.col("text").str.to_lowercase().is_in(WEEKDAYS)
    likely = said.select(weekday & (day != pl.col("date"))).to_series().fill_null(value=False)
    said = said.filter(likely)
    document, start = (said[name].cast(pl.Int64).to_numpy() for name in ("document", "start"))
    length = part.code_points.lengths[document]
    before = pl.lit(part.code_points.read(document, np.clip(start, 60, length + 60) - 60, np.clip(start, 0, length)))
    passed = before.str.contains(_PASSED) & ~before.str.contains(_NOT_PASSED)
    off = (passed & (day > pl.col("date"))) | (before.str.contains(_TO_COME) & (day < pl.col("date")))
    return likely.scatter(likely.arg_true(), said.select(off).to_series())


def _in_words(texts: CodePoints, text: Positions, place: Positions) -> npt.NDArray[np.bool_]:
    """For places in texts, which of them are between two characters of a word."""
    found = (place > 0) & (place < texts.lengths[text])
    before, after = texts.beside(text[found], place[found])
    found[found] = ~(_OF_NO_WORD[before] | _OF_NO_WORD[after])  # most are beside a blank or a mark
    read = texts.read(text[found], place[found] - 1, place[found] + 1)
    found[found] = read.str.contains(f"^{_WORD}{_WORD}$").to_numpy()
    return found


def _mention(row: dict[str, Any], key: str, what: str, fix: str) -> Hit:
    return Hit("mentions", row["row"], (key,), what, fix)
