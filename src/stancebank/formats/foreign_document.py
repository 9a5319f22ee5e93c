"""A document of a foreign format: its text and what annotates it, with the format's own ids and labels.

Readers of formats give it and writers take it; they know nothing of layers. Placing makes records of it and knows
nothing of formats.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Fragment = tuple[int, int]
"""Start and end, half open: in units of the file as it is read, in code points of our text once they are settled."""


class Span(NamedTuple):
    """Words of the text under a label.

    An id with a slash is the model's own and no format keeps it. fragments: in the order of reading. quoted: the words
    as the file repeats them; None where it does not. where: file and line.
    """

    id: str
    label: str
    fragments: tuple[Fragment, ...]
    quoted: str | None = None
    where: str = ""


class Link(NamedTuple):
    """A directed link between two spans, by their ids."""

    id: str
    label: str
    head: str
    tail: str
    where: str = ""


class Event(NamedTuple):
    """A span, the trigger, with what takes part in it: pairs of a role and the id of a span."""

    id: str
    trigger: str
    arguments: tuple[tuple[str, str], ...]
    where: str = ""


class Cluster(NamedTuple):
    """Spans, by id, that mean the same thing."""

    id: str
    members: tuple[str, ...]
    where: str = ""


class Attribute(NamedTuple):
    """A named value of a span, link, event or cluster, by the id of that."""

    target: str
    name: str
    value: Any
    where: str = ""


class Note(NamedTuple):
    """Free words of an annotator on something, by its id."""

    target: str
    text: str
    where: str = ""


NO_LABEL = "Mention"
"""The label of a span for which the format has none."""
KINDS = ("spans", "links", "events", "clusters", "attributes", "notes")
"""What a document may hold, as the ledger counts it."""


@dataclass(slots=True)
class ForeignDocument:
    """A document of a foreign format.

    id: the document's. place: what messages call it. file: what it is from; several documents may be from one.
    text: as the file has it, with a byte-order mark and CR where they are. annotator: who made it, where the
    format tells. language: BCP 47, where it tells. made_text: whether the text was made from tokens. tokens: of each
    sentence, where the format to be written needs them. sentences: where the format gives them, in code points of the
    text. unit: of the offsets, where the format defines it. notices: what the reader has overlooked or repaired,
    counted by name. repaired: a line for each place of them that is worth a look. left_out: what the reader has nothing
    to make an item of, counted by kind and reason.
    """

    id: str
    place: str
    file: str
    text: str
    annotator: str | None = None
    language: str | None = None
    made_text: bool = False
    tokens: list[list[Fragment]] | None = None
    sentences: list[Fragment] | None = None
    unit: str | None = None
    spans: list[Span] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    clusters: list[Cluster] = field(default_factory=list)
    attributes: list[Attribute] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    notices: Counter[str] = field(default_factory=Counter)
    repaired: list[str] = field(default_factory=list)
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)

    def counts(self) -> Iterator[tuple[str, int]]:
        """How many there are of each kind, those with it that the reader has left out."""
        for kind in KINDS:
            yield kind, len(getattr(self, kind)) + sum(n for (each, _), n in self.left_out.items() if each == kind)


class LeftOut(NamedTuple):
    """A document that its file says is not to be used, and why. It refuses nothing."""

    place: str
    file: str
    why: str


class Refused(NamedTuple):
    """A document, or a file of documents, that cannot be read. place: what messages call it."""

    place: str
    file: str
    what: str
    fix: str


Item = ForeignDocument | Refused | LeftOut
"""What a reader gives."""


def own_span(span: Span) -> bool:
    """Whether a span is a thing of its own, and not a part of an event."""
    return "/" not in span.id
