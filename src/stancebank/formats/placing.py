"""From a foreign document to records of our layers, in the order in which they need each other."""

from __future__ import annotations

from collections.abc import Sequence

from stancebank.corpus.corpus import Corpus
from stancebank.formats.desk import NO_PLACE, REFUSE, Desk, Placed
from stancebank.formats.foreign_document import ForeignDocument, Span
from stancebank.formats.label_map import LabelMap
from stancebank.formats.mention_placing import Mentions
from stancebank.formats.record_placing import place_hubs, place_relations
from stancebank.formats.sentence_fitting import SentenceFit


def place(
    document: ForeignDocument,
    spans: Sequence[Span],
    doc_id: str,
    text: str,
    sentences: SentenceFit,
    corpus: Corpus,
    labels: LabelMap,
    discontinuous: str = REFUSE,
) -> Placed:
    """The records of a document by layer, and what became of each of its items.

    spans: its spans with offsets in code points of the text. sentences: of the text, which may be merged.
    discontinuous: refuse, cover or first. Problems are told; whether they refuse the document the caller decides.
    """
    desk = Desk(corpus, labels, doc_id, text, sentences, spans, document.attributes, discontinuous)
    desk.tidy()
    mentions = Mentions(desk, document.clusters, document.links)
    place_relations(desk, document.links, mentions)
    place_hubs(desk, document.links, document.events, mentions)
    desk.ledger.leave("notes", NO_PLACE, len(document.notes))
    for (kind, why), count in document.left_out.items():
        desk.ledger.leave(kind, why, count)
    desk.ledger.notices += document.notices
    return desk.close()
