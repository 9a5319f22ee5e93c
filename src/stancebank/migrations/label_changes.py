"""A label under another name, or two labels made one: in the scheme, all records and all decisions, or nowhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from stancebank.corpus.corpus import read_corpus
from stancebank.faults import StanceBankError, counted, did_you_mean, excerpt, one_of, printable
from stancebank.migrations.migration import changed_lines
from stancebank.migrations.scheme_text import with_label_renamed, without_label
from stancebank.migrations.step import Record
from stancebank.schema.former_labels import Renaming, read_renamings, renamings_file
from stancebank.schema.labels import same_name
from stancebank.schema.layers import KNOWN_LAYERS, Layer
from stancebank.schema.paths import (
    ADJUDICATION_FILE,
    CORPUS,
    PASSES,
    RENAMED_FILE,
    SCHEME_FILE,
    layer_file,
    shared_file,
)
from stancebank.schema.scheme import Scheme
from stancebank.schema.scheme_reading import parse_scheme
from stancebank.storage.files import entries, read_inside, write_files
from stancebank.studio.server.studio_folder import MERGE_BASES


@dataclass(frozen=True)
class LabelChange:
    """What becomes of a label. files: their new content, by path from the root. records: how many change, by place."""

    vocabulary: str
    old: str
    new: str
    merged: bool
    files: dict[str, bytes] = field(default_factory=dict)
    records: Counter[str] = field(default_factory=Counter)

    def lines(self) -> Iterator[str]:
        """What changes, for people."""
        verb = "merged into" if self.merged else "renamed"
        yield printable(f"{self.vocabulary}: {self.old} {verb} {self.new}")
        for place, number in self.records.items():
            yield f"  {place}: {counted(number, 'record')} changed"
        yield f"  {counted(len(self.files), 'file')} changed"


def renamed(root: Path, old: str, new: str, vocabulary: str | None = None) -> LabelChange:
    """A label of the scheme under another name. Nothing is written.

    vocabulary: where several have the label. Raises StanceBankError for a label that is not there or is there
    twice, and for a name that is none or that the vocabulary has already.
    """
    scheme, text = _scheme(root)
    of = _vocabulary(scheme, old, vocabulary)
    taken = [name for name in scheme.names(of) if name != old and same_name(name) == same_name(new)]
    if taken:
        what = f"{of} has the label {excerpt(taken[0])} already"
        raise StanceBankError(what, "choose another name, or make the two one: stancebank scheme merge")
    return _changed(root, scheme, LabelChange(of, old, new, merged=False), with_label_renamed(text, of, old, new))


def merged(root: Path, label: str, into: str, vocabulary: str | None = None) -> LabelChange:
    """A label that goes, and another of its vocabulary that records have in its place. Errors as in renamed."""
    scheme, text = _scheme(root)
    of = _vocabulary(scheme, label, vocabulary)
    known = scheme.names(of)
    if into not in known:
        what = f"{of} has no label {excerpt(into)}; it has {one_of(known)}{did_you_mean(into, known)}"
        raise StanceBankError(what, "name one of them")
    if into == label:
        raise StanceBankError(f"{excerpt(label)} is one label already", "name two labels")
    return _changed(root, scheme, LabelChange(of, label, into, merged=True), without_label(text, of, label, into))


def write_change(root: Path, change: LabelChange) -> None:
    """Write all files of a change or none; the scheme is among them."""
    write_files(root, change.files)


def _scheme(root: Path) -> tuple[Scheme, str]:
    corpus = read_corpus(root).sound()
    data, _ = read_inside(root, SCHEME_FILE)
    return corpus.scheme, (data or b"").decode()


def _vocabulary(scheme: Scheme, label: str, vocabulary: str | None) -> str:
    """The vocabulary that has the label."""
    if vocabulary is not None and vocabulary not in scheme.vocabularies:
        known = tuple(scheme.vocabularies)
        what = f"the scheme has no vocabulary {excerpt(vocabulary)}; it has {', '.join(known)}"
        raise StanceBankError(what + did_you_mean(vocabulary, known), "name one of them")
    having = [name for name in scheme.vocabularies if vocabulary in (None, name) and label in scheme.names(name)]
    if not having:
        names = [each for name in scheme.vocabularies if vocabulary in (None, name) for each in scheme.names(name)]
        what = f"the scheme has no label {excerpt(label)}{did_you_mean(label, names)}"
        raise StanceBankError(what, "stancebank scheme show lists the labels")
    if len(having) > 1:
        what = f"{excerpt(label)} is a label of {' and of '.join(having)}"
        raise StanceBankError(what, f"say which: --vocabulary {having[0]}")
    return having[0]


def _changed(root: Path, scheme: Scheme, change: LabelChange, text: str) -> LabelChange:
    _, faults = parse_scheme(text.encode())
    if faults:
        what = f"the scheme would not be sound: {faults[0].what}"
        raise StanceBankError(what, "nothing was changed")
    layers = [
        layer
        for layer in scheme.layers.all.values()
        if any(column.vocabulary == change.vocabulary for column in layer.columns)
    ]
    for place, layer, file in record_files(root, layers):
        columns = [column.name for column in layer.columns if column.vocabulary == change.vocabulary]
        _take(root, change, place, file, columns)
    data, _ = read_inside(root, ADJUDICATION_FILE)
    if data is not None:
        of_layers = {
            name: [column.name for column in layer.columns if column.vocabulary == change.vocabulary]
            for name, layer in scheme.layers.all.items()
        }

        def decide(record: Record) -> Record:
            columns = of_layers.get(str(record.get("layer")), [])
            values = record.get("values")
            return record | {"values": _with(values, columns, change)} if isinstance(values, dict) else record

        found = changed_lines(data, [decide], ADJUDICATION_FILE)
        if found.changed:
            change.files[ADJUDICATION_FILE] = found.data
            change.records["decisions"] += found.changed
    change.files[SCHEME_FILE] = text.encode()
    renaming = Renaming(change.vocabulary, change.old, change.new)
    change.files[RENAMED_FILE] = renamings_file([*read_renamings(root), renaming])
    return change


def _take(root: Path, change: LabelChange, place: str, file: str, columns: Sequence[str]) -> None:
    data, fault = read_inside(root, file)
    if data is None:
        if fault is not None and fault.kind != "missing":
            raise StanceBankError(f"{printable(file)}: {fault.what}", f"{fault.fix}; nothing was changed")
        return
    found = changed_lines(data, [lambda record: _with(record, columns, change)], file)
    if found.changed:
        change.files[file] = found.data
        change.records[place] += found.changed


def _with(record: Record, columns: Sequence[str], change: LabelChange) -> Record:
    return record | {name: change.new for name in columns if record.get(name) == change.old}


def record_files(root: Path, layers: Iterable[Layer]) -> Iterator[tuple[str, Layer, str]]:
    """Place, layer and file of all records of these layers: the corpus's, those of passes and of what was sent."""
    bases = [f"{MERGE_BASES}/{entry.name}/" for entry in entries(root / str(MERGE_BASES)) if entry.is_folder]
    for layer in layers:
        if layer.shared:
            yield "corpus", layer, shared_file(layer.name)
            continue
        for part in _folders(root, CORPUS):
            yield "corpus", layer, layer_file(part, layer.name)
        for annotator in _folders(root, PASSES) if KNOWN_LAYERS[layer.name].in_passes else ():
            for part in _folders(root, f"{PASSES}/{annotator}"):
                yield "passes", layer, layer_file(part, layer.name, annotator)
        for base in bases:
            for part in _folders(root, f"{base}{CORPUS}"):
                yield "sent to Label Studio", layer, f"{base}{layer_file(part, layer.name)}"


def _folders(root: Path, folder: str) -> Iterator[str]:
    return (entry.name for entry in entries(root / folder) if entry.is_folder)
