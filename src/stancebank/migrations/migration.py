"""A corpus with its passes and decisions, taken from one format to another, step by step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import orjson

from stancebank.faults import StanceBankError, counted, excerpt, printable, readable
from stancebank.migrations import v1_0_to_v1_1, v1_1_to_v1_2, v1_2_to_v1_3, v1_3_to_v1_4
from stancebank.migrations.scheme_text import new_keys, new_labels, with_format
from stancebank.migrations.step import Change, Record, Step
from stancebank.schema.layers import KNOWN_LAYERS
from stancebank.schema.paths import (
    ADJUDICATION_FILE,
    CORPUS,
    PASSES,
    RESERVED_FOLDERS,
    SCHEME_FILE,
    layer_file,
    shared_file,
)
from stancebank.schema.scheme_reading import FORMAT_VERSION, SchemeFormat, parse_scheme, scheme_format
from stancebank.storage.files import entries, prepared_files, read_inside
from stancebank.studio.server.studio_folder import MERGE_BASES

STEPS: tuple[Step, ...] = (v1_0_to_v1_1.STEP, v1_1_to_v1_2.STEP, v1_2_to_v1_3.STEP, v1_3_to_v1_4.STEP)


def way(before: SchemeFormat, after: str, steps: Sequence[Step] = STEPS) -> tuple[Step, ...]:
    """The steps from a format to another, in their order; none where both are the same.

    Raises StanceBankError for a format that nothing leads to or from, or that would lead back.
    """
    known = [steps[0].before, *(step.after for step in steps)]
    if after not in known:
        what = f"no format {excerpt(after)} is known; there are {', '.join(known)}"
        raise StanceBankError(what, "name one of them, or leave --to out")
    if before.numbers > SchemeFormat(format=known[-1]).numbers:
        what = f"this corpus has format {before.format}; the newest that this StanceBank knows is {known[-1]}"
        raise StanceBankError(what, "install a newer StanceBank")
    if before.format not in known:
        what = f"this corpus has format {before.format}, and no migration leads from it; they lead from {known[0]}"
        raise StanceBankError(what, f"change the corpus to format {known[0]} by hand, then run it again")
    if known.index(after) < known.index(before.format):
        what = f"this corpus has format {before.format}; no migration leads back to {after}"
        raise StanceBankError(what, "take the corpus as it was from git, or from where it was published")
    return tuple(steps[known.index(before.format) : known.index(after)])


_ANNOTATED = tuple(name for name, layer in KNOWN_LAYERS.items() if layer.annotated)
CORPUS_RECORDS, DECISIONS = "corpus", "decisions"


@dataclass
class Summary:
    """What a migration does. files: those that it changes. labels: new ones by vocabulary. roles: labels that get some.

    records, changed, changed_files: counts by place and layer; a place is the corpus, the
    passes, the decisions, or what was sent to Label Studio from here. added: new records, as counted there.
    """

    files: list[str] = field(default_factory=list)
    labels: dict[str, list[str]] = field(default_factory=dict)
    roles: dict[str, list[str]] = field(default_factory=dict)
    records: Counter[tuple[str, str]] = field(default_factory=Counter)
    changed: Counter[tuple[str, str]] = field(default_factory=Counter)
    changed_files: Counter[tuple[str, str]] = field(default_factory=Counter)
    added: Counter[tuple[str, str]] = field(default_factory=Counter)


@dataclass(frozen=True)
class Migration:
    """What leads a corpus from its format to another. before, after: the formats."""

    root: Path
    before: str
    after: str
    steps: tuple[Step, ...]

    def contents(self, summary: Summary) -> Iterator[tuple[str, bytes]]:
        """The files that change, by path from the root, one at a time; the scheme is last. Fills the summary.

        Raises StanceBankError for a file that cannot be read, a line that is no record, and a
        scheme that is not sound once it is changed.
        """
        scheme = self._scheme(summary)
        for place, layer, file in self._record_files():
            data = _read(self.root, file)
            if data is None:
                continue  # stancebank validate says that it is missing
            found = changed_lines(data, self._changes(layer), file)
            summary.records[place, layer] += found.records
            if found.changed:
                summary.changed[place, layer] += found.changed
                summary.changed_files[place, layer] += 1
                summary.files.append(file)
                yield file, found.data
        for place, layer, file, data in self._added_files():
            summary.added[place, layer] += data.count(b"\n")
            summary.files.append(file)
            yield file, data
        summary.files.append(SCHEME_FILE)
        yield SCHEME_FILE, scheme

    def _scheme(self, summary: Summary) -> bytes:
        before = (_read(self.root, SCHEME_FILE) or b"").decode()
        after = before
        for step in self.steps:
            after = with_format(step.scheme(after), step.after)
        if self.after == FORMAT_VERSION:
            _, faults = parse_scheme(after.encode())
            if faults:
                what = f"the scheme would not be sound: {faults[0].what}"
                raise StanceBankError(what, f"correct {SCHEME_FILE}; nothing was changed")
        summary.labels |= dict(new_labels(before, after))
        summary.roles |= dict(new_keys(before, after))
        return after.encode()

    def _changes(self, layer: str) -> list[Change]:
        if layer == DECISIONS:
            return [step.decision for step in self.steps]
        return [step.records[layer] for step in self.steps if layer in step.records]

    def _added_files(self) -> Iterator[tuple[str, str, str, bytes]]:
        """Place, layer, file and content of the layers that are new, where they are not there yet."""
        additions = [addition for step in self.steps for addition in step.additions.items()]
        for place, part, annotator in self._folders() if additions else ():
            files = {layer: layer_file(part, layer, annotator) for layer in _ANNOTATED}
            records = {layer: _records(_read(self.root, file) or b"", file) for layer, file in files.items()}
            for layer, added in additions:
                file = layer_file(part, layer, annotator)
                if _read(self.root, file) is None:
                    lines = [orjson.dumps(record) + b"\n" for record in added(records, annotator)]
                    yield place, layer, file, b"".join(lines)

    def _folders(self) -> Iterator[tuple[str, str, str | None]]:
        """Place, part and annotator of the corpus's own layers and of all passes."""
        for part in _folders(self.root, CORPUS):
            if part not in RESERVED_FOLDERS:
                yield CORPUS_RECORDS, part, None
        for annotator in _folders(self.root, PASSES):
            for part in _folders(self.root, f"{PASSES}/{annotator}"):
                yield "passes", part, annotator

    def _record_files(self) -> Iterator[tuple[str, str, str]]:
        """Place, layer and file of all records that a step may change."""
        layers = [name for name, layer in KNOWN_LAYERS.items() if not layer.shared and self._changes(name)]
        for name, of_all in KNOWN_LAYERS.items():
            if of_all.shared and self._changes(name):
                yield CORPUS_RECORDS, name, shared_file(name)
        for place, part, annotator in self._folders():
            for layer in layers:
                if annotator is None or KNOWN_LAYERS[layer].in_passes:
                    yield place, layer, layer_file(part, layer, annotator)
        for sent in _folders(self.root, str(MERGE_BASES)):
            for part in _folders(self.root, f"{MERGE_BASES}/{sent}/{CORPUS}"):
                for layer in layers:
                    yield "sent to Label Studio", layer, f"{MERGE_BASES}/{sent}/{layer_file(part, layer)}"
        yield DECISIONS, DECISIONS, ADJUDICATION_FILE


