"""SB7xx: likely mistakes.

This module has those in links between records; sb7_likely_spans.py has those in a span.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl

from stancebank.checks.registry import Hit, part_rule
from stancebank.corpus.part import Part
from stancebank.faults import excerpt
from stancebank.schema.frames import comes_before, last_before, repeated_rows, rows_at
from stancebank.schema.layers import HEADING
from stancebank.text.quotations import MARKS, SEVERAL_WORDS

_WORDS = re.compile(r"\w+")
_LAST_WORD = r"([^\s\x1c-\x1f]{3,})[\s\x1c-\x1f]*$"
_LETTER = re.compile(r"[\w\u0300-\u036f]")


@part_rule("SB711", "name-of-two-types", "warning")
def name_of_two_types(part: Part) -> Iterator[Hit]:
    """One name refers to entities of different types in one document.

    Why: usually one of the two mentions is linked to the wrong entity, or an entity has the wrong type.
    Example: corpus/2026-03/mentions.jsonl:14:56 "Ruritania" is ORG here ("government of Ruritania") and GPE before
    ("Ruritania")
    Fix: correct the link or the type; if both are intended (a city and its river), make an exception.
    """
    names = part.named_mentions.drop_nulls("entity_type")
    kinds = names.select(name=pl.struct("doc_id", "text").hash(), kind=pl.col("entity_type").cast(pl.Categorical))
    name, kind = kinds["name"].to_numpy(), kinds["kind"].to_physical().to_numpy()
    order = np.argsort(name)
    name, kind = name[order], kind[order]
    several = name[1:][(name[1:] == name[:-1]) & (kind[1:] != kind[:-1])]
    names = names.filter(kinds["name"].is_in(pl.Series(several, dtype=pl.UInt64).implode()))
    if names.is_empty():
        return
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
    """A mention that names a person shares no word with the person's name.

    Why: two people were merged into one, or a mention was linked to the wrong person.
    Example: corpus/2026-03/mentions.jsonl:18:56 "Halász" shares no word with the person's name "Milo J. Dănescu"
    Fix: link the mention to the person it names, or correct the entity's name.
    """
    people = pl.col("entity_type").is_in(part.scheme.person_types)
    names = part.named_mentions.filter(people)
    text, name = pl.col("text"), pl.col("entity_name")
    # Most are words out of the name itself.
    of_name = (name == text) | name.str.ends_with(" " + text) | name.str.starts_with(text + " ")
    names = names.filter(~(of_name & text.str.contains("[A-Za-z]{2}")))
    if names.is_empty():
        return
    pairs = names.select("text", "entity_name").unique()
    strangers = pairs.filter(pl.Series([not _alike(*pair) for pair in pairs.iter_rows()], dtype=pl.Boolean))
    names = names.join(strangers, on=["text", "entity_name"], how="semi", maintain_order="left")
    texts = part["documents"].unique("doc_id").select("doc_id", document="text")
    names = names.join(texts, on="doc_id", maintain_order="left")
    reads = pl.col("document").str.slice(pl.col("start").clip(0), text.str.len_chars())
    for row in names.filter(text == reads).drop("document").iter_rows(named=True):
        what = f"{excerpt(row['text'])} shares no word with the person's name {excerpt(row['entity_name'])}"
        yield Hit("mentions", row["row"], ("entity_id",), what, "link it to the person it names")


@part_rule("SB713", "name-not-linked", "warning", needs=("mentions",))
def name_not_linked(part: Part) -> Iterator[Hit]:
    """A name that is a mention in one place, or a person's last name, also occurs in another without being a mention.

    Only in documents whose mentions are done.

    Why: readers of all mentions of an entity would miss that passage.
    Example: corpus/2026-03/mentions.jsonl:5:87 "Ruritania" also occurs at 269..278, where it is not a mention
    Fix: add the mention. The finding is reported at the first mention of the name.
    """
    people, timed = part.scheme.person_types, part.scheme.timed_types
    names = pl.col("level").is_in(part.scheme.name_levels)
    covering = part.entity_mentions.filter(names | pl.col("entity_type").is_in(timed))
    covering = covering.with_columns(document=part.document_rows["mentions"].gather(covering["row"]))
    covering = covering.filter(pl.col("document").is_in(_with_loose_names(part, covering.drop_nulls("document"))))
    if covering.is_empty():
        return
    grouped = covering.group_by("doc_id", maintain_order=True).agg("row", "start", "end", "text", "entity_type")
    texts = part["documents"].unique("doc_id").select("doc_id", document="text")
    for document in grouped.join(texts, on="doc_id", maintain_order="left").iter_rows(named=True):
        text = document["document"]
        rows: dict[str, int] = {}
        covered = bytearray(len(text))
        mentions = zip(*(document[key] for key in ("row", "start", "end", "text", "entity_type")), strict=True)
        for row, start, end, name, kind in mentions:
            covered[max(start, 0) : max(end, 0)] = b"\1" * len(covered[max(start, 0) : max(end, 0)])
            last = name.split()[-1:] if kind in people else []
            searched = [] if kind in timed or not name.strip() else [name, *(word for word in last if len(word) > 2)]
            rows |= {each: rows.get(each, row) for each in searched}
        for found in _any_of(rows).finditer(text) if rows else ():
            if not any(covered[found.start() : found.end()]):
                what = f"{excerpt(found[0])} also occurs at {found.start()}..{found.end()}, where it is not a mention"
                span = (document["doc_id"], found.start(), found.end())
                yield Hit("mentions", rows[found[0]], ("text",), what, "add the mention", span)


@part_rule("SB715", "entity-repeated", "warning")
def entity_repeated(part: Part) -> Iterator[Hit]:
    """Two entities of one document have the same name and type and, if they are dates, the same value.

    Why: one thing was entered twice, and its mentions are divided between both.
    Example: corpus/2026-03/entities.jsonl:9:62 e1 also has the type "GPE" and the name "Ruritania"
    Fix: link all mentions to one of them and remove the other, or distinguish the two by their names.
    """
    key: list[str | pl.Expr] = ["doc_id", "type", "value", pl.col("name").str.to_lowercase()]
    entities = repeated_rows(part["entities"], key).drop_nulls("type")
    if entities.is_empty():
        return
    entities = entities.with_columns(first=pl.col("entity_id").first().over(key))
    for row in entities.filter(pl.col("entity_id") != pl.col("first")).iter_rows(named=True):
        what = f"{row['first']} also has the type {excerpt(row['type'])} and the name {excerpt(row['name'])}"
        yield Hit("entities", row["row"], ("name",), what, "merge the two, or distinguish them by their names")


@part_rule("SB716", "wikidata-shared", "warning")
def wikidata_shared(part: Part) -> Iterator[Hit]:
    """Two entities of one document have the same Wikidata item.

    Why: an item is one thing; either the two are one entity or one of the items is wrong.
    Example: corpus/2026-03/entities.jsonl:5:84 e1 is also Q900000001
    Fix: merge the two entities, or correct the item.
    """
    entities = part["entities"].with_row_index("row").filter(pl.col("wikidata").is_not_null())
    entities = entities.with_columns(first=pl.col("entity_id").first().over("doc_id", "wikidata"))
    for row in entities.filter(pl.col("entity_id") != pl.col("first")).iter_rows(named=True):
        what = f"{row['first']} is also {row['wikidata']}"
        yield Hit("entities", row["row"], ("wikidata",), what, "merge the two entities, or correct the item")


@part_rule("SB717", "relation-across-paragraphs", "warning")
def relation_across_paragraphs(part: Part) -> Iterator[Hit]:
    """Head and tail of a relation are in different paragraphs, and the tail is not the mention that the rules require.

    A tail from the context is the last mention of its entity before the head, otherwise the first one after it,
    and only if the head's own sentence has none.

    Why: a relation belongs to the sentence that states it; at this distance, one end was usually picked from a list.
    Example: corpus/2026-03/relations.jsonl:7:84 the tail "Strelsau" is in another paragraph than the head "Strelsau
    summit"
    Fix: use the nearest mentions of the two entities.
    """
    placed = part.placed_spans.filter(pl.col("layer") == "mentions").select("row", "start", "sentence", "paragraph")
    mentions = part["mentions"].select("doc_id", "entity_id", "text").with_row_index("mention")
    placed = mentions.select("mention", entity=pl.struct("doc_id", "entity_id").hash()).join(
        placed, left_on="mention", right_on="row", how="left", maintain_order="left"
    )
    ends = part.relation_ends.select("row", "head", "tail")
    heads, tails = (rows_at(placed.drop("mention"), ends[end]) for end in ("head", "tail"))
    apart = pl.concat([ends, heads, tails.select(pl.all().name.suffix("_tail"))], how="horizontal")
    apart = apart.filter(pl.col("paragraph") != pl.col("paragraph_tail"))
    if apart.is_empty():
        return
    others = placed.drop_nulls("start").select(
        "mention", entity_tail="entity", other="start", other_sentence="sentence"
    )
    distance, of_tail = _distance("other", "other_sentence"), _distance("start_tail", "sentence_tail")
    pairs = apart.join(others, on="entity_tail", maintain_order="left_right")
    nearer = pairs.filter(comes_before(distance, of_tail))
    # All pairs of such a relation are compared, since an id that occurs twice gives it several tails.
    nearer = pairs.filter(pl.col("row").is_in(nearer["row"].unique().implode()))
    entity = mentions.select("doc_id", "entity_id")
    same = rows_at(entity, nearer["mention"]).to_struct() == rows_at(entity, nearer["tail"]).to_struct()
    nearest = nearer.filter(same).sort("row", *distance, maintain_order=True).unique("row", keep="first")
    nearest = nearest.filter(pl.col("other") != pl.col("start_tail")).sort("row")
    said = (mentions["text"].gather(nearest[end]).alias(f"said_{end}") for end in ("head", "tail"))
    for row in nearest.with_columns(*said).iter_rows(named=True):
        head, tail = excerpt(row["said_head"]), excerpt(row["said_tail"])
        what = f"the tail {tail} is in another paragraph than the head {head}"
        fix = f"take the mention of the tail's entity at {row['other']}, or the head that the sentence names"
        yield Hit("relations", row["row"], ("tail",), what, fix)


@part_rule("SB721", "quotation-without-attribution", "warning", needs=("attributions",))
def quotation_without_attribution(part: Part) -> Iterator[Hit]:
    """A sentence has a quotation of two words or more that no attribution has as its content.

    Only in documents whose attributions are done, and neither in headings, which have no attributions, nor where
    the marks hold a name.

    Why: a quotation has a speaker; an attribution was missed.
    Example: corpus/2026-03/sentences.jsonl:3:39 no attribution has the quotation "I will not accept lower tolls," as
    its content
    Fix: add the attribution, or the quotation to the content of the one it belongs to.
    """
    quoted = part.quotations.filter(pl.col("text").str.contains(SEVERAL_WORDS)).with_row_index("quotation")
    if quoted.is_empty():
        return
    content = part.content_spans.select("document", from_="start", to="end")
    inside = quoted.join(content, on="document").filter(pl.col("start") < pl.col("to"), pl.col("from_") < pl.col("end"))
    left = quoted.join(inside, on="quotation", how="anti")
    if left.is_empty():
        return
    names = part["mentions"].with_columns(document=part.document_rows["mentions"])
    names = names.filter(pl.col("level").is_in(part.scheme.name_levels))
    names = names.select("document", start=pl.col("start") - 1, end=pl.col("end") + 1)
    left = left.join(names, on=["document", "start", "end"], how="anti").sort("document", "start")
    if left.is_empty():
        return
    sentences = part["sentences"].with_row_index("row").with_columns(document=part.document_rows["sentences"])
    sentences = sentences.drop_nulls("document").sort("document", "start", maintain_order=True)
    placed = left.hstack(rows_at(sentences.select("row", "doc_id", "kind"), last_before(left, sentences)))
    for row in placed.iter_rows(named=True):
        if row["row"] is not None and row["kind"] != HEADING:
            what = f"no attribution has the quotation {excerpt(row['text'].strip(MARKS))} as its content"
            span = (row["doc_id"], row["start"], row["end"])
            yield Hit("sentences", row["row"], ("sentence_id",), what, "add the attribution, or widen a content", span)


@part_rule("SB722", "source-inside-content", "warning")
def source_inside_content(part: Part) -> Iterator[Hit]:
    """The source of an attribution is inside its own content.

    Why: the source is not part of what it says; a pronoun in the reported clause was taken for the speaker.
    Example: corpus/2026-03/attributions.jsonl:4:56 the source "He" is inside the content
    Fix: use the mention beside the cue as the source, or correct the ends of the content.
    """
    sources = part.references["attributions", "source"].drop_nulls()
    mentions = rows_at(part["mentions"].select(from_="start", to="end", said="text"), sources["other"])
    content = part.content_spans.select("row", "item", "doc_id", "start", "end")
    content = content.join(sources.hstack(mentions), on="row", maintain_order="left_right")
    within = (pl.col("start") <= pl.col("from_")) & (pl.col("to") <= pl.col("end"))
    for row in content.filter(within).unique("row", keep="first", maintain_order=True).iter_rows(named=True):
        what = f"the source {excerpt(row['said'])} is inside the content"
        span = (row["doc_id"], row["from_"], row["to"])
        yield Hit("attributions", row["row"], ("source",), what, "take the mention beside the cue", span)


@part_rule("SB723", "cue-inside-content", "warning")
def cue_inside_content(part: Part) -> Iterator[Hit]:
    """The cue of an attribution overlaps its own content.

    Why: the cue introduces the content; no word is both.
    Example: corpus/2026-03/attributions.jsonl:1:69 the cue "said" overlaps the content
    Fix: correct the ends of the content, or split it into the spans around the cue.
    """
    cues = part["attributions"].with_row_index("row").select("row", "text", cue_start="start", cue_end="end")
    content = part.content_spans.join(cues, on="row", maintain_order="left")
    overlap = (pl.col("start") < pl.col("cue_end")) & (pl.col("cue_start") < pl.col("end"))
    for row in content.filter(overlap).unique("row", keep="first", maintain_order=True).iter_rows(named=True):
        what = f"the cue {excerpt(row['text_right'])} overlaps the content"
        yield Hit("attributions", row["row"], ("start",), what, "correct the ends of the content, or split it")


@part_rule("SB724", "speaker-unlikely", "warning")
def speaker_unlikely(part: Part) -> Iterator[Hit]:
    """The source of an attribution or the holder of a stance has a type that never speaks, such as a date or a place.

    Why: people, bodies, states and texts speak and take sides; usually the mention next to the right one was used.
    Example: corpus/2026-03/attributions.jsonl:1:56 the source "Tuesday" is DATE
    Fix: use the mention of the speaker, or correct the type of its entity.
    """
    speechless = part["entities"]["type"].is_in(part.scheme.speechless_types)
    for layer, column in (("attributions", "source"), ("stances", "holder")):
        named = part.references[layer, column].drop_nulls()
        entity = part.mentioned.gather(named["other"])
        named = named.with_columns(entity=entity).filter(speechless.gather(entity))
        if named.is_empty():
            continue
        mentions = part["mentions"].select("doc_id", from_="start", to="end", said="text")
        types = part["entities"].select(entity_type="type")
        named = named.hstack(rows_at(mentions, named["other"])).hstack(rows_at(types, named["entity"]))
        for row in named.iter_rows(named=True):
            what = f"the {column} {excerpt(row['said'])} is {row['entity_type']}"
            span = (row["doc_id"], row["from_"], row["to"])
            yield Hit(layer, row["row"], (column,), what, "take the mention of who speaks", span)


@part_rule("SB725", "stance-in-anothers-words", "warning", needs=("relations",))
def stance_in_anothers_words(part: Part) -> Iterator[Hit]:
    """The evidence of a stance is inside the words of somebody who neither speaks for the holder nor of the holder.

    The rule reports nothing if a relation, such as that of a leader or a member, lets one speak for the other,
    or if these words name the holder too. It speaks only of documents whose relations are done.

    Why: somebody's words show that person's position; only some people can speak for others.
    Example: corpus/2026-03/stances.jsonl:1:51 the evidence of "Milo J. Dănescu" is what "Zoé Halász" says
    Fix: correct the holder, or the source of the attribution, or the ends of its content.
    """
    stances = part.spans.filter(pl.col("layer") == "stances").select("row", "doc_id", "document", "start", "end")
    content = part.content_spans
    content = content.select("document", attribution="row", from_="start", to="end")
    around = stances.join(content, on="document").filter(
        pl.col("from_") <= pl.col("start"), pl.col("end") <= pl.col("to")
    )
    if around.is_empty():
        return
    holders = part.references["stances", "holder"].rename({"other": "holder"}).drop_nulls()
    sources = part.references["attributions", "source"].rename({"row": "attribution", "other": "source"}).drop_nulls()
    around = around.join(holders, on="row").join(sources, on="attribution")
    # Most holders speak for themselves.
    speakers = (part.mentioned.gather(around[mention]) for mention in ("holder", "source"))
    themselves = next(speakers) == next(speakers)
    around = around.filter(~pl.col("row").is_in(around["row"].filter(themselves).implode()))
    if around.is_empty():
        return
    mentions, entities = part["mentions"], part["entities"].select("entity_id", entity_name="name")
    holder, source = (rows_at(entities, part.mentioned.gather(around[mention])) for mention in ("holder", "source"))
    place = rows_at(mentions.select(holder_start="start", holder_end="end"), around["holder"])
    source = source.rename({"entity_id": "speaker", "entity_name": "speaker_name"})
    around = pl.concat([around, place, holder, source], how="horizontal").drop_nulls(["entity_id", "speaker"])
    around = around.join(_spokespeople(part), on=["doc_id", "speaker", "entity_id"], how="left")
    words = content.select("attribution", item_start="from_", item_end="to").unique()
    holds = (pl.col("item_start") <= pl.col("holder_start")) & (pl.col("holder_end") <= pl.col("item_end"))
    spoken_of = around.join(words, on="attribution").filter(holds).select("row", "attribution", of=pl.lit(value=True))
    around = around.join(spoken_of.unique(), on=["row", "attribution"], how="left")
    fits = pl.any_horizontal(pl.col("speaks_for", "of")).fill_null(value=False)
    fits |= pl.col("speaker") == pl.col("entity_id")
    others = around.filter(~fits.any().over("row")).sort("row", pl.col("to") - pl.col("from_"))
    for row in others.unique("row", keep="first", maintain_order=True).iter_rows(named=True):
        what = f"the evidence of {excerpt(row['entity_name'])} is what {excerpt(row['speaker_name'])} says"
        yield Hit("stances", row["row"], ("holder",), what, "correct the holder, or the source of the attribution")


def _distance(start: str, sentence: str) -> list[pl.Expr]:
    """How far a mention is from a relation's head: in its sentence, in front of it, behind it, then by length."""
    elsewhere = (pl.col(sentence) != pl.col("sentence")).cast(pl.Int8).fill_null(-1)
    return [elsewhere, pl.col(start) > pl.col("start"), (pl.col(start) - pl.col("start")).abs()]


