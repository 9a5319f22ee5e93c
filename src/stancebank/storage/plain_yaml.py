"""YAML as people write it by hand: without aliases, anchors and merge keys, and no deeper than anybody writes.

Aliases let a file of a few hundred bytes stand for gigabytes, so they are refused before anything is expanded.
"""

from __future__ import annotations

from typing import Literal

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer, ComposerError
from ruamel.yaml.events import AliasEvent, Event, ScalarEvent
from ruamel.yaml.nodes import MappingNode

from stancebank.storage.quick_yaml import MAX_DEPTH

MAX_LIST_BYTES = 2**28
"""Of the list of seeds, which has some 200 bytes for each."""

EXPLAINED = {
    "an alias": "write what it stands for",
    "an anchor": "remove it",
    "a merge key": "write the keys that it brings in",
}
"""What is refused, and what to do instead."""


def refusing_yaml(typ: Literal["rt", "safe"]) -> YAML:
    """A reader in pure Python that raises a MarkedYAMLError for what the module's docstring refuses."""
    yaml = YAML(typ=typ, pure=True)
    yaml.Composer = _Refusing
    return yaml


def hint(problem: str) -> str | None:
    """What to do about a problem that a refusing reader raises; None for problems of other kinds."""
    return next((fix for what, fix in EXPLAINED.items() if problem.startswith(what)), None)


class _Refusing(Composer):
    _level = 0

    def compose_node(self, parent: object, index: object) -> object:
        event = self.parser.peek_event()
        if isinstance(event, AliasEvent):
            raise _refused("an alias", event)
        if getattr(event, "anchor", None) is not None:
            raise _refused("an anchor", event)
        plain = isinstance(event, ScalarEvent) and event.style is None
        if plain and event.value == "<<" and index is None and isinstance(parent, MappingNode):
            raise _refused("a merge key", event)
        if self._level >= MAX_DEPTH:
            raise ComposerError(None, None, f"more than {MAX_DEPTH} levels inside each other", event.start_mark)
        self._level += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._level -= 1


def _refused(what: str, event: Event) -> ComposerError:
    return ComposerError(None, None, f"{what} is not allowed here", event.start_mark)