def plan(root: Path, to: str = FORMAT_VERSION, steps: Sequence[Step] = STEPS) -> Migration:
    """The migration of a corpus to a format; without steps where it is there already.

    Raises StanceBankError where the format of the corpus cannot be read, or no way leads from it to the other.
    """
    data, fault = read_inside(root, SCHEME_FILE)
    said, faults = scheme_format(data or b"")
    said = readable(said, [fault] if fault else faults)
    return Migration(root, said.format, to, way(said, to, steps))


def migrate(migration: Migration, tell: Callable[[Summary], None], *, write: bool = True) -> None:
    """Tell what a migration does, then do it: all files or none. write: else nothing is done.

    The scheme is the last file to be put in its place. Where the process is killed before,
    the corpus still has the old format, and migrating it again does the rest.
    Raises StanceBankError as contents does, and where writing fails.
    """
    summary = Summary()
    if not write:
        for _ in migration.contents(summary):
            pass
        tell(summary)
        return
    with prepared_files(migration.root, migration.contents(summary)) as put:
        tell(summary)
        put()


def report(migration: Migration, summary: Summary) -> Iterator[str]:
    """What a migration does, in lines for a terminal."""
    for step in migration.steps:
        yield f"format {step.before} to {step.after}: {step.meaning}"
    for vocabulary, labels in summary.labels.items():
        yield f"  {SCHEME_FILE}: new in {printable(vocabulary)}: {printable(', '.join(labels))}"
    for vocabulary, labels in summary.roles.items():
        yield f"  {SCHEME_FILE}: roles in {printable(vocabulary)} for {printable(', '.join(labels))}"
    for (place, layer), records in summary.records.items():
        changed, files = f"{summary.changed[place, layer]:,}", counted(summary.changed_files[place, layer], "file")
        if place == DECISIONS:
            yield f"  {ADJUDICATION_FILE}: {changed} of {counted(records, 'decision')} changed"
        else:
            yield f"  {place}: {changed} of {counted(records, 'record')} in {layer} changed, in {files}"
    for (place, layer), records in summary.added.items():
        yield f"  {place}: {counted(records, 'record')} in {layer} added"


