"""YAML read by libyaml, ten times as fast, where a file is so plain that every reader reads the same in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

MAX_DEPTH = 50
"""Mappings and lists inside each other; the files of a corpus have six."""

MAX_BYTES = 2**22
"""Of a file of settings; the largest of the project has 40 kB."""

_COMMON = re.compile(r'(?:[\n -\[\]-~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|\\")+')
"""No tab, carriage return, byte-order mark, nor a line end of some readers alone; a backslash before a quote only."""
_LONGEST_KEY = 100
"""Readers differ in how much of a line they look through for the colon."""


class _UncommonError(Exception):
    """Something that readers might read differently."""


def quick_yaml(data: bytes) -> dict[str, Any] | None:
    """The mapping in a YAML file, with every scalar a string; None where a careful reader must look.

    So it is where the file is not valid, has more than MAX_BYTES, anchors, tags, directives or repeated keys, or
    says anything in a way in which versions of YAML differ; and where PyYAML has no libyaml.
    """
    if len(data) > MAX_BYTES:
        return None
    try:
        from yaml import CBaseLoader, YAMLError, parse
    except ImportError:
        return None
    try:
        text = data.decode()
        if not _COMMON.fullmatch(text):
            return None
        events = parse(text, Loader=CBaseLoader)
        next(events)
        if getattr(next(events), "explicit", True):  # an empty file has no document
            return None
        content = _value(next(events), events, 1)
        if next(events).explicit or [*events][1:]:
            return None
    except (UnicodeDecodeError, YAMLError, _UncommonError):
        return None
    return content if isinstance(content, dict) else None


def _value(event: Any, events: Iterator[Any], depth: int, *, in_flow: bool = False) -> Any:  # noqa: ANN401  (untyped)
    from yaml import AliasEvent, MappingEndEvent, ScalarEvent, SequenceEndEvent, SequenceStartEvent

    if isinstance(event, AliasEvent) or event.anchor is not None or event.tag is not None or depth > MAX_DEPTH:
        raise _UncommonError
    if isinstance(event, ScalarEvent):
        if event.style not in ("", "'", '"') or (in_flow and not event.style and _differs(event.value)):
            raise _UncommonError
        return event.value
    in_flow |= event.flow_style
    if isinstance(event, SequenceStartEvent):
        items = []
        while not isinstance(item := next(events), SequenceEndEvent):
            items.append(_value(item, events, depth + 1, in_flow=in_flow))
        return items
    mapping: dict[str, Any] = {}
    while not isinstance(key := next(events), MappingEndEvent):
        name = _value(key, events, depth + 1, in_flow=in_flow)
        if not isinstance(name, str) or name in mapping or name in ("", "<<") or len(name) > _LONGEST_KEY:
            raise _UncommonError
        mapping[name] = _value(next(events), events, depth + 1, in_flow=in_flow)
    return mapping


def _differs(plain: str) -> bool:
    return ":" in plain or "?" in plain or not plain
