"""Settings files: YAML read into a pydantic model, every fault with its line."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from stancebank.faults import Fault, FaultKind, did_you_mean, excerpt, one_of, printable
from stancebank.storage.files import read_inside
from stancebank.storage.json_positions import json_path
from stancebank.storage.quick_yaml import quick_yaml


class YamlModel(BaseModel):
    """Base of all models that a YAML file fills: unknown keys are refused, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Location = tuple[str | int, ...]
M = TypeVar("M", bound=YamlModel)


def _no_contradictions(_: YamlModel) -> Iterable[tuple[Location, str]]:
    return ()


def read_yaml(
    root: Path,
    file: str,
    model: type[M],
    kind: FaultKind,
    contradictions: Callable[[M], Iterable[tuple[Location, str]]] = _no_contradictions,
) -> tuple[M | None, list[Fault]]:
    """A settings file of a corpus root as a model, or None with the faults that prevent it.

    file: path from the root. kind: the kind given to every fault.
    contradictions: what the model cannot express, as places in the file and messages.
    """
    data, fault = read_inside(root, file)
    if fault is not None or data is None:
        return None, [replace(fault, kind=kind)] if fault else []
    return parse_yaml(data, file, model, kind, contradictions)


def parse_yaml(
    data: bytes,
    file: str,
    model: type[M],
    kind: FaultKind,
    contradictions: Callable[[M], Iterable[tuple[Location, str]]] = _no_contradictions,
) -> tuple[M | None, list[Fault]]:
    """As read_yaml, of a file's bytes."""
    settings, faults = _read(data, file, model, kind, contradictions)
    return settings, list(faults)


def line_and_column(root: Path, file: str, location: Location) -> tuple[int | None, int | None]:
    """Line and column, both from 1, of a place in a settings file; None where the file cannot be read."""
    from stancebank.storage.careful_yaml import load_once, place_in

    data, _ = read_inside(root, file)
    content = load_once(data or b"", file, "settings")
    return (None, None) if isinstance(content, Fault) else place_in(content, location)


@lru_cache(maxsize=16)  # one run may read the same file several times
def _read(
    data: bytes,
    file: str,
    model: type[M],
    kind: FaultKind,
    contradictions: Callable[[M], Iterable[tuple[Location, str]]],
) -> tuple[M | None, tuple[Fault, ...]]:
    with contextlib.suppress(ValidationError):
        plain = quick_yaml(data)
        if plain is not None and not [*contradictions(sound := model.model_validate(plain))]:
            return sound, ()

    from stancebank.storage.careful_yaml import load_once, place_in  # which is slow to load, and seldom needed

    content = load_once(data, file, kind)
    if isinstance(content, Fault):
        return None, (content,)
    try:
        settings = model.model_validate(content)
        problems = [_Problem(place, message) for place, message in contradictions(settings)]
    except ValidationError as error:
        settings = None
        problems = [_problem(details, model) for details in error.errors()]
    faults = []
    for problem in problems:
        line, column = place_in(content, problem.place, at_key=problem.at_key)
        path = json_path(problem.place)
        what = f"{printable(path)}: {printable(problem.message)}"
        faults.append(Fault(kind, file, what, problem.fix, line, column, path))
    return (None if faults else settings), tuple(faults)


class _Problem(NamedTuple):
    """What is wrong with a value, or with its key."""

    place: Location
    message: str
    fix: str = "correct the value"
    at_key: bool = False


_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "tuple_type": "a list",
        "list_type": "a list",
        "dict_type": "a mapping of keys to values",
        "model_type": "a mapping of keys to values",
        "string_type": "text",
        "int_type": "a whole number",
        "int_parsing": "a whole number",
        "bool_type": "true or false",
        "bool_parsing": "true or false",
        "date_type": "a day as YYYY-MM-DD",
        "date_parsing": "a day as YYYY-MM-DD",
        "date_from_datetime_parsing": "a day as YYYY-MM-DD",
        "string_too_short": "text that is not empty",
        "too_short": "one item at least",
    }
)
"""What a value must be, by the kind of pydantic's error."""


def _problem(details: ErrorDetails, model: type[BaseModel]) -> _Problem:
    """What pydantic refuses, in words for people."""
    place, message, context = details["loc"], details["msg"].removeprefix("Value error, "), details.get("ctx", {})
    if place and place[-1] == "[key]":  # pydantic's name for the key itself
        form = f"the key {excerpt(str(details['input']))} is not of the form {context.get('pattern')}"
        return _Problem(place[:-1], form if "pattern" in context else message, "correct the key", at_key=True)
    found = "" if isinstance(details["input"], dict | list | tuple) else f", found {excerpt(str(details['input']))}"
    match details["type"]:
        case "missing":
            return _Problem(place, "the key is missing", f"add {place[-1]}")
        case "extra_forbidden":
            known = _keys(model, place[:-1])
            hint = did_you_mean(str(place[-1]), known)
            message = f"the key is unknown; expected {one_of(known)}{hint}" if known else "the key is unknown"
            return _Problem(place, message, "remove it, or correct its name", at_key=True)
        case "literal_error":
            return _Problem(place, f"expected {context['expected'].replace(chr(39), '')}{found}")
        case "greater_than_equal":
            return _Problem(place, f"expected {context['ge']} or more{found}")
        case "less_than_equal":
            return _Problem(place, f"expected {context['le']} or less{found}")
        case "string_pattern_mismatch":
            message = f"{excerpt(details['input'])} is not of the form {context['pattern']}"
        case kind if kind in _KINDS:
            message = f"expected {_KINDS[kind]}{found}"
    return _Problem(place, message)


def _keys(model: type[BaseModel], place: Location) -> list[str]:
    """The keys of the mapping at a place of a file that fills the model; none where it is no model."""
    found: object = model
    for step in place:
        if isinstance(step, str):
            fields = found.model_fields if isinstance(found, type) and issubclass(found, BaseModel) else {}
            found = fields[step].annotation if step in fields else None
        found = next(_models(found), None)
    return list(found.model_fields) if isinstance(found, type) and issubclass(found, BaseModel) else []


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    """The models in an annotation such as tuple[Label, ...]."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
