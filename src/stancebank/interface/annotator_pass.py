"""The pass of an annotator over a corpus, registered for what it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import TracebackType
from typing import Literal, Self

from stancebank.corpus.annotators import GOLD, Annotator, register_entry
from stancebank.faults import StanceBankError, excerpt, printable
from stancebank.interface.annotations import Annotations
from stancebank.interface.corpus_state import PassState
from stancebank.interface.new_records import today
from stancebank.schema.layers import ID

Kind = Literal["person", "language model", "program"]
_NOTE = "Made with the Python interface; nobody has reviewed it."


class Pass(Annotations):
    """An annotator's pass: the same texts, with annotations of its own.

    As a context manager it is dropped where its block ends with an error; its changes are saved with those of
    the corpus.
    """

    def __init__(self, state: PassState) -> None:
        super().__init__(state)

    @property
    def id(self) -> str:
        """The id of the annotator."""
        return str(self._state.annotator)

    def discard(self) -> None:
        """Drop all changes of the pass that were not saved."""
        self._state.parts = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self.discard()

    def __repr__(self) -> str:
        return f"<Pass of {printable(self.id)}>"


def new_entry(id: str, known: Annotator | None, given: Mapping[str, str | None]) -> dict[str, str] | None:
    """The new entry of the register for an annotator; None where it is registered already.

    given: the fields of the entry, None for what was not said. Raises StanceBankError for an id that no pass can
    have, for a value that an entry cannot have, and where the annotator is registered as something else.
    """
    if id == GOLD or not re.fullmatch(ID, id):
        what = f"{excerpt(id)} is no id of a pass"
        raise StanceBankError(what, f"use letters, digits, dot, dash and underscore; not {GOLD}")
    told = {key: value for key, value in given.items() if value is not None}
    if known is None:
        defaults = {"kind": "program", "name": id, "date": today(), "instructions": "the text", "note": _NOTE}
        return register_entry({"id": id, **defaults, **told})
    for key, value in told.items():
        if str(getattr(known, key)) != value:
            what = f"{excerpt(id)} is registered with the {key} {excerpt(str(getattr(known, key)))}"
            raise StanceBankError(what, "give the pass another id, or leave that out")
    return None
