"""Whatever a foreign document holds is held or counted as left out, and what is held breaks no rule."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import PROJECT, examples
from stancebank.checks.validation import check_corpus
from stancebank.corpus.corpus import read_corpus
from stancebank.corpus.new_documents import Defaults
from stancebank.formats.foreign_document import (
    KINDS,
    Attribute,
    Cluster,
    Event,
    ForeignDocument,
    Link,
    Note,
    Span,
)
from stancebank.formats.foreign_import import Choices, ForeignImport
from stancebank.formats.import_files import import_files
from stancebank.formats.label_map import FoundLabels, settled_map
from stancebank.pages.new_corpus import make_corpus
from stancebank.schema.paths import SCHEME_FILE
from stancebank.storage.files import write_files
from strategies import WORDS

SPANS = ("PERSON", "GPE", "DATE", "EVENT", "Mention", "Source", "Cue", "Cue", "Content", "Content", "Stance")
LINKS = ("leads", "allied_with", "located_in", "Relation", "Source", "Content", "Holder", "Coreference")
VALUES: dict[str, tuple[Any, ...]] = {
    "level": ("NAM", "PRO", "?", 1),
    "kind": ("direct", "?"),
    "label": ("favor", "against", "?"),
    "target": ("t1", "t2", ""),
    "proposition": ("It is so.",),
    "modality": ("asserted", True),
    "wikidata": ("Q1", "none"),
    "value": ("2025", "P1D"),
    "actor": ("nobody",),
}


@st.composite
def foreign(draw: st.DrawFn, id: str) -> ForeignDocument:
    """A document of any format: spans anywhere, also of blanks, with gaps and across sentences; links to anything."""
    text = draw(st.sampled_from(["", "\ufeff"])) + draw(
        st.lists(st.sampled_from([*WORDS, ". ", "\n", "\n\n", ".\n\n", '"']), min_size=3, max_size=25).map(" ".join)
    )
    text += " end."
    document = ForeignDocument(id, id, id, text, unit="code-points")
    document.text = text.removeprefix("\ufeff")  # nothing is repeated, so that offsets with it could not be told
    places = st.integers(0, len(document.text))
    place = st.tuples(places, places).map(lambda pair: (min(pair), max(pair)))
    for number in range(draw(st.integers(0, 9))):
        fragments = tuple(draw(st.lists(place, min_size=1, max_size=2)))
        document.spans.append(Span(f"T{number}", draw(st.sampled_from(SPANS)), fragments))
    named = st.sampled_from([*(span.id for span in document.spans), *(span.id for span in document.spans), "X"])
    for number in range(draw(st.integers(0, 5))):
        document.links.append(Link(f"R{number}", draw(st.sampled_from(LINKS)), draw(named), draw(named)))
    roles = st.tuples(st.sampled_from(["Source", "Content", "Content", "Holder", "leads"]), named)
    for number in range(draw(st.integers(0, 4))):
        document.events.append(Event(f"E{number}", draw(named), tuple(draw(st.lists(roles, max_size=3)))))
    for number in range(draw(st.integers(0, 2))):
        document.clusters.append(Cluster(f"c{number}", tuple(draw(st.lists(named, max_size=3)))))
    items = [*document.spans, *document.links, *document.events, *document.clusters]
    for _ in range(draw(st.integers(0, 6)) if items else 0):
        name = draw(st.sampled_from([*VALUES]))
        target = draw(st.sampled_from(items)).id
        document.attributes.append(Attribute(target, name, draw(st.sampled_from(VALUES[name]))))
    document.notes += [Note("", "A doubt.")] * draw(st.integers(0, 1))
    return document


@settings(max_examples=examples(60))
@given(documents=st.tuples(foreign("a"), foreign("b")), discontinuous=st.sampled_from(["refuse", "cover", "first"]))
def test_all_is_held_or_left_out_and_nothing_held_is_wrong(
    documents: tuple[ForeignDocument, ...], discontinuous: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "corpus"
        make_corpus(root, PROJECT / SCHEME_FILE)
        corpus = read_corpus(root).sound()
        found = FoundLabels()
        for document in documents:
            found.count(document)
        labels, missing = settled_map(found, corpus.scheme, None, add=False)
        assert missing == []
        defaults = Defaults(part="p", language="en")
        choices = Choices(defaults=defaults, discontinuous=discontinuous, skip_refused=True)
        work = ForeignImport(corpus, labels, "made-up", choices)
        for document in documents:
            work.take(document)
        accepted = work.accepted()
        ledger = work.ledger(accepted)
        given_items = Counter[str]()
        for document in documents:
            given_items.update(dict(document.counts()))
        for kind in KINDS:
            assert ledger.counts.get(kind, (0, 0, 0))[0] == given_items[kind], kind
        assert all(count[0] == count[1] + count[2] for count in ledger.counts.values())
        if accepted:
            write_files(root, import_files(work, accepted, "2026-03-01"))
            findings = check_corpus(read_corpus(root))
            errors = [(each.rule, each.file, each.line, each.what) for each in findings if each.severity == "error"]
            assert errors == [], errors
