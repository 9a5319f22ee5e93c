"""Predictions as they come: JSON lines, a JSON list, or rows in memory, each with its place for messages."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar

import msgspec

from stancebank.faults import StanceBankError, counted, did_you_mean, excerpt, one_of, printable
from stancebank.schema.paths import SCORES_PAGE

Predictions = str | os.PathLike[str] | Iterable[Mapping[str, Any]]
"""A file, or rows."""
Index = Annotated[int, msgspec.Meta(ge=0)]
Row = TypeVar("Row", bound=msgspec.Struct)
_BOM = b"\xef\xbb\xbf"
_SHOWN = 3


class Prediction(NamedTuple):
    """One row. where: file and line, or its number."""

    where: str
    value: object


def read_predictions(source: Predictions) -> Iterator[Prediction]:
    """The rows of a file of JSON lines or of one JSON list, or rows in memory.

    Raises StanceBankError for a file that cannot be read, and for a line that is no JSON.
    """
    if not isinstance(source, str | os.PathLike):
        yield from (Prediction(f"row {number}", value) for number, value in enumerate(source, 1))
        return
    name = printable(str(source))
    try:
        data = Path(source).read_bytes().removeprefix(_BOM)
    except (OSError, ValueError) as error:
        what = f"{name} cannot be read: {getattr(error, 'strerror', None) or error}"
        raise StanceBankError(what, "name a file of predictions") from None
    if data.lstrip().startswith(b"["):
        listed = _decoded(data, name)
        assert isinstance(listed, list)
        yield from (Prediction(f"{name}: item {number}", value) for number, value in enumerate(listed, 1))
        return
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.strip():
            yield Prediction(f"{name}:{number}", _decoded(line, f"{name}:{number}"))


def _decoded(data: bytes, where: str) -> object:
    try:
        return msgspec.json.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        what = f"{where}: no JSON: {printable(str(error))}"
        raise StanceBankError(what, "write one JSON object on each line, or one list; NaN is no JSON") from None


def typed(predictions: Iterable[Prediction], kind: type[Row]) -> Iterator[tuple[str, Row]]:
    """The rows as objects of a kind, each with its place. Raises StanceBankError for a row that is none."""
    for where, value in predictions:
        try:
            yield where, msgspec.convert(value, kind)
        except (msgspec.ValidationError, RecursionError) as error:
            fields = ", ".join(kind.__struct_fields__)
            what = f"{where}: {printable(str(error))}"
            raise StanceBankError(what, f"a row has {fields}; {SCORES_PAGE} has an example") from None


def require_known(where: str, what: str, name: str, known: Sequence[str]) -> None:
    """Nothing where a name is among the known ones. Raises StanceBankError, which names the nearest."""
    if name not in known:
        fix = f"use one of {one_of(known)}" if known else "there is none"
        raise StanceBankError(f"{where}: there is no {what} {excerpt(name)}{did_you_mean(name, known)}", fix)


def require_new(where: str, key: Hashable, seen: Mapping[Any, object], what: str) -> None:
    """Nothing where a key comes for the first time; else StanceBankError."""
    if key in seen:
        raise StanceBankError(f"{where}: {what} is predicted twice", "keep one of the two")


def require_all(expected: Iterable[Hashable], given: Mapping[Any, object], named: Callable[[Any], str]) -> None:
    """Nothing where every row that is scored has a prediction; else StanceBankError, which names some without."""
    missing = [named(key) for key in expected if key not in given]
    if missing:
        more = f" and {len(missing) - _SHOWN:,} others" if len(missing) > _SHOWN else ""
        what = f"{counted(len(missing), 'row')} without a prediction: {', '.join(missing[:_SHOWN])}{more}"
        raise StanceBankError(what, "predict every row, if only with nothing; --split scores one split")
