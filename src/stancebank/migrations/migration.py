"""A corpus with its passes and decisions, taken from one version of the scheme to another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from stancebank.adjudication import ADJUDICATION_FILE
from stancebank.corpus import PASSES, RESERVED_FOLDERS, TARGETS_FILE, require_readable
from stancebank.faults import StanceBankError, counted, printable
from stancebank.files import entries, prepared_files, read_inside
from stancebank.layers import PART_LAYERS, TARGETS
from stancebank.migrations.lines import changed_lines
from stancebank.migrations.scheme_text import new_labels, with_version
from stancebank.migrations.step import Change, Step
from stancebank.migrations.ways import STEPS, way
from stancebank.scheme import SCHEME_FILE, SCHEME_VERSION, parse_scheme, scheme_version
from stancebank.studio.folder import BASES

CORPUS, DECISIONS = "corpus", "decisions"


@dataclass
class Summary:
    """What a migration does. files: those that it changes. labels: new ones by vocabulary.

    records, changed, changed_files: counts by place and layer; a place is the corpus, the
    passes, the decisions, or what was sent to Label Studio from here.
    """

    files: list[str] = field(default_factory=list)
    labels: dict[str, list[str]] = field(default_factory=dict)
    records: Counter[tuple[str, str]] = field(default_factory=Counter)
    changed: Counter[tuple[str, str]] = field(default_factory=Counter)
    changed_files: Counter[tuple[str, str]] = field(default_factory=Counter)


@dataclass(frozen=True)
class Migration:
    """What leads a corpus from its version of the scheme to another. before, after: the versions."""

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
        summary.files.append(SCHEME_FILE)
        yield SCHEME_FILE, scheme

    def _scheme(self, summary: Summary) -> bytes:
        before = (_read(self.root, SCHEME_FILE) or b"").decode()
        after = before
        for step in self.steps:
            after = with_version(step.scheme(after), step.after)
        if self.after == SCHEME_VERSION:
            _, faults = parse_scheme(after.encode())
            if faults:
                what = f"the scheme would not be sound: {faults[0].what}"
                raise StanceBankError(what, f"correct {SCHEME_FILE}; nothing was changed")
        summary.labels |= dict(new_labels(before, after))
        return after.encode()

    def _changes(self, layer: str) -> list[Change]:
        if layer == DECISIONS:
            return [step.decision for step in self.steps]
        return [step.records[layer] for step in self.steps if layer in step.records]

    def _record_files(self) -> Iterator[tuple[str, str, str]]:
        """Place, layer and file of all records that a step may change."""
        layers = [name for name in PART_LAYERS if self._changes(name)]
        if self._changes(TARGETS.name):
            yield CORPUS, TARGETS.name, TARGETS_FILE
        for part in _folders(self.root, "corpus"):
            for layer in layers if part not in RESERVED_FOLDERS else ():
                yield CORPUS, layer, f"corpus/{part}/{layer}.jsonl"
        for annotator in _folders(self.root, PASSES):
            for part in _folders(self.root, f"{PASSES}/{annotator}"):
                for layer in layers:
                    if PART_LAYERS[layer].annotated:
                        yield "passes", layer, f"{PASSES}/{annotator}/{part}/{layer}.jsonl"
        for sent in _folders(self.root, str(BASES)):
            for part in _folders(self.root, f"{BASES}/{sent}/corpus"):
                for layer in layers:
                    yield "sent to Label Studio", layer, f"{BASES}/{sent}/corpus/{part}/{layer}.jsonl"
        yield DECISIONS, DECISIONS, ADJUDICATION_FILE


def plan(root: Path, to: str = SCHEME_VERSION, steps: Sequence[Step] = STEPS) -> Migration:
    """The migration of a corpus to a version of the scheme; without steps where it is there already.

    Raises StanceBankError where the version of the corpus cannot be read, or no way leads from it to the other.
    """
    data, fault = read_inside(root, SCHEME_FILE)
    said, faults = scheme_version(data or b"")
    require_readable([fault] if fault else faults)
    assert said is not None
    return Migration(root, said.version, to, way(said, to, steps))


def migrate(migration: Migration, tell: Callable[[Summary], None], *, write: bool = True) -> None:
    """Tell what a migration does, then do it: all files or none. write: else nothing is done.

    The scheme is the last file to be put in its place. Where the process is killed before,
    the corpus still has the old version, and migrating it again does the rest.
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
        yield f"scheme {step.before} to {step.after}: {step.meaning}"
    for vocabulary, labels in summary.labels.items():
        yield f"  {SCHEME_FILE}: new in {printable(vocabulary)}: {printable(', '.join(labels))}"
    for (place, layer), records in summary.records.items():
        changed, files = f"{summary.changed[place, layer]:,}", counted(summary.changed_files[place, layer], "file")
        if place == DECISIONS:
            yield f"  {ADJUDICATION_FILE}: {changed} of {counted(records, 'decision')} changed"
        else:
            yield f"  {place}: {changed} of {counted(records, 'record')} in {layer} changed, in {files}"


def _read(root: Path, file: str) -> bytes | None:
    """The bytes of a file; None where it is missing."""
    data, fault = read_inside(root, file)
    if fault is not None and fault.kind != "missing":
        raise StanceBankError(f"{printable(file)}: {fault.what}", f"{fault.fix}; nothing was changed")
    return data


def _folders(root: Path, folder: str) -> Iterator[str]:
    return (entry.name for entry in entries(root / folder) if entry.is_folder)
