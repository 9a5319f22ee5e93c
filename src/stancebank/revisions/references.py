"""What names a document outside its layers: its seed, exceptions of corpus.yaml, decisions and other lists."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from stancebank.corpus.settings import RuleException
from stancebank.faults import StanceBankError, printable
from stancebank.revisions.draft import Draft
from stancebank.schema.paths import (
    ADJUDICATED_FILE,
    ADJUDICATION_FILE,
    CORPUS_FILE,
    REMARKS_FILE,
    SEEDS_FILE,
    UNPLACED_FILE,
    WORK_FILE,
    seed_file,
)
from stancebank.storage.json_positions import value_positions
from stancebank.storage.yaml_edits import YamlText

LISTS = {
    ADJUDICATION_FILE: "decision",
    ADJUDICATED_FILE: "adjudicated layer",
    UNPLACED_FILE: "unplaced record",
    REMARKS_FILE: "remark",
    WORK_FILE: "record of work",
}
"""Files of JSON lines that each name a document, and what a line is."""

_DECODER = json.JSONDecoder()
_EXCEPTIONS = ("validation", "exceptions")

Edit = Callable[[dict[str, Any], bytes], bytes | None]


def edit_lists(draft: Draft, edit: Edit) -> dict[str, int]:
    """Change lines of decisions and of other lists; gives how many changed or went, by what they are.

    edit: from an object and its line to its new line, None to remove it.
    """
    changed = {noun: draft.edit_lines(file, edit) for file, noun in LISTS.items()}
    return {noun: number for noun, number in changed.items() if number}


def edit_exceptions(draft: Draft, edit: Callable[[RuleException], RuleException | None]) -> dict[str, int]:
    """Change document or file of exceptions in corpus.yaml, or remove some; gives how many."""
    changed = 0
    exceptions = draft.corpus.settings.validation.exceptions
    for index in reversed(range(len(exceptions))):  # from the end, so that the others keep their places
        before, after = exceptions[index], edit(exceptions[index])
        place = (*_EXCEPTIONS, index)
        changed += after != before
        if after is None:
            draft.edit_yaml(CORPUS_FILE, partial(YamlText.without_item, place=place))
            continue
        for key in ("document", "file"):
            value = getattr(after, key)
            if value is not None and value != getattr(before, key):
                draft.edit_yaml(CORPUS_FILE, partial(YamlText.with_value, place=(*place, key), value=value))
    return {"exception": changed} if changed else {}


def drop_seeds(draft: Draft, seeds: Sequence[str]) -> dict[str, int]:
    """Remove seeds and their entries in the register; gives how many."""
    files = draft.corpus.seeds.table["file"].to_list()
    dropped = list(dict.fromkeys(seeds))
    for index in sorted((files.index(seed) for seed in dropped if seed in files), reverse=True):
        draft.edit_yaml(SEEDS_FILE, partial(YamlText.without_item, place=("seeds", index)))
    for seed in dropped:
        draft.put(seed_file(seed), None)
    return {"seed": len(dropped)} if dropped else {}


def rename_seed(draft: Draft, seed: str, new: str) -> None:
    """Give a seed another name. Raises StanceBankError where that is in use."""
    files = draft.corpus.seeds.table["file"].to_list()
    if new in files or (draft.corpus.root / seed_file(new)).exists():
        what = f"the seed would be {printable(seed_file(new))}, which is there already"
        raise StanceBankError(what, "choose another id, or move that file away; nothing was changed")
    if seed in files:
        place = ("seeds", files.index(seed), "file")
        draft.edit_yaml(SEEDS_FILE, lambda text: text.with_value(place, new))
    if (draft.corpus.root / seed_file(seed)).exists():
        draft.put(seed_file(new), draft.read(seed_file(seed)))
        draft.put(seed_file(seed), None)


def register_text(draft: Draft, seed: str, values: dict[str, str], earlier: dict[str, str] | None) -> None:
    """Set values of a seed's entry in the register, and add what the seed was before."""
    files = draft.corpus.seeds.table["file"].to_list()
    if seed not in files:
        raise StanceBankError(f"{SEEDS_FILE} has no entry for {printable(seed)}", "add an entry; nothing was changed")
    place = ("seeds", files.index(seed))

    def edit(text: YamlText) -> YamlText:
        for key, value in values.items():
            text = text.with_value((*place, key), value)
        return text if earlier is None else text.with_entry(place, "earlier", earlier)

    draft.edit_yaml(SEEDS_FILE, edit)


def in_another_part(file: str | None, part: str, other: str) -> str | None:
    """The file of a layer of a part, or of a pass over it, as it is called in another part; others as they are."""
    if file is None:
        return None
    folder, _, name = file.rpartition("/")
    above, _, last = folder.rpartition("/")
    return f"{above}/{other}/{name}" if last == part and above else file


def is_in_part(file: str | None, part: str) -> bool:
    """Whether a file is of a layer of a part, or of a pass over it."""
    return in_another_part(file, part, "") != file


def with_text(line: bytes, place: tuple[str, ...], value: str) -> bytes:
    """A line of JSON with another text at a place; the rest stays as it is written."""
    text = line.decode()
    start = value_positions(text)[place]
    _, end = _DECODER.raw_decode(text, start)
    return (text[:start] + json.dumps(value, ensure_ascii=False) + text[end:]).encode()
