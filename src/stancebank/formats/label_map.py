"""What the labels of a foreign format mean here: read from a map, proposed, or known without one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from pydantic import Field

from stancebank.faults import StanceBankError, did_you_mean, excerpt, printable
from stancebank.formats.conventions import CONTENT, NOTHING, known_attributes, known_links, known_spans, type_vocabulary
from stancebank.formats.foreign_document import ForeignDocument
from stancebank.schema.layers import MENTIONS, RELATIONS, STANCES
from stancebank.schema.scheme import Scheme
from stancebank.storage.yaml_files import YamlModel, parse_yaml

SECTIONS = ("spans", "links", "attributes")
_SHORTEST_PREFIX = 3
_LONGEST_EXAMPLE = 60
_LARGEST_MAP = 1 << 22  # bytes


class Meaning(NamedTuple):
    """What a label stands for: a layer, or layer.column for a part of its records, and the label that it gives them."""

    place: str
    label: str | None = None


class _MapFile(YamlModel):
    spans: dict[str, str] = Field(default_factory=dict)
    links: dict[str, str] = Field(default_factory=dict)
    attributes: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class LabelMap:
    """What labels of spans, labels of links and roles, and names of attributes mean; None: they are left out.

    notes: labels that were taken for others of the scheme, and those of the map that no file has, in words.
    """

    spans: Mapping[str, Meaning | None]
    links: Mapping[str, Meaning | None]
    attributes: Mapping[str, str | None]
    notes: tuple[str, ...] = ()

    @property
    def layers(self) -> frozenset[str]:
        """The layers that records come into by it."""
        meant = [*self.spans.values(), *self.links.values()]
        return frozenset(meaning.place.partition(".")[0] for meaning in meant if meaning is not None)


@dataclass
class FoundLabels:
    """The labels of documents, each with its count and the first example, by section."""

    counts: dict[str, Counter[str]] = field(default_factory=lambda: {section: Counter() for section in SECTIONS})
    examples: dict[tuple[str, str], str] = field(default_factory=dict)

    def count(self, document: ForeignDocument) -> None:
        """Take in the labels of a document."""
        spans, links, attributes = (self.counts[section] for section in SECTIONS)
        words = {span.id: span for span in document.spans}
        for span in document.spans:
            spans[span.label] += 1
            if ("spans", span.label) not in self.examples:
                start, end = span.fragments[0][0], span.fragments[-1][1]
                self.examples["spans", span.label] = span.quoted or document.text[start:end]
        for link in document.links:
            links[link.label] += 1
        for event in document.events:
            links.update(role for role, _ in event.arguments)
        for attribute in document.attributes:
            attributes[attribute.name] += 1
            target = words.get(attribute.target)
            on = f" on {target.quoted}" if target and target.quoted else ""
            self.examples.setdefault(("attributes", attribute.name), f"{attribute.value}{on}")


def settled_map(found: FoundLabels, scheme: Scheme, path: Path | None, *, add: bool) -> tuple[LabelMap, list[str]]:
    """What all labels that were found mean, and the labels that the scheme lacks, as VOCABULARY LABEL.

    path: a map, whose entries come before what is known without one. add: labels of spans and links that nothing
    tells of are labels of the scheme from now on, but for those that it has up to case, and attributes that nothing
    tells of are left out. Raises StanceBankError for a map that is not valid, and for labels that nothing tells of.
    """
    given = _MapFile() if path is None else _read(path)
    known = {"spans": known_spans(scheme), "links": known_links(scheme), "attributes": known_attributes(scheme)}
    told = {section: {**known[section], **getattr(given, section)} for section in SECTIONS}
    missing: list[str] = []
    notes: list[str] = []
    for section, place, vocabulary in (
        ("spans", MENTIONS.name, type_vocabulary(scheme)),
        ("links", RELATIONS.name, "relation_types" if scheme.labels("relation_types") else None),
    ):
        for label in found.counts[section] if add and vocabulary else ():
            if label in told[section]:
                continue
            alike = next((name for name in scheme.names(vocabulary or "") if name.casefold() == label.casefold()), None)
            told[section][label] = f"{place} {alike or label}"
            if alike:
                notes.append(f"the label {excerpt(label)} ({found.counts[section][label]:,}) is taken for {alike}")
            else:
                missing.append(f"{vocabulary} {label}")
    for section in SECTIONS:
        unused = [label for label in getattr(given, section) if label not in found.counts[section]]
        notes += [f"no file has the {section[:-1]} {excerpt(label)} of the map" for label in unused]
    _require_told(found, told, sections=("spans", "links") if add else SECTIONS)
    added = {entry.partition(" ")[2] for entry in missing}
    labels = {
        section: {
            label: _meaning(meaning, scheme, added, f"{section}: {excerpt(label)}")
            for label, meaning in told[section].items()
            if label in found.counts[section] or label in getattr(given, section)
        }
        for section in ("spans", "links")
    }
    labels = {
        section: {label: meaning for label, meaning in of_section.items() if label in found.counts[section]}
        for section, of_section in labels.items()
    }
    columns = {*known_attributes(scheme)}
    attributes: dict[str, str | None] = {}
    for name, column in told["attributes"].items():
        if column != NOTHING and column not in columns:
            what = f"the map gives the attribute {excerpt(name)} the column {excerpt(column)}, which no layer has"
            raise StanceBankError(what, f"use one of {', '.join(sorted(columns))}, or {NOTHING}")
        attributes[name] = None if column == NOTHING else column
    return LabelMap(labels["spans"], labels["links"], attributes, tuple(notes)), missing


def _require_told(found: FoundLabels, told: Mapping[str, Mapping[str, str]], sections: Sequence[str]) -> None:
    unknown = [
        f"{section[:-1]} {excerpt(label)} ({count:,})"
        for section in sections
        for label, count in found.counts[section].most_common()
        if label not in told[section]
    ]
    if unknown:
        shown = ", ".join(unknown[:20]) + (f" and {len(unknown) - 20:,} others" if len(unknown) > 20 else "")
        fix = (
            "write a map with --labels propose, correct it and give it with --labels; or take labels over: --labels add"
        )
        raise StanceBankError(f"the scheme does not have these labels: {shown}", fix)


def _meaning(written: str, scheme: Scheme, added: Iterable[str], where: str) -> Meaning | None:
    """What the words of a map mean. Raises StanceBankError where they mean nothing in the scheme."""
    if written == NOTHING:
        return None
    place, _, label = written.partition(" ")
    vocabulary = _vocabularies(scheme).get(place)
    places = _places(scheme)
    if place not in places:
        what = f"{where}: {excerpt(written)} is no place for it{did_you_mean(place, places)}"
        raise StanceBankError(what, f"write one of {', '.join(places)}, with a label behind it, or {NOTHING}")
    if label and (vocabulary is None or label not in (*scheme.names(vocabulary), *added)):
        known = scheme.names(vocabulary or "")
        what = f"{where}: the scheme has no label {excerpt(label)} for {place}{did_you_mean(label, known)}"
        raise StanceBankError(what, f"use one of {', '.join(known) or 'none'}, or add it to the scheme first")
    return Meaning(place, label or None)


def _vocabularies(scheme: Scheme) -> dict[str, str | None]:
    """The vocabulary that labels of records are from, by layer."""
    return {
        MENTIONS.name: type_vocabulary(scheme),
        RELATIONS.name: "relation_types",
        STANCES.name: "stance_labels",
    }


def _places(scheme: Scheme) -> list[str]:
    meant = (*known_spans(scheme).values(), *known_links(scheme).values())
    return [*dict.fromkeys(meaning.partition(" ")[0] for meaning in meant if meaning != NOTHING)]


def _read(path: Path) -> _MapFile:
    name = printable(str(path))
    try:
        with path.open("rb") as stream:
            data = stream.read(_LARGEST_MAP)
    except OSError as error:
        raise StanceBankError(f"{name} cannot be read: {error.strerror}", "name a map, add or propose") from None
    read, faults = parse_yaml(data, name, _MapFile, "settings")
    if faults or read is None:
        line = f":{faults[0].line}" if faults and faults[0].line else ""
        what = f"{name}{line}: {faults[0].what if faults else 'no map'}"
        raise StanceBankError(what, faults[0].fix if faults else "write a map with --labels propose")
    return read


def proposal(found: FoundLabels, scheme: Scheme) -> str:
    """A map of the labels that were found: each with a guess, its count and an example."""
    known = {"spans": known_spans(scheme), "links": known_links(scheme), "attributes": known_attributes(scheme)}
    lines = [
        "# What the labels of the files mean here. Correct the right side, then import with --labels THIS_FILE.",
        f"# One of: {', '.join(_places(scheme))}; some with a label behind it; or {NOTHING}.",
    ]
    for section in SECTIONS:
        if found.counts[section]:
            lines.append(f"{section}:")
            lines += _lines(section, found, known[section])
    return "\n".join([*lines, ""])


def _lines(section: str, found: FoundLabels, known: Mapping[str, str]) -> Iterator[str]:
    for label, count in found.counts[section].most_common():
        example = " ".join(found.examples.get((section, label), "").split())[:_LONGEST_EXAMPLE]
        shown = f", such as {excerpt(example)}" if example else ""
        guess = json.dumps(_guess(label, known, section), ensure_ascii=False)
        yield f"  {json.dumps(label, ensure_ascii=not label.isprintable())}: {guess}  # {count:,}{shown}"


def _guess(label: str, known: Mapping[str, str], section: str) -> str:
    """What a label may mean: what is known of it, of its like up to case, or of one that begins alike."""
    if label in known:
        return known[label]
    folded = label.casefold()
    for name, meaning in known.items():
        if name.casefold() == folded:
            return meaning
    for name, meaning in known.items():
        short, long = sorted((name.casefold(), folded), key=len)
        if len(short) >= _SHORTEST_PREFIX and long.startswith(short):
            return meaning
    undecided = MENTIONS.name if MENTIONS.name in known.values() else CONTENT
    return {"spans": undecided, "links": RELATIONS.name}.get(section, NOTHING) if known else NOTHING
