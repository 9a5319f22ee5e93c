"""Settings files: YAML read into a pydantic model, every fault with its line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from stancebank.faults import Fault, FaultKind, printable


class Settings(BaseModel):
    """Base of all models that a YAML file fills: unknown keys are refused, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Location = tuple[str | int, ...]
M = TypeVar("M", bound=Settings)


def read_yaml(
    path: Path,
    model: type[M],
    kind: FaultKind,
    file: str,
    contradictions: Callable[[M], Iterable[tuple[Location, str]]] = lambda _: (),
) -> tuple[M | None, list[Fault]]:
    """The file as a model, or None with the faults that stand in the way.

    kind: the kind given to every fault. file: how faults name the file.
    contradictions: what the model cannot express, as places in the file and messages.
    """
    try:
        content = YAML(typ="rt", pure=True).load(path.read_text("utf-8"))
    except FileNotFoundError:
        return None, [Fault(kind, file, "the file is missing", f"add {file}, or run the command on another root")]
    except (OSError, UnicodeDecodeError) as error:
        return None, [
            Fault(kind, file, f"the file cannot be read: {printable(str(error))}", "make it a UTF-8 text file")
        ]
    except MarkedYAMLError as error:
        mark = error.problem_mark
        what = f"not valid YAML: {printable(error.problem or str(error))}"
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        return None, [Fault(kind, file, what, "correct the line; a key may stand only once", line, column)]
    except (YAMLError, RecursionError, ValueError) as error:
        what = f"not valid YAML: {printable(str(error) or type(error).__name__)}"
        return None, [Fault(kind, file, what, "correct the file")]
    if not isinstance(content, CommentedMap):
        return None, [Fault(kind, file, "expected a mapping of keys to values", "see the file of another corpus", 1, 1)]
    try:
        settings = model.model_validate(content)
        problems = list(contradictions(settings))
    except ValidationError as error:
        settings = None
        problems = [(problem["loc"], problem["msg"].removeprefix("Value error, ")) for problem in error.errors()]
    faults = []
    for location, message in problems:
        line, column = _place(content, location)
        json_path = _json_path(location)
        what = f"{printable(json_path)}: {printable(message)}"
        faults.append(Fault(kind, file, what, "correct the value at this line", line, column, json_path))
    return (None if faults else settings), faults


def _json_path(location: Location) -> str:
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)


def _place(content: CommentedMap, location: Location) -> tuple[int, int]:
    """Line and column, both from 1, of the deepest node that the location reaches."""
    line, column = content.lc.line, content.lc.col
    node: Any = content
    for step in location:
        try:
            line, column = node.lc.key(step) if isinstance(node, CommentedMap) else node.lc.item(step)
            node = node[step]
        except (KeyError, IndexError, TypeError, AttributeError):
            break
    return line + 1, column + 1
