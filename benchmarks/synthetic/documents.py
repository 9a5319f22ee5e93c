"""Documents: sentences with names in them, and the records of all that is annotated there."""

from __future__ import annotations

import datetime
import random
from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import suppress
from itertools import accumulate
from typing import Any, NamedTuple

from stancebank.corpus.seeds import RECIPE, seed_bytes
from stancebank.schema.layers import ANNOTATED, DONE, LAYERS
from stancebank.storage.files import sha256
from synthetic.cast import Role, cast
from synthetic.names import Referent
from synthetic.plans import MisfitError, Shape, plan
from synthetic.templates import AGAIN, FIRST, Place, Slot, Template

RIGHTS = "made-up"
_FIRST_DAY, _DAYS = datetime.date(2023, 1, 1), 1000
_HEADERS = ("", " date {} ", "\ufeff date {} ")
_NEWLINES = ("lf", "lf", "crlf")
_TRIES = 1000
_PARAGRAPH = 0.4  # chance that one ends behind a template
_LETTERS = {"sentences": "n", "entities": "e", "mentions": "m", "relations": "r", "attributions": "a", "stances": "s"}
_IDS = {layer: LAYERS[layer].id_column for layer in _LETTERS}
_LABELS = ("target", "label", "basis", "commitment")

Record = dict[str, Any]


class Document(NamedTuple):
    """The records of a document by layer, each layer in its order, and the bytes of its seed."""

    layers: dict[str, list[Record]]
    seed: bytes


def document(doc_id: str, shape: Shape, chance: random.Random) -> Document:
    """A document with as many annotations as the shape says."""
    date = _FIRST_DAY + datetime.timedelta(chance.randrange(_DAYS))
    templates, roles = _draw(shape, date, chance)
    stances = sum(len(template.stances) for template in templates)
    writer = _Writer(doc_id, set(chance.sample(range(stances), shape.stances)))
    gap = ""
    for template, played in zip(templates, roles, strict=True):
        writer.write(template, played, gap)
        gap = "\n\n" if chance.random() < _PARAGRAPH else " "
    text = "".join(writer.text)
    header, newline = chance.choice(_HEADERS).format(date), chance.choice(_NEWLINES)
    newline = newline if "\n" in text else "lf"
    seed = seed_bytes(header, text, newline)
    record = {
        "doc_id": doc_id,
        "date": str(date),
        "title": None,
        "language": "en",
        "text": text,
        "text_sha256": sha256(text.encode()),
        "seed": f"{doc_id}.txt",
        "seed_sha256": sha256(seed),
        "header": header,
        "newline": newline,
        "recipe": RECIPE,
        "rights": RIGHTS,
        "url": None,
        "outlet": None,
        "authors": [],
    }
    unknown = dict.fromkeys(("annotator", "date", "made_from", "remark"))
    done = [{"doc_id": doc_id, "layer": layer, "state": DONE, **unknown} for layer in sorted(ANNOTATED)]
    return Document({"documents": [record], **writer.layers, "progress": done}, seed)


def _draw(shape: Shape, date: datetime.date, chance: random.Random) -> tuple[list[Template], list[list[Role]]]:
    for _ in range(_TRIES):
        with suppress(MisfitError):
            templates = plan(shape, chance)
            return templates, cast(templates, shape.entities, date, chance)
    raise ValueError(f"no document has the shape {shape}")


class _Writer:
    """A text in the making, with its records.

    kept: which of the stances are annotated, by their number in the text.
    """

    def __init__(self, doc_id: str, kept: Collection[int]) -> None:
        self.text: list[str] = []
        self.layers: dict[str, list[Record]] = {layer: [] for layer in _LETTERS}
        self._doc_id, self._kept = doc_id, kept
        self._length = self._stances = self._paragraph = 0
        self._entities: dict[str, str] = {}  # ids by key
        self._names: Counter[tuple[str, str]] = Counter()

    def write(self, template: Template, roles: Sequence[Role], gap: str) -> None:
        """Add a template, and everything that is annotated in it. gap: what stands in front of it."""
        self._paragraph += gap == "\n\n"
        start = self._length + len(gap)
        words = [piece if isinstance(piece, str) else _words(piece, roles[piece.variable]) for piece in template.pieces]
        borders = list(accumulate(map(len, words), initial=start))
        written = "".join(words)
        self.text += gap, written
        self._length = borders[-1]

        def span(place: Place) -> Record:
            first, last = borders[place.start], borders[place.end]
            return {"start": first, "end": last, "text": written[first - start : last - start]}

        for place in template.sentences:
            first, last = borders[place.start], borders[place.end]
            self._add("sentences", {"start": first, "end": last, "paragraph": self._paragraph, "kind": None})
        mentions: list[str] = []
        meant: dict[int, Referent] = {}
        for place, variable, level in template.mentions:
            where = span(place)
            referent = meant.get(variable) or roles[variable].referent
            if referent is None:
                referent = _described(template.variables[variable].kind, where["text"], f"{start}:{variable}")
            meant[variable] = referent
            values = {"entity_id": self._entity(referent), **where, "level": level or referent.level}
            mentions.append(self._add("mentions", values))
        for kind, head, tail, modality in template.relations:
            values = {"type": kind, "head": mentions[head], "tail": mentions[tail], "modality": modality}
            self._add("relations", values)
        for cue, content, source, kind in template.attributions:
            speaker = None if source is None else mentions[source]
            said = [span(place) for place in content]
            self._add("attributions", {"source": speaker, **span(cue), "content": said, "kind": kind})
        for evidence, holder, *labels in template.stances:
            if self._stances in self._kept:
                speaker = None if holder is None else mentions[holder]
                values = {"holder": speaker, **dict(zip(_LABELS, labels[:-1], strict=True)), **span(evidence)}
                values |= {"expression": labels[-1]}
                self._add("stances", values)
            self._stances += 1

    def _add(self, layer: str, values: Record) -> str:
        """Add a record; gives its id."""
        records = self.layers[layer]
        id = f"{_LETTERS[layer]}{len(records) + 1}"
        records.append({"doc_id": self._doc_id, _IDS[layer]: id, **values})
        return id

    def _entity(self, referent: Referent) -> str:
        """The id of an entity, which is added where it is not there yet."""
        id = self._entities.get(referent.key)
        if id is None:
            self._names[referent.type, referent.name.lower()] += 1
            same = self._names[referent.type, referent.name.lower()]
            name = referent.name if same == 1 else f"{referent.name} ({same})"
            values = {"type": referent.type, "name": name, "wikidata": None, "value": referent.value, "actor": None}
            id = self._entities[referent.key] = self._add("entities", values)
        return id


def _words(slot: Slot, role: Role) -> str:
    if slot.pronouns:
        voice = role.referent.voice if role.referent else 0
        return slot.pronouns[voice % len(slot.pronouns)]
    assert role.referent is not None
    return role.referent.words[AGAIN if slot.form == FIRST and not role.fresh else slot.form]


def _described(type: str, words: str, key: str) -> Referent:
    return Referent(key, type, words, (words, words, words), "NOM", 0, None)
