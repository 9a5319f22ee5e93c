"""SB3xx: spans, in code points of their document's text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import Any

import polars as pl

from stancebank.checks.registry import Hit, part_rule
from stancebank.corpus.part import Part
from stancebank.faults import excerpt
from stancebank.schema.frames import last_before, repeated_rows, rows_at
from stancebank.text.code_points import Positions
from stancebank.text.paragraphs import paragraphs

_PAIRS = 2_000_000  # of mentions that are compared at once


@part_rule("SB301", "span-text-mismatch")
def span_text_mismatch(part: Part) -> Iterator[Hit]:
    """A span's text differs from the document at its offsets.

    Why: readers take text[start:end]; a span off by one trains models on the wrong words.
    Example: corpus/2026-03/mentions.jsonl:3:87 text is "Zoé Halasz", the document reads "Zoé Halász" at 26..36
    Fix: set the text to the document's words there, or move the offsets.
    """
    spans = part.readable_spans.filter(pl.col("text").is_not_null())
    wrong = spans.filter(part.code_points.read_bytes(*_places(spans)) != spans["text"].cast(pl.Binary))
    for row in _rows(wrong.with_columns(reads=_read(part, wrong))):
        reads = excerpt(row["reads"])
        what = f"text is {excerpt(row['text'])}, the document reads {reads} at {row['start']}..{row['end']}"
        yield Hit.in_span(row, "text", what, f"set the text to {reads}, or move the offsets")


@part_rule("SB302", "span-empty")
def span_empty(part: Part) -> Iterator[Hit]:
    """A span ends at or before its start, or covers only blanks.

    Why: offsets are half open, [start, end); such a span has no words.
    Example: corpus/2026-03/attributions.jsonl:2:170 start 144 is not before end 144
    Fix: correct start or end.
    """
    backwards = pl.col("start") >= pl.col("end")
    blank = pl.col("text").str.strip_chars() == ""
    for row in _rows(part.spans.filter(backwards | (blank & (pl.col("text") != "")))):
        what = f"start {row['start']} is not before end {row['end']}"
        if row["start"] < row["end"]:
            what = f"the span {row['start']}..{row['end']} covers nothing but blanks"
        yield Hit.in_span(row, "end", what, "correct start or end")


@part_rule("SB303", "span-outside-text")
def span_outside_text(part: Part) -> Iterator[Hit]:
    """A span ends after the end of its document's text.

    Why: readers would take fewer characters than intended, or fail.
    Example: corpus/2026-03/sentences.jsonl:4:62 the span 280..358 ends after the text, which has 342 code points
    Fix: correct the offsets; they count Unicode code points, not bytes and not UTF-16 units.
    """
    length = pl.Series("length", part.code_points.lengths)
    spans = part.located_spans.with_columns(length.gather(part.located_spans["document"]))
    for row in _rows(spans.filter(pl.col("end") > pl.col("length"), pl.col("start") < pl.col("end"))):
        what = f"the span {row['start']}..{row['end']} ends after the text, which has {row['length']} code points"
        yield Hit.in_span(row, "end", what, "correct the offsets; they count Unicode code points")


@part_rule("SB304", "mentions-cross")
def mentions_cross(part: Part) -> Iterator[Hit]:
    """Two mentions overlap and neither lies inside the other.

    Why: mentions may nest, never cross; crossing spans cannot be shown as brackets or trees.
    Example: corpus/2026-03/mentions.jsonl:12:69 "Milo J. Dănescu" crosses m11 "Finance Minister Milo"
    Fix: correct the ends of one of them.
    """
    placed = part.placed_spans.filter(pl.col("layer") == "mentions", pl.col("start") < pl.col("end"))
    # A mention that starts inside another one and ends behind it crosses it. Both start in one
    # sentence: a mention that reaches into the next one is found by SB306.
    sentence = pl.coalesce(pl.col("sentence").cast(pl.Int64), -1 - pl.col("document").cast(pl.Int64))
    spans = placed.select("document", "row", "start", "end", sentence=sentence).sort("document", "start")
    # Only those of one run, in which each starts before the ones before it have all ended, can cross each other.
    apart = pl.col("start") >= pl.col("end").cum_max().shift().over("document")
    spans = spans.with_columns(run=apart.fill_null(value=True).cum_sum())
    run = pl.col("run")
    spans = spans.filter((run == run.shift()) | (run == run.shift(-1)))
    if spans.is_empty():
        return
    # Not all pairs at once: a converter may give every mention the same offsets.
    most = spans.group_by("run").len()["len"].max() or 1
    crossing = [
        each.join(spans, on=["run", "sentence"], suffix="_other")
        .filter(
            pl.col("start") > pl.col("start_other"),
            pl.col("start") < pl.col("end_other"),
            pl.col("end") > pl.col("end_other"),
        )
        .sort("row", "row_other")
        .unique("row", keep="first")
        for each in spans.iter_slices(max(1, _PAIRS // int(str(most))))
    ]
    first = pl.concat(crossing)
    if first.is_empty():
        return
    mentions = part["mentions"].with_row_index("row").select("row", "doc_id", "mention_id", "text")
    first = first.join(mentions, on="row").join(mentions, left_on="row_other", right_on="row", suffix="_other")
    for row in _rows(first.with_columns(layer=pl.lit("mentions"), item=None)):
        what = f"{excerpt(row['text'])} crosses {row['mention_id_other']} {excerpt(row['text_other'])}"
        yield Hit.in_span(row, "start", what, "correct the ends of one of them")


@part_rule("SB305", "mention-duplicate")
def mention_duplicate(part: Part) -> Iterator[Hit]:
    """Two mentions have the same span and the same entity.

    Why: one passage would count twice in every statistic.
    Example: corpus/2026-03/mentions.jsonl:4:38 m3 has the same span and the same entity "e2"
    Fix: remove one, and change the references to it to the other.
    """
    key = ["doc_id", "start", "end", "entity_id"]
    repeated = repeated_rows(part["mentions"], key).with_columns(first=pl.col("mention_id").first().over(key))
    repeated = repeated.filter(pl.col("row") != pl.col("row").first().over(key))
    for row in _rows(repeated.with_columns(layer=pl.lit("mentions"), item=None)):
        what = f"{row['first']} has the same span and the same entity {excerpt(row['entity_id'])}"
        yield Hit.in_span(row, "mention_id", what, "remove one of the two")


@part_rule("SB306", "span-outside-sentence")
def span_outside_sentence(part: Part) -> Iterator[Hit]:
    """A mention, cue or piece of evidence does not lie inside one sentence.

    Why: views go sentence by sentence; such a span would be cut or lost.
    Example: corpus/2026-03/mentions.jsonl:12:69 the span 218..233 does not lie inside one sentence
    Fix: correct the span, or the sentence's ends if the segmentation is wrong.
    """
    inside = pl.col("end") <= pl.col("sentence_end")
    placed = part.placed_spans.filter(pl.col("item").is_null(), pl.col("start") < pl.col("end"))
    for row in _rows(placed.filter(~inside.fill_null(value=False))):
        what = f"the span {row['start']}..{row['end']} does not lie inside one sentence"
        yield Hit.in_span(row, "start", what, "correct the span, or the ends of the sentence")


@part_rule("SB307", "sentences-overlap")
def sentences_overlap(part: Part) -> Iterator[Hit]:
    """A sentence starts before the previous one ends.

    Why: each code point belongs to at most one sentence.
    Example: corpus/2026-03/sentences.jsonl:2:52 the sentence starts before the previous one ends
    Fix: correct the ends of the two.
    """
    before = pl.col("end").cum_max().shift(1).over("doc_id", order_by=["start", "end"])
    rows = part["sentences"].with_row_index("row").filter(pl.col("start") < before)
    for row in _rows(rows.with_columns(layer=pl.lit("sentences"), item=None)):
        yield Hit.in_span(row, "start", "the sentence starts before the previous one ends", "correct their ends")


@part_rule("SB308", "text-outside-sentences")
def text_outside_sentences(part: Part) -> Iterator[Hit]:
    """A document has text that no sentence covers.

    Why: text outside all sentences is missing from every view that goes sentence by sentence.
    Example: corpus/2026-03/documents.jsonl:1:81 no sentence covers "." at 340..341
    Fix: correct the ends of the sentences around it, or add one.
    """
    suspects = _with_gaps(part)
    if suspects.is_empty():
        return
    ends = part["sentences"].sort("doc_id", "start").group_by("doc_id", maintain_order=True).agg("start", "end")
    documents = rows_at(part["documents"].with_row_index("row"), suspects)
    documents = documents.join(ends, on="doc_id", how="left", maintain_order="left")
    for row in documents.select("row", "doc_id", "text", "start", "end").iter_rows(named=True):
        reached = accumulate(row["end"] or [], max, initial=0)
        edges = zip(reached, [*(row["start"] or []), len(row["text"])], strict=True)
        for start, end in edges:
            gap = row["text"][max(start, 0) : max(end, 0)]
            left = gap.strip()
            if left:
                first = start + len(gap) - len(gap.lstrip())
                what = f"no sentence covers {excerpt(left)} at {first}..{first + len(left)}"
                fix = "correct the ends of the sentences around it, or add one"
                yield Hit("documents", row["row"], ("text",), what, fix)
                break


@part_rule("SB309", "content-out-of-order")
def content_out_of_order(part: Part) -> Iterator[Hit]:
    """Two content spans of one attribution overlap, or are not in the order of the text.

    Why: the content is read as its spans one after the other.
    Example: corpus/2026-03/attributions.jsonl:2:167 the content span starts before the previous one ends
    Fix: order the spans as in the text, without overlap.
    """
    several = part["attributions"].with_row_index("row").filter(pl.col("content").list.len() > 1)
    content = part.content_spans.filter(pl.col("row").is_in(several["row"].implode()))
    before = pl.col("end").cum_max().shift(1).over("row", order_by="item")
    for row in _rows(content.filter(pl.col("start") < before)):
        yield Hit.in_span(
            row, "start", "the content span starts before the previous one ends", "order the spans as in the text"
        )


@part_rule("SB310", "sentence-with-blanks")
def sentence_with_blanks(part: Part) -> Iterator[Hit]:
    """A sentence starts or ends with a blank.

    Why: views contain the sentence unchanged; the blanks between two sentences belong to neither.
    Example: corpus/2026-03/sentences.jsonl:1:60 the sentence ends with a blank
    Fix: move its start to the first character that is not a blank, or its end after the last one.
    """
    sentences = part.readable_spans.filter(pl.col("layer") == "sentences")
    sentences = sentences.with_columns(reads=_read(part, sentences))
    for row in _rows(sentences.filter(pl.col("reads") != pl.col("reads").str.strip_chars())):
        leading = row["reads"].lstrip() != row["reads"]
        what = f"the sentence {'starts' if leading else 'ends'} with a blank"
        yield Hit.in_span(row, "start" if leading else "end", what, "leave out the blanks around the sentence")


@part_rule("SB311", "paragraph-wrong")
def paragraph_wrong(part: Part) -> Iterator[Hit]:
    """A sentence has the wrong paragraph number, or extends past the end of its paragraph.

    Why: paragraphs are counted from 0 and end at blank lines; they show what belongs together.
    Example: corpus/2026-03/sentences.jsonl:4:78 paragraph is 2, the sentence starts in paragraph 1
    Fix: set paragraph to the expected number, or split the sentence at the blank line.
    """
    starts = [[start for start, _ in paragraphs(text)] for text in part.document_texts]
    known = pl.DataFrame({"start": starts}, schema={"start": pl.List(pl.Int64)}).with_row_index("document")
    known = known.with_columns(number=pl.int_ranges(pl.col("start").list.len())).explode("start", "number").drop_nulls()
    following = pl.when(pl.col("document") == pl.col("document").shift(-1)).then(pl.col("start").shift(-1))
    sentences = part["sentences"].with_row_index("row").with_columns(document=part.document_rows["sentences"])
    sentences = sentences.drop_nulls("document")
    placed = sentences.hstack(rows_at(known.select("number", next=following), last_before(sentences, known)))
    placed = placed.with_columns(layer=pl.lit("sentences"), item=None)
    numbered = pl.col("paragraph") == pl.col("number")
    for row in _rows(placed.filter(~numbered)):
        what = f"paragraph is {row['paragraph']}, the sentence starts in paragraph {row['number']}"
        yield Hit.in_span(row, "paragraph", what, f"set paragraph to {row['number']}")
    inside = placed.filter(numbered, pl.col("end") > pl.col("next"))
    inside = inside.filter(inside["end"] <= pl.Series(part.code_points.lengths).gather(inside["document"]))
    for row in _rows(inside):
        what = f"the sentence ends at {row['end']}, but the next paragraph starts at {row['next']}"
        yield Hit.in_span(row, "end", what, "split the sentence at the blank line")


def _with_gaps(part: Part) -> pl.Series:
    """The documents, by row, that may have text other than blanks between the sentences."""
    length = pl.Series("length", part.code_points.lengths)
    document = pl.int_range(len(length), dtype=pl.UInt32, eager=True).alias("document")
    sentences = part.located_spans.filter(pl.col("layer") == "sentences").select("document", "start", "end")
    ends = pl.DataFrame([document, length]).select("document", start="length", end=pl.lit(None, pl.Int64))
    edges = pl.concat([sentences.sort("document", "start", maintain_order=True), ends])
    edges = edges.sort("document", maintain_order=True)
    reached = pl.col("end").cum_max().shift().over("document").fill_null(0)
    gaps = edges.select("document", start=reached, end="start").with_columns(length=length.gather(edges["document"]))
    gaps = gaps.with_columns(pl.col("start", "end").clip(0, pl.col("length"))).filter(pl.col("start") < pl.col("end"))
    return gaps.filter(_read(part, gaps).str.strip_chars() != "")["document"].unique().sort()


def _read(part: Part, spans: pl.DataFrame) -> pl.Series:
    """What the documents read at spans inside their texts."""
    return part.code_points.read(*_places(spans))


def _places(spans: pl.DataFrame) -> tuple[Positions, Positions, Positions]:
    return spans["document"].cast(pl.Int64).to_numpy(), spans["start"].to_numpy(), spans["end"].to_numpy()


def _rows(found: pl.DataFrame) -> Iterator[dict[str, Any]]:
    by = [name for name in ("layer", "row", "item") if name in found.columns]
    return found.sort(by, nulls_last=False).iter_rows(named=True)