def _records(data: bytes, file: str) -> list[Record]:
    return [_record(line, file, number) for number, line in enumerate(data.split(b"\n"), 1) if line.strip()]


def _read(root: Path, file: str) -> bytes | None:
    """The bytes of a file; None where it is missing."""
    data, fault = read_inside(root, file)
    if fault is not None and fault.kind != "missing":
        raise StanceBankError(f"{printable(file)}: {fault.what}", f"{fault.fix}; nothing was changed")
    return data


def _folders(root: Path, folder: str) -> Iterator[str]:
    return (entry.name for entry in entries(root / folder) if entry.is_folder)


class Changed(NamedTuple):
    """A file with its records changed. records: how many there are. changed: how many are not what they were."""

    data: bytes
    records: int
    changed: int


def changed_lines(data: bytes, changes: Sequence[Change], file: str) -> Changed:
    """The lines of a file with each change applied to each record in turn.

    Where a change adds keys alone, they are put behind the others and the rest of the
    line is left as it was written. Raises StanceBankError for a line that is no object.
    """
    lines = data.split(b"\n")
    records = changed = 0
    for index, line in enumerate(lines):
        if not line.strip():
            continue
        before = _record(line, file, index + 1)
        after = before
        for change in changes:
            after = change(after)
        records += 1
        if after != before:
            lines[index] = _written(line, before, after)
            changed += 1
    return Changed(b"\n".join(lines), records, changed)


def _record(line: bytes, file: str, number: int) -> Record:
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        what = f"{printable(file)}:{number}: not valid JSON: {printable(error.msg)}"
        raise StanceBankError(what, "correct the line; nothing was changed") from None
    if not isinstance(record, dict):
        what = f"{printable(file)}:{number}: expected one object on the line"
        raise StanceBankError(what, "correct the line; nothing was changed")
    return record


def _written(line: bytes, before: Record, after: Record) -> bytes:
    if list(after.items())[: len(before)] != list(before.items()):
        return orjson.dumps(after)
    added = orjson.dumps(dict(list(after.items())[len(before) :]))
    end = line.rindex(b"}")
    return line[:end] + (b"," if before else b"") + added[1:-1] + line[end:]