def _with_loose_names(part: Part, covering: pl.DataFrame) -> set[int]:
    """The documents, by row, in which a name of these mentions occurs as a word outside all of them."""
    places = (covering[column].cast(pl.Int64).to_numpy() for column in ("document", "start", "end"))
    left = part.code_points.blanked(*places).texts
    of_types = (part.scheme.person_types, part.scheme.timed_types)
    people, timed = (pl.col("entity_type").is_in(types).fill_null(value=False) for types in of_types)
    names = covering.filter(~timed).select("document", "entity_type", name="text")
    words = names.filter(people).with_columns(pl.col("name").str.extract(_LAST_WORD))
    names = pl.concat([names, words.drop_nulls()]).select("document", "name").unique()
    names = names.with_columns(left=left.gather(names["document"]))
    loose = names.filter(pl.col("left").str.contains(pl.col("name"), literal=True))
    return {document for document, name, text in loose.iter_rows() if _stands(name, text)}


def _stands(name: str, text: str) -> bool:
    """Whether a name occurs in a text as a whole word."""
    start = text.find(name)
    while start >= 0:
        end = start + len(name)
        if not any(_LETTER.match(beside) for beside in (text[start - 1 : start], text[end : end + 1])):
            return True
        start = text.find(name, start + 1)
    return False


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    """Any of the names as a whole word, the longest first; a letter with a combining mark is one letter."""
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(rf"(?<!{_LETTER.pattern})(?:{'|'.join(map(re.escape, longest_first))})(?!{_LETTER.pattern})")


def _spokespeople(part: Part) -> pl.DataFrame:
    """Who may speak for whom, by the relations of the document: doc_id, speaker, entity_id, speaks_for (true)."""
    ends = part.relation_ends
    relations = ends.hstack(rows_at(part["relations"].select("doc_id", "type", "modality"), ends["row"]))
    speaking = pl.col("type").is_in(part.scheme.speaking_relations)
    ends = relations.filter(speaking, ~pl.col("modality").is_in(part.scheme.denials))
    ends = ends.select("doc_id", speaker="head_entity", entity_id="tail_entity", speaks_for=pl.lit(value=True))
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
