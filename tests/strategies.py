"""Hypothesis strategies: small sound corpora with nested spans and text from many scripts, and unsound ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import strategies as st

from conftest import PROJECT
from stancebank import seeds
from stancebank.annotators import Annotators
from stancebank.corpus import Corpus, Part
from stancebank.corpus_settings import CorpusSettings
from stancebank.frames import polars_schema, row_order
from stancebank.layers import PART_LAYERS, TARGETS, Column, ListOf
from stancebank.scheme import read_scheme
from stancebank.seeds import Register, Rights, Seed, Seeds

Record = dict[str, Any]

# Astral letters and emoji, a joined family, combining marks, right-to-left, no-break and wide characters.
WORDS = (
    *(
        "Kyiv",
        "said",
        "talks",
        "U.S.",
        "leaders'",
        "three-year",
        "e\u0301te\u0301",
        "Ångström",
        "\u05e9\u05dc\u05d5\u05dd",
    ),
    *(
        "\u0633\u0644\u0627\u0645",
        "\U0001f600\U0001f600",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "\U0001d518n",
        "\u6f22\u5b57",
    ),
)
SCHEME, _ = read_scheme(PROJECT)
assert SCHEME is not None


@st.composite
def documents(draw: st.DrawFn, doc_id: str) -> dict[str, list[Record]]:
    """One annotated document as records by layer; without errors, though with mistakes that are likely ones."""
    sentences, words, text = [], [], ""
    paragraph = 0
    for number in range(1, draw(st.integers(1, 4)) + 1):
        gap = draw(st.sampled_from(["", " ", "\n\n"])) if text else ""
        text, paragraph = text + gap, paragraph + (gap == "\n\n")
        start = len(text)
        spans = []
        for word in draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9)):
            text += " " if spans else ""
            spans.append((len(text), len(text) + len(word)))
            text += word
        sentences.append(
            {"doc_id": doc_id, "sentence_id": f"n{number}", "start": start, "end": len(text), "paragraph": paragraph}
        )
        words.append(spans)

    def span() -> Record:
        sentence = draw(st.sampled_from(words))
        first = draw(st.integers(0, len(sentence) - 1))
        last = draw(st.integers(first, len(sentence) - 1))
        start, end = sentence[first][0], sentence[last][1]
        return {"start": start, "end": end, "text": text[start:end]}

    def label(vocabulary: str) -> str:
        return draw(st.sampled_from(SCHEME.names(vocabulary)))

    mentions: list[Record] = []
    for _ in range(draw(st.integers(0, 8))):
        new = {"doc_id": doc_id, "entity_id": f"e{draw(st.integers(1, 4))}", **span(), "level": label("mention_levels")}
        crosses = any(a["start"] < b["start"] < a["end"] < b["end"] for m in mentions for a, b in ((m, new), (new, m)))
        same = any(
            (m["start"], m["end"], m["entity_id"]) == (new["start"], new["end"], new["entity_id"]) for m in mentions
        )
        if not crosses and not same:
            mentions.append(new | {"mention_id": f"m{len(mentions) + 1}"})
    entities = []
    for entity_id in sorted({m["entity_id"] for m in mentions}):
        kind = label("entity_types")
        value = "2025-W07" if kind == "DATE" else None
        entities.append(
            {
                "doc_id": doc_id,
                "entity_id": entity_id,
                "type": kind,
                "name": f"name of {entity_id}",
                "wikidata": None,
                "value": value,
            }
        )
    types = {e["entity_id"]: e["type"] for e in entities}
    own = {m["mention_id"]: m for m in mentions}
    relations: list[Record] = []
    for head in own.values():
        for tail in own.values():
            fitting = [
                r.name
                for r in SCHEME.relation_types
                if types[head["entity_id"]] in r.domain and types[tail["entity_id"]] in r.range and not r.symmetric
            ]
            if head["entity_id"] == tail["entity_id"] or not fitting or not draw(st.booleans()):
                continue
            new = {
                "doc_id": doc_id,
                "type": draw(st.sampled_from(fitting)),
                "head": head["mention_id"],
                "tail": tail["mention_id"],
                "modality": label("modalities"),
            }
            key = (new["type"], head["entity_id"], tail["entity_id"], new["modality"])
            if key not in [
                (r["type"], own[r["head"]]["entity_id"], own[r["tail"]]["entity_id"], r["modality"]) for r in relations
            ]:
                relations.append(new | {"relation_id": f"r{len(relations) + 1}"})
    holder = st.sampled_from([None, *own])
    attributions, seen = [], set()
    for number in range(1, draw(st.integers(0, 4)) + 1):
        cue, source = span(), draw(holder)
        if (cue["start"], cue["end"], source) not in seen:
            seen.add((cue["start"], cue["end"], source))
            sentence = draw(st.sampled_from(sentences))
            whole = {
                "start": sentence["start"],
                "end": sentence["end"],
                "text": text[sentence["start"] : sentence["end"]],
            }
            content = [draw(st.sampled_from([whole, span()]))]
            attributions.append(
                {
                    "doc_id": doc_id,
                    "attribution_id": f"a{number}",
                    "source": source,
                    **cue,
                    "content": content,
                    "kind": label("attribution_kinds"),
                }
            )
    stances, seen = [], set()
    for number in range(1, draw(st.integers(0, 4)) + 1):
        evidence, who, target = span(), draw(holder), draw(st.sampled_from(["t1", "t2"]))
        if (evidence["start"], evidence["end"], who, target) not in seen:
            seen.add((evidence["start"], evidence["end"], who, target))
            labels = {
                "label": label("stance_labels"),
                "basis": label("stance_bases"),
                "commitment": label("commitments"),
            }
            held = {"doc_id": doc_id, "stance_id": f"s{number}", "holder": who, "target": target, **labels, **evidence}
            expression = draw(st.sampled_from([None, *SCHEME.names("stance_expressions")]))
            stances.append(held | {"expression": expression})
    newline, header = draw(st.sampled_from(["lf", "crlf"])), draw(st.sampled_from(["", " date 2025-03-01 ", "\ufeff"]))
    newline = newline if "\n" in text else "lf"
    document = {
        "doc_id": doc_id,
        "date": "2025-03-01",
        "title": None,
        "language": "en",
        "text": text,
        "text_sha256": seeds.sha256(text.encode()),
        "seed": f"{doc_id}.txt",
        "seed_sha256": seeds.sha256(seeds.seed_bytes(header, text, newline)),
        "header": header,
        "newline": newline,
        "recipe": seeds.RECIPE,
        "rights": "unknown",
    }
    return {
        "documents": [document],
        "sentences": sentences,
        "entities": entities,
        "mentions": mentions,
        "relations": relations,
        "attributions": attributions,
        "stances": stances,
    }


RIGHTS = Rights(statement="Made up.", redistribution=True)


@st.composite
def parts(draw: st.DrawFn) -> Part:
    """A sound part of one to three documents, in memory, with a corpus around it."""
    found = [draw(documents(doc_id)) for doc_id in draw(st.sampled_from([["a"], ["a", "b"], ["a", "b", "c"]]))]
    frames = {}
    for name, layer in PART_LAYERS.items():
        rows = [record for document in found for record in document[name]]
        frames[name] = pl.DataFrame(rows, schema=polars_schema(layer.columns)).sort(
            row_order(layer), maintain_order=True
        )
    targets = [
        {"target_id": t, "proposition": f"Proposition {t}.", "wikidata": None, "note": None} for t in ("t1", "t2")
    ]
    register = [
        Seed(
            file=row["seed"],
            sha256=row["seed_sha256"],
            date=row["date"],
            language="en",
            origin="made up",
            rights="unknown",
        )
        for row in frames["documents"].iter_rows(named=True)
    ]
    corpus = Corpus(
        root=Path("nowhere"),
        settings=CorpusSettings(
            name="made-up",
            title="Made up",
            description="Made up.",
            version="0.1.0",
            annotation_license="none",
            splits={"train": ["*"]},
        ),
        scheme=SCHEME,
        seeds=Seeds.of(Register(rights={"unknown": RIGHTS}, seeds=tuple(register))),
        targets=pl.DataFrame(targets, schema=polars_schema(TARGETS.columns)),
        register=Annotators(),
        faults=(),
    )
    return Part("2025-03", corpus, frames, ())


# Values by column for parts that nobody has checked: few enough to meet, odd enough to hurt.
_TEXTS = (
    *("", " ", "\n", "a", "the Hague", "Kyiv", "Kyiv, ", " Kyiv's", "A.C. (Milan)", "*", "\\", "[a", "U.S.", "Sunday"),
    *('"', '"Yes, we can" said Kyiv', "\u201cleft open", "Caf", "Cafe\u0301s", "\U0001d518n", "\u6f22\u5b57"),
)
_OFFSETS = st.one_of(st.integers(-2, 24), st.sampled_from([-(2**63), 2**31, 2**63 - 1]))
_ODD = {
    "doc_id": ("a", "b", "nowhere", ""),
    "date": ("2025-02-17", "0001-01-01", "9999-12-31", "2025-2-17", "2025-02-30", "+2025-02-17", ""),
    "language": ("en", "en-GB", "EN", "de", ""),
    "newline": ("lf", "crlf"),
    "type": ("PERSON", "GPE", "DATE", "EVENT", "leads", "allied_with", "member_of", "?"),
    "level": ("NAM", "NOM", "PRO", "?"),
    "modality": ("asserted", "negated", "?"),
    "kind": ("direct", "indirect", "mixed", "?"),
    "basis": ("direct_quote", "narration", "?"),
    "wikidata": ("Q1", "Q2", ""),
    "value": ("2025-02-16", "2025-W07", "P3Y", "PAST_REF", "last week", ""),
}
_IDS = ("e1", "m1", "m2", "t1", "")


def _odd(column: Column) -> st.SearchStrategy[Any]:
    """Any value that the column's kind holds, sound or not."""
    if isinstance(column.kind, ListOf):
        span = st.fixed_dictionaries({"start": _OFFSETS, "end": _OFFSETS, "text": st.sampled_from(_TEXTS)})
        return st.lists(span, max_size=3)
    named = column.name.endswith("_id") or column.refers_to
    values = st.sampled_from(_ODD.get(column.name, _IDS if named else _TEXTS))
    if column.kind == "integer":
        values = _OFFSETS
    return st.none() | values if column.nullable else values


@st.composite
def unsound_parts(draw: st.DrawFn) -> Part:
    """A part that nobody has checked: rows lost, repeated and in any order, and one value in some of them odd."""
    sound = draw(parts())
    frames = {}
    for name, layer in PART_LAYERS.items():
        rows = sound[name].to_dicts()
        if rows and draw(st.booleans()):
            rows = draw(st.lists(st.sampled_from(rows), max_size=6))
        for index, row in enumerate(rows):
            if draw(st.integers(0, 2)) == 0:
                column = draw(st.sampled_from(layer.columns))
                rows[index] = row | {column.name: draw(_odd(column))}
        frames[name] = pl.DataFrame(rows, schema=polars_schema(layer.columns))
    return replace(sound, frames=frames)


def records(part: Part, layer: str) -> list[Record]:
    """The rows of a layer as plain Python, for oracles."""
    return part[layer].to_dicts()
