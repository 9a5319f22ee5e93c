"""SB7xx: likely mistakes.

Here those in how records are linked; likely_spans.py has those in a span.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

import polars as pl

from stancebank.checks.registry import Hit, part_rule
from stancebank.corpus import Part
from stancebank.faults import excerpt
from stancebank.quotations import MARKS, SEVERAL_WORDS

_SCENERY = ["DATE", "EVENT", "FAC", "LOC"]  # entity types that neither speak nor take a side
_WORDS = re.compile(r"\w+")


@part_rule("SB711", "name-of-two-types", "warning")
def name_of_two_types(part: Part) -> Iterator[Hit]:
    """One name stands for entities of different types in one document.

    Why: most often one of the two mentions was linked to the wrong entity, or an entity got the wrong type.
    Example: corpus/2026-03/mentions.jsonl:14:56 "Ruritania" is ORG here ("government of Ruritania") and GPE before
    ("Ruritania")
    Fix: correct the link or the type; where both are meant (a city and its river), make an exception.
    """
    names = part.entity_mentions.filter(pl.col("level") == "NAM")
    first = pl.col("entity_type").first().over("doc_id", "text")
    other = pl.col("entity_name").first().over("doc_id", "text")
    for row in (
        names.with_columns(first=first, other=other).filter(pl.col("entity_type") != first).iter_rows(named=True)
    ):
        what = (
            f"{excerpt(row['text'])} is {row['entity_type']} here ({excerpt(row['entity_name'])}) "
            f"and {row['first']} before ({excerpt(row['other'])})"
        )
        yield Hit("mentions", row["row"], ("entity_id",), what, "correct the link, or the type of one of the two")


@part_rule("SB712", "person-of-two-names", "warning")
def person_of_two_names(part: Part) -> Iterator[Hit]:
    """A name of a person shares no word with what the person is called.

    Why: two people have been taken for one, or a mention was linked to its neighbour.
    Example: corpus/2026-03/mentions.jsonl:18:56 "Halász" shares no word with the person's name "Milo J. Dănescu"
    Fix: link the mention to the person it names, or correct the entity's name.
    """
    texts = part["documents"].unique("doc_id").select("doc_id", document="text")
    names = part.entity_mentions.join(texts, on="doc_id", maintain_order="left")
    reads = pl.col("document").str.slice(pl.col("start").clip(0), pl.col("text").str.len_chars())
    names = names.filter(pl.col("level") == "NAM", pl.col("entity_type") == "PERSON", pl.col("text") == reads)
    for row in names.drop("document").iter_rows(named=True):
        if not _alike(row["text"], row["entity_name"]):
            what = f"{excerpt(row['text'])} shares no word with the person's name {excerpt(row['entity_name'])}"
            yield Hit("mentions", row["row"], ("entity_id",), what, "link it to the person it names")


@part_rule("SB713", "name-not-linked", "warning")
def name_not_linked(part: Part) -> Iterator[Hit]:
    """A name that is a mention in one place, or the last word of a person's, stands in another without being one.

    Why: whoever reads all mentions of an entity does not learn of that place.
    Example: corpus/2026-03/mentions.jsonl:5:87 "Ruritania" stands at 269..278 too, where it is no mention
    Fix: add the mention. The finding stands at the first mention of the name.
    """
    covering = part.entity_mentions.filter((pl.col("level") == "NAM") | (pl.col("entity_type") == "DATE"))
    grouped = covering.group_by("doc_id", maintain_order=True).agg("row", "start", "end", "text", "entity_type")
    texts = part["documents"].unique("doc_id").select("doc_id", document="text")
    for document in grouped.join(texts, on="doc_id", maintain_order="left").iter_rows(named=True):
        text = document["document"]
        rows: dict[str, int] = {}
        covered = bytearray(len(text))
        mentions = zip(*(document[key] for key in ("row", "start", "end", "text", "entity_type")), strict=True)
        for row, start, end, name, kind in mentions:
            covered[max(start, 0) : max(end, 0)] = b"\1" * len(covered[max(start, 0) : max(end, 0)])
            last = name.split()[-1:] if kind == "PERSON" else []
            searched = [] if kind == "DATE" or not name.strip() else [name, *(word for word in last if len(word) > 2)]
            rows |= {each: rows.get(each, row) for each in searched}
        for found in _any_of(rows).finditer(text) if rows else ():
            if not any(covered[found.start() : found.end()]):
                what = f"{excerpt(found[0])} stands at {found.start()}..{found.end()} too, where it is no mention"
                span = (document["doc_id"], found.start(), found.end())
                yield Hit("mentions", rows[found[0]], ("text",), what, "add the mention", span)


@part_rule("SB714", "pronoun-alone", "warning")
def pronoun_alone(part: Part) -> Iterator[Hit]:
    """An entity has no other mention than pronouns.

    Why: a pronoun stands for something that the text names or describes; the link to it was missed.
    Example: corpus/2026-03/entities.jsonl:9:37 all mentions of "unnamed man" are pronouns
    Fix: link the pronouns to the entity they stand for; where there is none ("everybody"), make an exception.
    """
    levels = part["mentions"].group_by("doc_id", "entity_id").agg(alone=(pl.col("level") == "PRO").all())
    entities = part["entities"].with_row_index("row").join(levels, on=["doc_id", "entity_id"], maintain_order="left")
    for row in entities.filter("alone").iter_rows(named=True):
        what = f"all mentions of {excerpt(row['name'])} are pronouns"
        yield Hit("entities", row["row"], ("entity_id",), what, "link the pronouns to what they stand for")


@part_rule("SB715", "entity-repeated", "warning")
def entity_repeated(part: Part) -> Iterator[Hit]:
    """Two entities of one document have the same name and type, and as dates the same value.

    Why: one thing has been entered twice, and its mentions are spread over both.
    Example: corpus/2026-03/entities.jsonl:9:62 e1 is of the type "GPE" and called "Ruritania" too
    Fix: link all mentions to one of them and remove the other, or tell the two apart by their names.
    """
    key = ["doc_id", "type", "value", pl.col("name").str.to_lowercase()]
    entities = part["entities"].with_row_index("row").with_columns(first=pl.col("entity_id").first().over(key))
    for row in entities.filter(pl.col("entity_id") != pl.col("first")).iter_rows(named=True):
        what = f"{row['first']} is of the type {excerpt(row['type'])} and called {excerpt(row['name'])} too"
        yield Hit("entities", row["row"], ("name",), what, "make one of the two, or tell them apart by their names")


@part_rule("SB716", "wikidata-shared", "warning")
def wikidata_shared(part: Part) -> Iterator[Hit]:
    """Two entities of one document have the same Wikidata item.

    Why: an item is one thing; either the two are one entity or one of the items is wrong.
    Example: corpus/2026-03/entities.jsonl:5:84 e1 is Q900000001 too
    Fix: make one entity of the two, or correct the item.
    """
    entities = part["entities"].with_row_index("row").filter(pl.col("wikidata").is_not_null())
    entities = entities.with_columns(first=pl.col("entity_id").first().over("doc_id", "wikidata"))
    for row in entities.filter(pl.col("entity_id") != pl.col("first")).iter_rows(named=True):
        what = f"{row['first']} is {row['wikidata']} too"
        yield Hit("entities", row["row"], ("wikidata",), what, "make one entity of the two, or correct the item")


@part_rule("SB717", "relation-across-paragraphs", "warning")
def relation_across_paragraphs(part: Part) -> Iterator[Hit]:
    """Head and tail of a relation stand in different paragraphs, and the tail is not the mention that the rules name.

    A tail from the context is the last mention of its entity in front of the head, else the first one behind it,
    and only where the head's own sentence has none.

    Why: a relation belongs to the sentence that states it; so far apart, one end was most often taken from a list.
    Example: corpus/2026-03/relations.jsonl:7:84 the tail "Strelsau" stands in another paragraph than the head "Strelsau
    summit"
    Fix: take the nearest mentions of the two entities.
    """
    placed = part.placed_spans.filter(pl.col("layer") == "mentions").select("row", "sentence", "paragraph")
    mentions = part["mentions"].with_row_index("row").join(placed, on="row")
    mentions = mentions.select("doc_id", "mention_id", "entity_id", "sentence", "paragraph", "start", "text")
    relations = part["relations"].with_row_index("row")
    for end, suffix in (("head", ""), ("tail", "_tail")):
        relations = relations.join(
            mentions, left_on=["doc_id", end], right_on=["doc_id", "mention_id"], suffix=suffix, maintain_order="left"
        )
    apart = relations.filter(pl.col("paragraph") != pl.col("paragraph_tail"))
    others = mentions.select("doc_id", entity_id_tail="entity_id", other="start", other_sentence="sentence")
    elsewhere = pl.col("other_sentence") != pl.col("sentence")
    behind = pl.col("other") > pl.col("start")
    far = (pl.col("other") - pl.col("start")).abs()
    nearest = apart.join(others, on=["doc_id", "entity_id_tail"]).sort("row", elsewhere, behind, far)
    nearest = nearest.unique("row", keep="first")
    for row in nearest.filter(pl.col("other") != pl.col("start_tail")).sort("row").iter_rows(named=True):
        what = f"the tail {excerpt(row['text_tail'])} stands in another paragraph than the head {excerpt(row['text'])}"
        fix = f"take the mention of the tail's entity at {row['other']}, or the head that the sentence names"
        yield Hit("relations", row["row"], ("tail",), what, fix)


@part_rule("SB721", "quotation-without-attribution", "warning")
def quotation_without_attribution(part: Part) -> Iterator[Hit]:
    """A sentence has a quotation of two words or more that no attribution has as its content.

    Documents without any attribution are left out: nobody has annotated them yet.

    Why: whoever quotes names a speaker; an attribution was missed.
    Example: corpus/2026-03/sentences.jsonl:3:39 no attribution has the quotation "I will not accept lower tolls," as
    its content
    Fix: add the attribution, or the quotation to the content of the one it belongs to.
    """
    quoted = part.quotations.filter(pl.col("text").str.contains(SEVERAL_WORDS)).with_row_index("quotation")
    quoted = quoted.join(part["attributions"], on="doc_id", how="semi", maintain_order="left")
    content = part.placed_spans.filter(pl.col("item").is_not_null()).select("doc_id", from_="start", to="end")
    inside = quoted.join(content, on="doc_id").filter(pl.col("start") < pl.col("to"), pl.col("from_") < pl.col("end"))
    left = quoted.join(inside, on="quotation", how="anti").sort("doc_id", "start")
    sentences = part["sentences"].with_row_index("row").select("doc_id", "row", "start").sort("doc_id", "start")
    for row in left.join_asof(sentences, on="start", by="doc_id", check_sortedness=False).iter_rows(named=True):
        if row["row"] is not None:
            what = f"no attribution has the quotation {excerpt(row['text'].strip(MARKS))} as its content"
            span = (row["doc_id"], row["start"], row["end"])
            yield Hit("sentences", row["row"], ("sentence_id",), what, "add the attribution, or widen a content", span)


@part_rule("SB722", "source-inside-content", "warning")
def source_inside_content(part: Part) -> Iterator[Hit]:
    """The source of an attribution stands inside its own content.

    Why: the source says the content and is no part of it; a pronoun in the reported clause was taken for the speaker.
    Example: corpus/2026-03/attributions.jsonl:4:56 the source "He" stands inside the content
    Fix: take the mention beside the cue as the source, or correct the ends of the content.
    """
    mentions = part["mentions"].select("doc_id", source="mention_id", from_="start", to="end", said="text")
    content = part["attributions"].with_row_index("row").join(mentions, on=["doc_id", "source"]).explode("content")
    within = (pl.col("content").struct.field("start") <= pl.col("from_")) & (
        pl.col("to") <= pl.col("content").struct.field("end")
    )
    for row in content.filter(within).unique("row", maintain_order=True).iter_rows(named=True):
        what = f"the source {excerpt(row['said'])} stands inside the content"
        span = (row["doc_id"], row["from_"], row["to"])
        yield Hit("attributions", row["row"], ("source",), what, "take the mention beside the cue", span)


@part_rule("SB723", "cue-inside-content", "warning")
def cue_inside_content(part: Part) -> Iterator[Hit]:
    """The cue of an attribution overlaps its own content.

    Why: the cue says that something is said, the content what; no word is both.
    Example: corpus/2026-03/attributions.jsonl:1:69 the cue "said" overlaps the content
    Fix: correct the ends of the content, or split it into the spans around the cue.
    """
    content = part["attributions"].with_row_index("row").explode("content")
    overlap = (pl.col("content").struct.field("start") < pl.col("end")) & (
        pl.col("start") < pl.col("content").struct.field("end")
    )
    for row in content.filter(overlap).unique("row", maintain_order=True).iter_rows(named=True):
        what = f"the cue {excerpt(row['text'])} overlaps the content"
        yield Hit("attributions", row["row"], ("start",), what, "correct the ends of the content, or split it")


@part_rule("SB724", "speaker-unlikely", "warning")
def speaker_unlikely(part: Part) -> Iterator[Hit]:
    """The source of an attribution or the holder of a stance is a date, an event, a building or a place.

    Why: people, bodies, states and texts speak and take sides; most often the mention next to the right one was taken.
    Example: corpus/2026-03/attributions.jsonl:1:56 the source "Tuesday" is DATE
    Fix: take the mention of who speaks, or correct the type of its entity.
    """
    mentions = part.entity_mentions.filter(pl.col("entity_type").is_in(_SCENERY))
    for layer, column in (("attributions", "source"), ("stances", "holder")):
        speakers = mentions.select("doc_id", "entity_type", from_="start", to="end", said="text", speaker="mention_id")
        rows = (
            part[layer]
            .with_row_index("row")
            .join(speakers, left_on=["doc_id", column], right_on=["doc_id", "speaker"], maintain_order="left")
        )
        for row in rows.iter_rows(named=True):
            what = f"the {column} {excerpt(row['said'])} is {row['entity_type']}"
            span = (row["doc_id"], row["from_"], row["to"])
            yield Hit(layer, row["row"], (column,), what, "take the mention of who speaks", span)


@part_rule("SB725", "stance-in-anothers-words", "warning")
def stance_in_anothers_words(part: Part) -> Iterator[Hit]:
    """The evidence of a stance lies inside what somebody else says, who has nothing to do with the holder.

    Somebody who leads, represents, or is a member or a part of the holder may speak for it, and a holder
    who is named in the evidence itself is the speaker's choice.

    Why: words that are somebody else's show what that person holds; only some can speak for others.
    Example: corpus/2026-03/stances.jsonl:1:51 the evidence of "Milo J. Dănescu" is what "Zoé Halász" says
    Fix: correct the holder, or the source of the attribution, or the ends of its content.
    """
    entity = part.entity_mentions.select(
        "doc_id", "mention_id", "entity_id", "entity_name", holder_start="start", holder_end="end"
    )
    held = (
        part["stances"]
        .with_row_index("row")
        .join(entity, left_on=["doc_id", "holder"], right_on=["doc_id", "mention_id"], maintain_order="left")
    )
    said = part["attributions"].join(entity, left_on=["doc_id", "source"], right_on=["doc_id", "mention_id"])
    said = said.select("doc_id", "content", speaker="entity_id", speaker_name="entity_name").explode("content")
    said = said.with_columns(
        from_=pl.col("content").struct.field("start"), to=pl.col("content").struct.field("end")
    ).drop("content")
    around = held.join(said, on="doc_id").filter(pl.col("from_") <= pl.col("start"), pl.col("end") <= pl.col("to"))
    named = (pl.col("start") <= pl.col("holder_start")) & (pl.col("holder_end") <= pl.col("end"))
    around = around.filter(~named)
    around = around.join(_spokespeople(part), on=["doc_id", "speaker", "entity_id"], how="left")
    fits = pl.col("speaks_for").fill_null(value=False) | (pl.col("speaker") == pl.col("entity_id"))
    others = around.filter(~fits.any().over("row")).sort("row", pl.col("to") - pl.col("from_"))
    for row in others.unique("row", keep="first", maintain_order=True).iter_rows(named=True):
        what = f"the evidence of {excerpt(row['entity_name'])} is what {excerpt(row['speaker_name'])} says"
        yield Hit("stances", row["row"], ("holder",), what, "correct the holder, or the source of the attribution")


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    """Any of the names as a whole word, the longest first; a letter with a combining mark is one letter."""
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(rf"(?<![\w\u0300-\u036f])(?:{'|'.join(map(re.escape, longest_first))})(?![\w\u0300-\u036f])")


def _spokespeople(part: Part) -> pl.DataFrame:
    """Who may speak for whom, by the relations of the document: doc_id, speaker, entity_id, speaks_for (true)."""
    entity = part["mentions"].select("doc_id", "mention_id", "entity_id")
    speaking = pl.col("type").is_in(["leads", "represents", "member_of", "part_of"])
    relations = part["relations"].filter(speaking, pl.col("modality") != "negated")
    ends = relations.join(entity, left_on=["doc_id", "head"], right_on=["doc_id", "mention_id"])
    ends = ends.join(entity, left_on=["doc_id", "tail"], right_on=["doc_id", "mention_id"], suffix="_tail")
    ends = ends.select("doc_id", speaker="entity_id", entity_id="entity_id_tail", speaks_for=pl.lit(value=True))
    return ends.unique(["doc_id", "speaker", "entity_id"])


def _alike(text: str, name: str) -> bool:
    """Whether a mention may name somebody of that name: a word begins like one of the name, or it is the initials."""
    words, others = _words(text), _words(name)
    initials = "".join(word[0] for word in others)
    begins = any(a.startswith(b) or b.startswith(a) for a in words for b in others if min(_weight(a), _weight(b)) > 1)
    return begins or not words or "".join(words) == initials


def _weight(word: str) -> int:
    """Its letters; in a script without case, where one sign may be a name, more than one."""
    return len(word) if word.upper() != word.lower() else len(word) + 1


def _words(text: str) -> list[str]:
    """The words of a name, without case and accents."""
    letters = (c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return _WORDS.findall("".join(letters))
