"""YAML read by ruamel.yaml: every value with its line and column, and what is wrong in words."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.resolver import VersionedResolver

from stancebank.faults import Fault, FaultKind, excerpt, printable
from stancebank.storage.json_positions import JsonPath
from stancebank.storage.plain_yaml import MAX_LIST_BYTES, hint, refusing_yaml
from stancebank.storage.quick_yaml import MAX_BYTES


class _PlainStrings(VersionedResolver):
    """Leaves every plain scalar a string: the model decides what it is, and its faults know their line."""

    versioned_resolver: Mapping[str, list[object]] = MappingProxyType({})


def plain_yaml() -> YAML:
    """Reads and writes YAML with every plain scalar a string, comments kept, laid out as the files of this project."""
    yaml = refusing_yaml("rt")
    yaml.Resolver = _PlainStrings
    yaml.width = 1 << 20  # no line is broken
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


_DUPLICATE = re.compile(r'found duplicate key "(.*?)" with value')


def load_yaml(data: bytes, file: str, kind: FaultKind, *, quotes: bool = False) -> CommentedMap | Fault:
    """The mapping in a YAML file, or what keeps it from being one. quotes: strings know those around them."""
    limit = MAX_LIST_BYTES if kind == "seeds-file" else MAX_BYTES
    if len(data) > limit:
        return Fault(kind, file, f"the file has {len(data):,} bytes; expected {limit:,} or fewer", "shorten it")
    yaml = plain_yaml()
    yaml.preserve_quotes = quotes
    try:
        with warnings.catch_warnings(action="ignore"):
            content = yaml.load(data.decode())
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Fault(kind, file, f"byte 0x{data[error.start]:02x} is not UTF-8", "save it as UTF-8", line)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        problem = error.problem or str(error)
        twice = _DUPLICATE.match(problem)
        what = f"the key {excerpt(twice[1])} occurs twice" if twice else f"not valid YAML: {clipped(problem)}"
        fix = hint(problem) or ("keep one of the two" if twice else "correct the line")
        at = (mark.line + 1, mark.column + 1) if mark else (None, None)
        return Fault(kind, file, printable(what), fix, *at)
    except ReaderError as error:
        before = data.decode()[: error.position]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        what = f"not valid YAML: the character {_code_point(error.character)} is not allowed"
        return Fault(kind, file, what, "remove the character", line, column)
    except Exception as error:  # ruamel lets many kinds through from odd tags and keys
        what = f"not valid YAML: {printable(clipped(str(error) or type(error).__name__))}"
        return Fault(kind, file, what, "write plain keys, values and lists, without tags")
    if not isinstance(content, CommentedMap):
        return Fault(kind, file, "expected a mapping of keys to values", "see the file of another corpus", 1, 1)
    return content


def clipped(text: str, limit: int = 300) -> str:
    """The text, cut where it is longer than anybody reads."""
    return text if len(text) <= limit else text[: limit - 3] + "..."


load_once = lru_cache(maxsize=1)(load_yaml)  # many places of one file may be asked for


def _code_point(character: str | int) -> str:
    return f"U+{character if isinstance(character, int) else ord(character):04X}"


def place_in(content: CommentedMap, place: JsonPath, *, at_key: bool = False) -> tuple[int, int]:
    """Line and column, both from 1, of the deepest value that the place reaches; of its key where it has none."""
    line, column = content.lc.line, content.lc.col
    node: Any = content
    for step in place:
        try:
            inner = node[step]
            if not isinstance(node, CommentedMap):
                line, column = node.lc.item(step)
            else:
                line, column = node.lc.value(step)
                key = node.lc.key(step)
                if at_key or (inner in (None, "") and line > key[0]):  # an empty value has no place of its own
                    line, column = key
            node = inner
        except (KeyError, IndexError, TypeError, AttributeError):
            break
    return line + 1, column + 1
