"""A made-up document with what makes offsets go wrong, small enough to oversee."""

from __future__ import annotations

from stancebank.text.sentences import sentences as sentences_of

from .exports import Layers, Record, plain_document, span

FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"  # one picture, seven code points
SWISS = "\U0001f1e8\U0001f1ed"  # one flag, two code points
HEBREW = "\u05de\u05e8\u05d9\u05dd \u05db\u05d4\u05df"  # Miriam Cohen, from right to left

TALKS = f"""\
{FAMILY} Talks in Geneva {SWISS} on Monday

Miriam Cohen ({HEBREW}) of the \U0001f600 Delta Group said Kyiv must get aid. \
"We support Kyiv," Cohen told the Alpine press \U0001f389\U0001f389.

The United Council backs the plan. Cohen met the Council in Geneva."""


def talks(doc_id: str) -> Layers:
    """TALKS with every kind of annotation, some in each other and some at one place."""
    own = {"doc_id": doc_id}

    def entity(id: str, type: str, name: str, wikidata: str | None = None, value: str | None = None) -> Record:
        return own | {"entity_id": id, "type": type, "name": name, "wikidata": wikidata, "value": value, "actor": None}

    def mention(id: str, entity: str, words: str, nth: int = 1, level: str = "NAM") -> Record:
        return own | {"mention_id": id, "entity_id": entity, **span(TALKS, words, nth), "level": level}

    def relation(id: str, type: str, head: str, tail: str, modality: str = "asserted") -> Record:
        return own | {"relation_id": id, "type": type, "head": head, "tail": tail, "modality": modality}

    def attribution(id: str, source: str | None, cue: str, kind: str, *content: str) -> Record:
        spans = [span(TALKS, words) for words in content]
        return own | {"attribution_id": id, "source": source, **span(TALKS, cue), "content": spans, "kind": kind}

    def stance(
        id: str, holder: str | None, target: str, label: str, basis: str, words: str, expression: str | None = None
    ) -> Record:
        labels = {"label": label, "basis": basis, "commitment": "unconditional"}
        held = {"stance_id": id, "holder": holder, "target": target, **labels, **span(TALKS, words)}
        return own | held | {"expression": expression}

    sentences = [
        own
        | {"sentence_id": f"n{number}", "start": found.start, "end": found.end}
        | {"paragraph": found.paragraph, "kind": None}
        for number, found in enumerate(sentences_of(TALKS, "en"), 1)
    ]
    return plain_document(doc_id, TALKS) | {
        "sentences": sentences,
        "entities": [
            entity("e1", "PERSON", "Miriam Cohen", "Q42"),
            entity("e2", "ORG", "Delta Group"),
            entity("e3", "GPE", "Kyiv", "Q1899"),
            entity("e4", "GPE", "Geneva", "Q71"),
            entity("e5", "DATE", "Monday", value="2025-02-17"),
            entity("e6", "ORG", "United Council"),
            entity("e7", "ORG", "the Alpine press"),
            entity("e8", "LOC", "Alps"),
        ],
        "mentions": [
            mention("m1", "e4", "Geneva"),
            mention("m2", "e5", "Monday"),
            mention("m3", "e1", "Miriam Cohen"),
            mention("m4", "e1", HEBREW),
            mention("m5", "e2", "Delta Group"),
            mention("m6", "e3", "Kyiv"),
            mention("m7", "e3", "Kyiv", 2),
            mention("m8", "e1", "Cohen", 2),
            mention("m9", "e7", "Alpine press", level="NOM"),
            mention("m10", "e8", "Alpine"),
            mention("m11", "e6", "United Council"),
            mention("m12", "e1", "Cohen", 3),
            mention("m13", "e6", "Council", 2),
        ],
        "relations": [
            relation("r1", "located_in", "m9", "m10"),
            relation("r2", "support", "m8", "m7"),
            relation("r3", "aid", "m8", "m7", "possible"),
        ],
        "attributions": [
            attribution("a1", "m3", "said", "indirect", "Kyiv must get aid"),
            attribution("a2", "m8", "told", "direct", "We support Kyiv"),
        ],
        "stances": [
            stance("s1", "m8", "t1", "favor", "direct_quote", "We support Kyiv", "expressed"),
            stance("s2", "m11", "t2", "favor", "action", "backs the plan"),
            stance("s3", None, "t2", "neutral", "narration", "backs the plan"),
        ],
    }
