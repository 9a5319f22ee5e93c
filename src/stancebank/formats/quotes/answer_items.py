"""The items of an answer, each checked by itself: sound, or invalid with a reason."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from stancebank.corpus.corpus import Corpus
from stancebank.faults import did_you_mean, excerpt
from stancebank.formats.quotes.answer_fields import QUOTED, Field, answer_fields
from stancebank.formats.quotes.answer_schema import allowed_values
from stancebank.schema.layers import CLASSIFICATIONS
from stancebank.text.quoted_places import Bounds, Quotation

Quoted = tuple[Quotation, Bounds | None]

PLACED, AMBIGUOUS, NOT_FOUND, INVALID, DEPENDENT = ("placed", "ambiguous", "not found", "invalid", "dependent")
OUTCOMES = (PLACED, AMBIGUOUS, NOT_FOUND, INVALID, DEPENDENT)
"""What becomes of an item. dependent: it is sound, but refers to another one that has no place."""


@dataclass
class Item:
    """One record of an answer.

    name: what the answer calls it. raw: as it was given. values: of the columns that are neither spans
    nor the id, references by their local names. quoted: the quotation of its span, and of further spans by key.
    outcome, why: what became of it. spans: as quoted, where it is placed. candidates: other places.
    """

    layer: str
    name: str
    raw: object
    values: dict[str, Any] = field(default_factory=dict)
    quoted: dict[str, list[Quoted]] = field(default_factory=dict)
    outcome: str = PLACED
    why: str = ""
    spans: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    candidates: tuple[tuple[int, int], ...] = ()

    def drop(self, outcome: str, why: str, candidates: tuple[tuple[int, int], ...] = ()) -> None:
        """Leave it out, unless it is left out already."""
        if self.outcome == PLACED:
            self.outcome, self.why, self.candidates = outcome, why, candidates


class ItemReader:
    """Reads the items of answers.

    sentences: of the document, by id, from where to where a quotation of it begins.
    """

    def __init__(self, corpus: Corpus, sentences: Mapping[str, Bounds]) -> None:
        self._sentences = sentences
        self._fields = {
            name: [(each, allowed_values(each, corpus)) for each in answer_fields(layer)]
            for name, layer in corpus.layers.all.items()
            if layer.annotated
        }

    def items(self, layer: str, given: object) -> Iterator[Item]:
        """The items of a layer; of what is no list, one that is invalid."""
        if not isinstance(given, list):
            yield Item(layer, "", given, outcome=INVALID, why=f"{layer} is {_kind(given)}, expected a list")
            return
        for number, raw in enumerate(given, 1):
            item = self._item(layer, number, raw)
            if layer == CLASSIFICATIONS.name and number > 1:
                item.drop(INVALID, "a document has one classification")
            yield item

    def _item(self, layer: str, number: int, raw: object) -> Item:
        item = Item(layer, f"{layer}[{number}]", raw)
        if not isinstance(raw, dict):
            item.drop(INVALID, f"is {_kind(raw)}, expected an object")
            return item
        fields = self._fields[layer]
        keys = [each.key for each, _ in fields]
        for key in raw:
            if key not in keys:
                item.drop(INVALID, f"has the unknown key {excerpt(str(key))}{did_you_mean(str(key), keys)}")
        for each, allowed in fields:
            if each.key not in raw and not each.optional:
                item.drop(INVALID, f"lacks {each.key}")
            else:
                self._take(item, each, allowed, raw.get(each.key))
        return item

    def _take(self, item: Item, each: Field, allowed: Collection[str] | None, value: object) -> None:
        """Take over a value, or drop the item."""
        if each.kind == "quotation":
            item.quoted[each.key] = list(self._quotation(item, each.key, value))
        elif each.kind == "quotations":
            listed = value if isinstance(value, list) else []
            if len(listed) < each.column.shortest or not isinstance(value, list):
                item.drop(INVALID, f"{each.key} is {_kind(value)}, expected a list of quotations")
            item.quoted[each.key] = [found for one in listed for found in self._quotation(item, each.key, one)]
        elif each.kind == "reference" or each.kind == "name":
            if not (isinstance(value, str) and value) and not (value is None and each.optional):
                item.drop(INVALID, f"{each.key} is {_kind(value)}, expected the name of a record")
            elif each.kind == "name":
                item.name = str(value)
            else:
                item.values[each.key] = value
        elif allowed is not None and value is not None and value not in allowed:
            near = did_you_mean(value, list(allowed)) if isinstance(value, str) else ""
            item.drop(INVALID, f"{each.key} {_shown(value)} is not one of those allowed{near}")
        elif not each.column.fits(value) or (isinstance(value, str) and not _is_text(value)):
            item.drop(INVALID, f"{each.key} {_shown(value)} is not allowed: {each.column.meaning}")
        else:
            item.values[each.key] = value

    def _quotation(self, item: Item, key: str, value: object) -> Iterator[Quoted]:
        given = value if isinstance(value, dict) else {}
        words = given.get("words")
        context = [given.get(name) for name in ("before", "after")]
        sentence = given.get("sentence")
        if not isinstance(value, dict) or not set(given) <= set(QUOTED):
            item.drop(INVALID, f"{key} is {_kind(value)}, expected an object with {', '.join(QUOTED)}")
        elif not isinstance(words, str) or not all(isinstance(each, str | None) for each in context):
            item.drop(INVALID, f"{key} has words, before or after that are no text")
        elif not _is_text("".join((words, *filter(None, context)))):
            item.drop(INVALID, f"{key} has half a surrogate pair")
        elif sentence is not None and not (isinstance(sentence, str) and sentence in self._sentences):
            item.drop(INVALID, f"{key} names the sentence {_shown(sentence)}, which the document does not have")
        else:
            bounds = self._sentences[sentence] if isinstance(sentence, str) else None
            yield Quotation(words, context[0], context[1]), bounds


def _is_text(value: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "missing or null"}
    return kinds.get(type(value), "a number")


def _shown(value: object) -> str:
    return excerpt(value) if isinstance(value, str) else _kind(value)
