"""The source of a cue and the holder of a stance, which an arrow, a list and a choice can give."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Literal, NamedTuple

NOT_SENT = "(not sent)"
"""What was sent of a region that was not; no region is called so."""


class End(NamedTuple):
    """The mention that counts, None for nobody, and which of those that were told it is.

    unclear: none of them can be chosen. only: there is one. changed: the one that was not sent. half: the one that was
    sent, which has been removed in one of its two places.
    """

    id: str | None
    which: Literal["unclear", "only", "changed", "half"]


def told_end(told: Iterable[str | None], mentions: Collection[str], sent: str | None, *, whole: bool) -> End:
    """The end that counts of those that arrow, list and choice give; None is nobody.

    mentions: what can be one. sent: the end that the task was sent with. whole: whether arrow and list both give one.
    A task says for good what it was sent with, so that the end is the same at each pull.
    """
    all_told = list(told)
    valid = [id for id in all_told if id is None or id in mentions]
    counts = [id for id in valid if id != sent] if len(valid) > 1 else valid
    if len(counts) != 1:
        return End(None, "unclear")
    if len(all_told) > 1:
        return End(counts[0], "changed")
    return End(counts[0], "half" if counts[0] is not None and counts[0] == sent and not whole else "only")
