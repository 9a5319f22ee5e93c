"""The layers that all parts share, changed in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from stancebank.corpus.corpus import Corpus
from stancebank.corpus.jsonl import with_rows
from stancebank.faults import StanceBankError, did_you_mean, excerpt
from stancebank.interface.record_values import complete, require_fields, require_layer, require_value
from stancebank.schema.frames import polars_schema
from stancebank.schema.paths import shared_file


class SharedLayers:
    """Targets and actors by id, as they are now.

    corpus: as it was read; read: the bytes of the files then.
    """

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._read = {name: corpus.read(shared_file(name))[0] for name in corpus.layers.shared}
        self._records: dict[str, dict[str, dict[str, Any]]] = {}
        self._changed: dict[tuple[str, str], None] = {}

    def records(self, layer: str) -> dict[str, dict[str, Any]]:
        """The records of a layer by id. Raises StanceBankError for a layer that the scheme does not use."""
        if layer not in self._records:
            id_column = require_layer(self._corpus, layer).id_column
            self._records[layer] = {row[id_column]: row for row in self._corpus.shared[layer].iter_rows(named=True)}
        return self._records[layer]

    def record(self, layer: str, id: str) -> dict[str, Any]:
        """A record. Raises StanceBankError where there is none."""
        found = self.records(layer).get(id)
        if found is None:
            what = (
                f"there is no {self._corpus.layers[layer].noun} {excerpt(id)}{did_you_mean(id, [*self.records(layer)])}"
            )
            raise StanceBankError(what, f"corpus.{layer} lists them")
        return found

    def drop(self, layer: str, id: str) -> None:
        """Remove a record that nothing names."""
        self.record(layer, id)
        del self.records(layer)[id]
        self._changed[layer, id] = None

    def add(self, layer: str, id: str, fields: Mapping[str, object]) -> None:
        """Add a record. Raises StanceBankError for an id that is in use or is none, and as put does."""
        found = require_layer(self._corpus, layer)
        if id in self.records(layer):
            raise StanceBankError(f"there is a {found.noun} {excerpt(id)} already", "give another id, or change it")
        require_value(self._corpus, found, found[found.id_column], id)
        self._put(layer, id, {found.id_column: id}, fields, [column.name for column in found.columns])

    def put(self, layer: str, id: str, fields: Mapping[str, object]) -> None:
        """Set fields of a record. Raises StanceBankError for a value that is not allowed."""
        self._put(layer, id, self.record(layer, id), fields, [*fields])

    def _put(
        self, layer: str, id: str, known: Mapping[str, Any], fields: Mapping[str, object], checked: list[str]
    ) -> None:
        found = self._corpus.layers[layer]
        require_fields(found, [*fields])
        values = complete(found, {**known, **fields})
        for name in checked:
            require_value(self._corpus, found, found[name], values[name])
        self.records(layer)[id] = values
        self._changed[layer, id] = None

    def changes(self) -> dict[str, bytes]:
        """The files that are not as they were read."""
        files = {}
        for name in dict.fromkeys(layer for layer, _ in self._changed):
            layer, rows = self._corpus.layers[name], self._corpus.shared[name]
            now = self.records(name)
            known = {row[layer.id_column]: row for row in rows.iter_rows(named=True)}
            new = [now[id] for of, id in self._changed if of == name and id in now and now[id] != known.get(id)]
            kept = [id in now for id in rows[layer.id_column]]
            if new or not all(kept):
                stored = zip((self._read[name] or b"").splitlines(keepends=True), kept, strict=True)
                data = b"".join(line for line, stays in stored if stays)
                frame = pl.DataFrame(new, schema=polars_schema(layer.columns), orient="row")
                files[shared_file(name)] = with_rows(data, rows.filter(kept), frame, layer)
        return files

    def corpus(self) -> Corpus:
        """The corpus with the layers as they are now."""
        if not self._changed:
            return self._corpus
        frames = {
            name: pl.DataFrame([*self.records(name).values()], schema=polars_schema(layer.columns), orient="row").sort(
                layer.id_column
            )
            for name, layer in self._corpus.layers.shared.items()
        }
        return replace(self._corpus, shared=frames)

    def basis(self) -> Iterator[tuple[str, bytes | None]]:
        """The files with the bytes that were read."""
        for name, data in self._read.items():
            yield shared_file(name), data
