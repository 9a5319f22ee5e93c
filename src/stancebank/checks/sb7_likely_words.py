"""SB7xx: likely mistakes.

This module has those that pronouns, titles and verbs of saying give away, most of them in English.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from stancebank.checks.registry import Hit, part_rule
from stancebank.corpus.part import Part
from stancebank.faults import excerpt
from stancebank.schema.frames import rows_at
from stancebank.schema.layers import HEADING
from stancebank.text.code_points import CodePoints, Positions

_ENGLISH = pl.col("language").str.to_lowercase().str.contains("^en(?:-|$)")
# Pronouns for all there are, which go back to nobody that the text has named: English, German, Ukrainian, Arabic.
_ALL = (
    *("everybody", "everyone", "anybody", "anyone", "jeder", "jede", "alle"),
    *("усі", "всі", "кожен", "الجميع"),  # noqa: RUF001
)
_OFFICES = (
    r"(?i)^(?:['\u2019]s)? (?:former |acting |then |new |vice |deputy )?(?:president|premier|prime minister|chancellor"
    r"|king|queen|monarch|governor|mayor|leader|leadership|chair|chairman|chairwoman|speaker|secretary-general|senator"
    r"|deputy|deputies|lawmaker|councillor)s?$"
)
_GENDERS = {"he": ("he", "him", "his", "himself"), "she": ("she", "her", "hers", "herself")}
_SAYING_VERBS = (
    r"(?:said|says|wrote|writes|warned|warns|argued|argues|claimed|claims|insisted|insists|announced|ruled|concluded"
    r"|noted|believes?|believed|thinks|thought)"
)
_SAYING = rf"{_SAYING_VERBS}(?: (?:on )?[A-Z]\w+day)?"
_TELLING = r"(?:told|tells)(?: [\w.\u2019'-]+){1,3}"
_REPORTED = (
    r"said (?:he|she|they|it|we|I|there|the|an?|his|her|its|their|[A-Z][\w.\u2019'-]*)(?: [\w.\u2019'-]+){0,2}"
    r" (?:had|has|have|was|were|would|will|could|might)"
)
_ASKING = r"(?:urged|urges|called on|calls on)(?: [\w.\u2019'-]+){1,4} to"
_KNOWING = r"(?:knows?|knew|remembers?|remembered)"
_WHOM = r"(?:that|who|why|whether|(?:what|how|where) (?:he|she|they|we|I|it|the))"
_SUBJECT = r"(?:he|she|they|I|we|the [a-z]+|[A-Z][\w\u2019'-]+)"
# What introduces content: the words up to the cue, the cue, and what shows that content follows or went before.
_CUES = (
    rf"\b(?:(?:{_SAYING}|{_TELLING}) that|{_KNOWING} {_WHOM}|{_REPORTED}|{_ASKING}|[Aa]ccording to) \w+"
    rf"|, {_SUBJECT} (?:said|says|say|added|think|thinks|believe|{_TELLING})[,.]"
)
# With one of these words, or one that begins so, each of them begins behind its subject.
_CUE_WORDS = rf"{_SAYING_VERBS}|told|tells|{_KNOWING}|urged|urges|called|calls|[Aa]ccording|say|added|think|believe"
_NO_CLAUSE = (
    r" that (?:day|night|week|month|year|and|at|for|in|of|on|to|was|is)$"
    r"|^[Aa]ccording to (?:all|law|plan|schedule|those)$"
)
_UNSAID = r"(?i)(?:\b(?:not|never|nor)|n['\u2019]t) $"
_LETTERS = np.array([chr(byte).isascii() and chr(byte).isalpha() for byte in range(256)])
_NOBODY = r"(?i)\b(?:you|who|which) $"


@part_rule("SB714", "pronoun-alone", "warning", needs=("mentions",))
def pronoun_alone(part: Part) -> Iterator[Hit]:
    """An entity has only pronouns as mentions, in a document whose mentions are done.

    What a pronoun for all refers to, such as "everybody", is left, of whatever type: nothing has to name it.

    Why: a pronoun refers to something that the text names or describes; the link to it was missed.
    Example: corpus/2026-03/entities.jsonl:9:37 all mentions of "unnamed man" are pronouns
    Fix: link the pronouns to the entity they refer to; if the text has none, make an exception.
    """
    named = part.references["mentions", "entity_id"].drop_nulls("other")
    pronoun = part["mentions"]["level"].is_in(part.scheme.pronoun_levels).fill_null(value=False).gather(named["row"])
    not_alone = np.zeros(part["entities"].height, bool)
    not_alone[named["other"].filter(~pronoun).to_numpy()] = True
    alone = named.filter(~pl.Series(not_alone).gather(named["other"]))
    for_all = part["mentions"]["text"].gather(alone["row"]).str.to_lowercase().is_in(_ALL)
    not_alone[alone["other"].filter(for_all).to_numpy()] = True
    entities = alone["other"].filter(~pl.Series(not_alone).gather(alone["other"])).unique().sort()
    for row in rows_at(part["entities"].with_row_index("row"), entities).iter_rows(named=True):
        what = f"all mentions of {excerpt(row['name'])} are pronouns"
        yield Hit("entities", row["row"], ("entity_id",), what, "link the pronouns to what they refer to")


@part_rule("SB718", "title-without-relation", "warning", needs=("mentions", "relations"))
def title_without_relation(part: Part) -> Iterator[Hit]:
    """A title begins with the name of its state or body, and its sentence has no relation between the two.

    Only of English titles such as "Ruritanian president" and "Harvest Party leaders", in documents whose mentions and
    relations are done, and not in headings, which have no relations.

    Why: such a title states in each sentence whom somebody leads, represents or belongs to; one is easily missed.
    Example: corpus/2026-03/mentions.jsonl:2:86 nothing relates "Ruritanian Prime Minister" to "Ruritanian"
    Fix: add the relation that the title states.
    """
    people = part.scheme.person_types
    levels = pl.col("level").is_in((*part.scheme.name_levels, *part.scheme.pronoun_levels))
    titles = part.entity_mentions.filter(
        ~levels, pl.col("entity_type").is_in(people), pl.col("text").str.contains(" ", literal=True)
    )
    english = part["documents"].select(_ENGLISH).to_series()
    titles = titles.with_columns(document=part.document_rows["mentions"].gather(titles["row"]))
    titles = titles.filter(english.gather(titles["document"]))
    names = part.named_mentions.filter(pl.col("entity_type").is_in(_wholes(part)))
    names = names.select(
        "start",
        document=part.document_rows["mentions"].gather(names["row"]),
        whole="entity_id",
        whole_text="text",
        whole_end="end",
    )
    pairs = titles.join(names, on=["document", "start"], maintain_order="left")
    office = pl.col("text").str.slice((pl.col("whole_end") - pl.col("start")).clip(0))
    pairs = pairs.filter(pl.col("whole_end") < pl.col("end"), office.str.contains(_OFFICES))
    if pairs.is_empty():
        return
    sentences = part.placed_spans.filter(pl.col("layer") == "mentions").select("row", "sentence")
    pairs = pairs.join(sentences, on="row", maintain_order="left")
    kinds = part["sentences"].with_row_index("sentence").select("sentence", "kind")
    pairs = pairs.join(kinds, on="sentence", maintain_order="left").filter(pl.col("kind").ne_missing(HEADING))
    ends = part.relation_ends.select("head", "head_entity", "tail_entity")
    ends = ends.join(sentences, left_on="head", right_on="row")
    stated = pairs.join(
        ends,
        left_on=["sentence", "entity_id", "whole"],
        right_on=["sentence", "head_entity", "tail_entity"],
        how="anti",
        maintain_order="left",
    )
    for row in stated.unique("row", keep="first", maintain_order=True).iter_rows(named=True):
        what = f"nothing relates {excerpt(row['text'])} to {excerpt(row['whole_text'])}"
        yield Hit("mentions", row["row"], ("text",), what, "add the relation that the title states")


@part_rule("SB719", "pronoun-of-another", "warning")
def pronoun_of_another(part: Part) -> Iterator[Hit]:
    """An English "he" or "she" refers to no person, or to a person who is the other of the two elsewhere.

    Why: a text that gives a person "he" or "she" keeps to it; the pronoun was linked to the wrong person.
    Example: corpus/2026-03/mentions.jsonl:15:56 "He" refers to "Zoé Halász", who is "she" before
    Fix: link the pronoun to the one that it refers to.
    """
    documents = part["documents"].filter(_ENGLISH)
    people = part.scheme.person_types
    if not people:
        return
    pronouns = part.entity_mentions.filter(pl.col("level").is_in(part.scheme.pronoun_levels))
    pronouns = pronouns.join(documents, on="doc_id", how="semi", maintain_order="left").drop_nulls("entity_type")
    words = {word: gender for gender, forms in _GENDERS.items() for word in forms}
    gender = pl.col("text").str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.String)
    pronouns = pronouns.with_columns(gender=gender).drop_nulls("gender")
    if pronouns.is_empty():
        return
    pronouns = pronouns.with_columns(first=pl.col("gender").sort_by("start").first().over("doc_id", "entity_id"))
    person = pl.col("entity_type").is_in(people)
    for row in pronouns.filter(~person | (pl.col("gender") != pl.col("first"))).iter_rows(named=True):
        is_person = row["entity_type"] in people
        other = f'who is "{row["first"]}" before' if is_person else f"which is {row['entity_type']}"
        what = f"{excerpt(row['text'])} refers to {excerpt(row['entity_name'])}, {other}"
        yield Hit("mentions", row["row"], ("entity_id",), what, "link it to the one that it refers to")


@part_rule("SB726", "cue-without-attribution", "warning", needs=("attributions",))
def cue_without_attribution(part: Part) -> Iterator[Hit]:
    """Words such as "said that", "told us that", "knows that" or ", he said," are the cue of no attribution.

    Only in English sentences of documents whose attributions are done, not in headings, and not of what was not said.

    Why: such words say who says, thinks or knows what follows; an attribution was missed, mostly inside another.
    Example: corpus/2026-03/sentences.jsonl:1:39 no attribution has the cue in "said Tuesday that Ruritania"
    Fix: add the attribution.
    """
    english = part["documents"].select(_ENGLISH).to_series().gather(part.document_rows["sentences"])
    sentences = part["sentences"].with_row_index("row").with_columns(document=part.document_rows["sentences"])
    sentences = sentences.filter(english, pl.col("kind").ne_missing(HEADING))
    # Most have no such words but in the cue of an attribution. One that starts before its text has them elsewhere.
    left = _without_cues(part).read(*_places_inside(part, sentences))
    sentences = sentences.filter(left.str.contains(_CUE_WORDS) | (sentences["start"] < 0))
    if sentences.is_empty():
        return
    reads = part.code_points.read(*_places_inside(part, sentences))
    # Cues hold no control characters: they are set between NULs. The pieces follow one another: lengths give places.
    marked = reads.str.replace_all("\0", "\1", literal=True).str.replace_all(_CUES, "\0$0\0")
    pieces = sentences.select("row", "doc_id", "start", words=marked.str.split("\0")).explode("words")
    pieces = pieces.with_columns(
        to=pl.col("start") + pl.col("words").str.len_chars().cum_sum().over("row"),
        before=pl.col("words").shift(),
        is_cue=pl.int_range(pl.len()).over("row") % 2 == 1,
    ).filter("is_cue")
    if pieces.is_empty():
        return
    lead = pl.col("words").str.extract(rf"^(, {_SUBJECT} )").str.len_chars().fill_null(0)
    words_from = pl.col("to") - pl.col("words").str.len_chars()
    pieces = pieces.with_columns(cue=words_from + lead, from_=words_from).filter(
        ~pl.col("words").str.contains(_NO_CLAUSE),
        ~pl.col("before").str.contains(_NOBODY),
        pl.col("words").str.contains(f"^{_KNOWING}") | ~pl.col("before").str.contains(_UNSAID),
    )
    cues = part["attributions"].select("doc_id", cue="start", cue_end="end", taken="start").sort("cue")
    near = pieces.sort("cue").join_asof(cues, on="cue", by="doc_id", check_sortedness=False)
    missing = near.filter((pl.col("cue_end") <= pl.col("cue")).fill_null(value=True))
    for row in missing.sort("row", "cue").iter_rows(named=True):
        what = f"no attribution has the cue in {excerpt(row['words'].strip(', .'))}"
        span = (row["doc_id"], row["from_"], row["to"])
        yield Hit("sentences", row["row"], ("sentence_id",), what, "add the attribution", span)


def _places_inside(part: Part, sentences: pl.DataFrame) -> tuple[Positions, Positions, Positions]:
    """The documents, starts and ends of sentences, as far as they are inside their texts."""
    document = sentences["document"].cast(pl.Int64).to_numpy()
    length = part.code_points.lengths[document]
    start, end = (np.clip(sentences[name].to_numpy(), 0, length) for name in ("start", "end"))
    return document, start, np.maximum(start, end)


def _without_cues(part: Part) -> CodePoints:
    """The texts with NULs instead of the cues of attributions, but for those that may start inside a word.

    Of two that overlap, the earlier one ends where the later one starts.
    """
    cues = part["attributions"].select("start", "end", document=part.document_rows["attributions"]).drop_nulls()
    cues = cues.sort("document", "start", "end", descending=[False, False, True])
    following = pl.when(pl.col("document") == pl.col("document").shift(-1)).then(pl.col("start").shift(-1))
    cues = cues.with_columns(end=pl.min_horizontal("end", following))
    document, start, end = (cues[name].cast(pl.Int64).to_numpy() for name in ("document", "start", "end"))
    blanked = (start > 0) & (start < part.code_points.lengths[document])
    before, _ = part.code_points.beside(document[blanked], start[blanked])
    blanked[blanked] = ~_LETTERS[before]
    return part.code_points.blanked(document[blanked], start[blanked], end[blanked])


def _wholes(part: Part) -> list[str]:
    """The entity types that somebody may speak for, without persons."""
    speaking = [label for label in part.scheme.relation_types if label.speaks_for]
    of_all = part.scheme.names("entity_types")
    types = {name for label in speaking for name in (of_all if label.range is None else label.range)}
    return [name for name in of_all if name in types and name not in part.scheme.person_types]
