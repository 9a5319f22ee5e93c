"""Hypothesis strategies: small sound corpora with nested spans and text from many scripts, and unsound ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import strategies as st

from conftest import PROJECT
from stancebank.corpus import seeds
from stancebank.corpus.annotators import Annotators
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.part import Part
from stancebank.corpus.seeds import Rights, Seed, SeedList, Seeds
from stancebank.corpus.settings import CorpusSettings
from stancebank.schema.column import Column, ListOf
from stancebank.schema.frames import polars_schema, row_order
from stancebank.schema.layers import ANNOTATED, DONE, PART_LAYERS, SENTENCE_KINDS, SHARED_LAYERS, STATES
from stancebank.schema.scheme_reading import read_scheme
from stancebank.storage.files import sha256

Record = dict[str, Any]

TARGETS = [{"target_id": t, "proposition": f"Proposition {t}.", "wikidata": None, "note": None} for t in ("t1", "t2")]
_UNKNOWN = dict.fromkeys(("party", "office", "country", "note"))
ACTORS: list[Record] = [
    {"actor_id": "a-1", "name": "Actor of any type", "type": None, "wikidata": None, **_UNKNOWN},
    {"actor_id": "a-2", "name": "Person", "type": "PERSON", "wikidata": "Q2", **_UNKNOWN, "party": "A party"},
]
SHARED = {
    name: pl.DataFrame(rows, schema=polars_schema(SHARED_LAYERS[name].columns))
    for name, rows in (("targets", TARGETS), ("actors", ACTORS))
}

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
def documents(draw: st.DrawFn, doc_id: str, *, undecided: bool = False) -> dict[str, list[Record]]:
    """One annotated document as records by layer; without errors, though with mistakes that are likely ones.

    undecided: whether labels may be null, and the date where the seed has none.
    """
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
            | {"kind": draw(st.sampled_from([None, *SENTENCE_KINDS]))}
        )
        words.append(spans)

    def span() -> Record:
        sentence = draw(st.sampled_from(words))
        first = draw(st.integers(0, len(sentence) - 1))
        last = draw(st.integers(first, len(sentence) - 1))
        start, end = sentence[first][0], sentence[last][1]
        return {"start": start, "end": end, "text": text[start:end]}

    def label(vocabulary: str) -> str | None:
        return draw(st.sampled_from([*SCHEME.names(vocabulary), *([None] * 3 if undecided else [])]))

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
        value = draw(st.sampled_from([None, "2025-W07"])) if kind is None else value
        entities.append(
            {
                "doc_id": doc_id,
                "entity_id": entity_id,
                "type": kind,
                "name": f"name of {entity_id}",
                "wikidata": None,
                "value": value,
                "actor": draw(st.sampled_from([None, *(a["actor_id"] for a in ACTORS if a["type"] in (None, kind))])),
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
                if types[head["entity_id"]] in (None, *r.domain)
                and types[tail["entity_id"]] in (None, *r.range)
                and not r.symmetric
            ]
            if head["entity_id"] == tail["entity_id"] or not fitting or not draw(st.booleans()):
                continue
            new = {
                "doc_id": doc_id,
                "type": draw(st.sampled_from([*fitting, *([None] if undecided else [])])),
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
        "date": None if undecided and "date" not in header and draw(st.booleans()) else "2025-03-01",
        "title": None,
        "language": "en",
        "text": text,
        "text_sha256": sha256(text.encode()),
        "seed": f"{doc_id}.txt",
        "seed_sha256": sha256(seeds.seed_bytes(header, text, newline)),
        "header": header,
        "newline": newline,
        "recipe": seeds.RECIPE,
        "rights": "unknown",
        "url": draw(st.sampled_from([None, "https://example.org/a?b=c"])),
        "outlet": draw(st.sampled_from([None, "The Strelsau Courier"])),
        "authors": draw(st.sampled_from([[], ["Mara Vell"], ["Mara Vell", "J. Strom"]])),
    }
    return {
        "documents": [document],
        "sentences": sentences,
        "entities": entities,
        "mentions": mentions,
        "relations": relations,
        "attributions": attributions,
        "stances": stances,
        "progress": done_in_all(doc_id),
    }


def done_in_all(doc_id: str) -> list[Record]:
    """The progress of a document that is done in all layers."""
    unknown = dict.fromkeys(("annotator", "date", "made_from", "remark"))
    return [{"doc_id": doc_id, "layer": layer, "state": DONE, **unknown} for layer in sorted(ANNOTATED)]


@st.composite
def begun(draw: st.DrawFn) -> Part:
    """A sound part of which some layers of some documents are done, open, skipped or not begun."""
    part = draw(parts())
    rows = part["progress"]
    drawn = [draw(st.sampled_from(STATES)) for _ in range(rows.height)]
    rows = rows.with_columns(state=pl.Series(drawn, dtype=pl.String))
    there = pl.Series([draw(st.booleans()) for _ in range(rows.height)], dtype=pl.Boolean)
    return replace(part, frames={**part.frames, "progress": rows.filter(there)})


RIGHTS = Rights(statement="Made up.", redistribution=True)


@st.composite
def parts(draw: st.DrawFn, *, undecided: bool = False) -> Part:
    """A sound part of one to three documents, in memory, with a corpus around it; undecided: as for documents."""
    ids = draw(st.sampled_from([["a"], ["a", "b"], ["a", "b", "c"]]))
    found = [draw(documents(doc_id, undecided=undecided)) for doc_id in ids]
    frames = {}
    for name, layer in PART_LAYERS.items():
        rows = [record for document in found for record in document[name]]
        frames[name] = pl.DataFrame(rows, schema=polars_schema(layer.columns)).sort(
            row_order(layer), maintain_order=True
        )
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
        seeds=Seeds.of(SeedList(rights={"unknown": RIGHTS}, seeds=tuple(register))),
        shared=SHARED,
        register=Annotators(),
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
    "layer": (*ANNOTATED, "targets", ""),
    "state": (*STATES, "?"),
    "annotator": ("ann", ""),
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
