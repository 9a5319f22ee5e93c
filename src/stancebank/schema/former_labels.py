"""The names that labels had before: work that was begun under them comes back under the present ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from stancebank.faults import StanceBankError, excerpt
from stancebank.schema.paths import RENAMED_FILE
from stancebank.schema.scheme import Scheme
from stancebank.storage.files import read_inside

FormerLabels = Mapping[str, Mapping[str, str]]
"""By vocabulary, each name that is no label any more, with the label that it became."""


class Renaming(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A label that got another name, or was merged into another label."""

    vocabulary: str
    old: str
    new: str


def read_renamings(root: Path) -> list[Renaming]:
    """The renamings of a corpus, the first one first. StanceBankError for a file that cannot be read."""
    data, _ = read_inside(root, RENAMED_FILE)
    try:
        return msgspec.json.Decoder(Renaming).decode_lines(data or b"")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        what = f"{RENAMED_FILE} has a line that is no renaming: {excerpt(str(error))}"
        raise StanceBankError(what, "write vocabulary, old and new in each line, or remove the line") from None


def renamings_file(renamings: Iterable[Renaming]) -> bytes:
    """The file of renamings."""
    return b"".join(msgspec.json.encode(each) + b"\n" for each in renamings)


def former_labels(root: Path, scheme: Scheme) -> FormerLabels:
    """What the former names of a scheme's labels are now. A name that is a label again is none of them."""
    renamings = read_renamings(root)
    found: dict[str, dict[str, str]] = {}
    for first, renaming in enumerate(renamings):
        known, name = scheme.names(renaming.vocabulary), renaming.old
        for later in renamings[first:]:
            if (later.vocabulary, later.old) == (renaming.vocabulary, name):
                name = later.new
        if renaming.old not in known and name in known:
            found.setdefault(renaming.vocabulary, {})[renaming.old] = name
    return found


def names_of(label: str, former: Mapping[str, str]) -> Iterator[str]:
    """A label, and the names that it had."""
    yield label
    yield from (old for old, new in former.items() if new == label)
