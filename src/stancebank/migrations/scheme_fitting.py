"""What a corpus lacks after its scheme was edited: files of layers that are new, and null in fields that are new."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import orjson

from stancebank.faults import readable
from stancebank.migrations.label_changes import record_files
from stancebank.migrations.migration import changed_lines
from stancebank.migrations.step import Record
from stancebank.schema.layers import KNOWN_LAYERS, PROGRESS, Layer
from stancebank.schema.scheme_reading import read_scheme
from stancebank.storage.files import read_inside


def fitting_files(root: Path) -> dict[str, bytes]:
    """The files of records that change so that they have the layers and own fields of the scheme, by path.

    A layer whose file is missing gets an empty one, where no progress speaks of it and no record can
    refer to it; a record that lacks a field
    of the scheme's own, or a labelled column, gets null. What is there stays as it is, to the byte.
    Raises StanceBankError where the scheme is not sound, or a line is no record.
    """
    scheme = readable(*read_scheme(root))
    files: dict[str, bytes] = {}
    missing: list[tuple[str, Layer]] = []
    having: set[str] = set()
    for _, layer, file in record_files(root, scheme.layers.all.values()):
        data, fault = read_inside(root, file)
        if data is None:
            may_lack = fault is not None and fault.kind == "missing" and not layer.optional
            if may_lack and (_is_new(root, file, layer) if layer.annotated else layer.shared):
                missing.append((file, layer))
            continue
        having.add(layer.name)
        new = _new_fields(layer)
        found = changed_lines(data, [partial(_with, new)], file) if new else None
        if found is not None and found.changed:
            files[file] = found.data
    referring = {column.refers_to for name in having for column in scheme.layers[name].columns if column.refers_to}
    return files | {file: b"" for file, layer in missing if layer.annotated or layer.name not in referring}


def _is_new(root: Path, file: str, layer: Layer) -> bool:
    """Whether there is progress beside the file of a layer, and it does not speak of it."""
    data, _ = read_inside(root, f"{file.rpartition('/')[0]}/{PROGRESS.file_name}")
    return data is not None and not any(_layer(line) == layer.name for line in data.split(b"\n") if line.strip())


def _layer(line: bytes) -> object:
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return record.get("layer") if isinstance(record, dict) else None


def _new_fields(layer: Layer) -> tuple[str, ...]:
    """The columns that records of a layer may lack, since the scheme has them only now."""
    known = KNOWN_LAYERS[layer.name].names
    return tuple(
        column.name for column in layer.columns if column.nullable and (column.name not in known or column.vocabulary)
    )


def _with(names: tuple[str, ...], record: Record) -> Record:
    missing = [name for name in names if name not in record]
    return record | dict.fromkeys(missing) if missing else record
