"""What changes between two labelling configs, and whether the work on a server uses what goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from stancebank.faults import excerpt, printable
from stancebank.studio.layout.controls import LABEL

Part = tuple[str, str]
"""What it is of, such as labels or the choices of a control, and its name."""
_OF_REGIONS, _OF_RELATIONS, _CONTROL = "label", "relation", "control"


@dataclass(frozen=True, slots=True)
class ConfigChange:
    """The parts that a new config has and the old one has not, and the other way round; both in order."""

    new: tuple[Part, ...]
    gone: tuple[Part, ...]

    def lines(self) -> Iterator[str]:
        """One for each part, for people."""
        for verb, parts in (("new", self.new), ("gone", self.gone)):
            for kind, name in parts:
                yield printable(f"  {verb}: {kind} {excerpt(name)}")
        if not self.new and not self.gone:
            yield "  the layout alone: colours, keys, order or explanations"


def config_change(old: str, new: str) -> ConfigChange:
    """What changes; a config that is no XML has no parts."""
    before, after = list(_parts(old)), list(_parts(new))
    return ConfigChange(
        tuple(part for part in after if part not in before), tuple(part for part in before if part not in after)
    )


def uses(task: dict[str, Any]) -> Counter[Part]:
    """How many items of a task's annotations, drafts and predictions use each part."""
    found = Counter[Part]()
    for kind in ("annotations", "drafts", "predictions"):
        for work in task.get(kind) or ():
            for item in (work.get("result") if isinstance(work, dict) else None) or ():
                if isinstance(item, dict):
                    found.update(set(_used(item)))
    return found


def _parts(config: str) -> Iterator[Part]:
    try:
        root = ElementTree.fromstring(config or "<View/>")  # noqa: S314  (the server's own; entities stay unread)
    except ElementTree.ParseError:
        return
    for element in root.iter():
        name = element.get("name")
        if element.tag == "Relation":
            yield _OF_RELATIONS, element.get("value", "")
        elif name and element.get("toName"):
            if name != LABEL:
                yield _CONTROL, name
            for child in element:
                if child.tag in ("Label", "Choice"):
                    yield _choice(name), child.get("value", "")


def _choice(control: str) -> str:
    return _OF_REGIONS if control == LABEL else f"choice of {control}"


def _used(item: dict[str, Any]) -> Iterator[Part]:
    if item.get("type") == "relation":
        yield from ((_OF_RELATIONS, label) for label in item.get("labels") or () if isinstance(label, str))
        return
    control, value = item.get("from_name"), item.get("value")
    if not isinstance(control, str):
        return
    if control != LABEL:
        yield _CONTROL, control
    for key in ("labels", "choices"):
        chosen = value.get(key) if isinstance(value, dict) else None
        yield from ((_choice(control), each) for each in chosen or () if isinstance(each, str))
