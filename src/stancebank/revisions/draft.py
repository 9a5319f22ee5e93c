"""The files of a corpus as a revision leaves them: read as they are, changed in memory, written together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import polars as pl

from stancebank.corpus.corpus import Corpus
from stancebank.corpus.jsonl import read_records, with_documents
from stancebank.corpus.part import Part
from stancebank.faults import StanceBankError, did_you_mean, excerpt, readable, require_readable
from stancebank.schema.layers import DOCUMENTS
from stancebank.schema.paths import layer_file
from stancebank.storage.files import read_inside, write_files
from stancebank.storage.yaml_edits import YamlText


@dataclass
class Draft:
    """Files of a corpus that change, by path from its root; None for one that is removed."""

    corpus: Corpus
    _files: dict[str, bytes | None] = field(default_factory=dict)

    def read(self, file: str) -> bytes:
        """The bytes of a file as they are now; none of one that is missing. StanceBankError where it is unreadable."""
        if file in self._files:
            return self._files[file] or b""
        data, fault = read_inside(self.corpus.root, file)
        require_readable([fault] if fault and fault.kind != "missing" else [])
        return data or b""

    def put(self, file: str, data: bytes | None) -> None:
        """Have a file hold these bytes, or be removed."""
        self._files[file] = data

    def edit_yaml(self, file: str, edit: Callable[[YamlText], YamlText]) -> None:
        """Change the text of a settings file."""
        self.put(file, edit(YamlText(file, self.read(file).decode())).data())

    def edit_lines(self, file: str, edit: Callable[[dict[str, Any], bytes], bytes | None]) -> int:
        """Change the lines of a file of JSON objects; gives how many changed or went.

        edit: from an object and its line to its new line, None to remove it.
        """
        data = self.read(file)
        kept, changed = [], 0
        for number, line in enumerate(data.splitlines(keepends=True), 1):
            try:
                record = orjson.loads(line)
            except orjson.JSONDecodeError:
                record = None
            if not isinstance(record, dict):
                what = f"{file}:{number}: not a JSON object"
                raise StanceBankError(what, "correct the line; nothing was changed")
            new = edit(record, line)
            changed += new != line
            kept.append(new or b"")
        if changed:
            self.put(file, b"".join(kept))
        return changed

    def changes(self) -> dict[str, bytes | None]:
        """The files that differ from what they are on disk."""
        before = {file: read_inside(self.corpus.root, file)[0] for file in self._files}
        return {file: data for file, data in self._files.items() if data != before[file]}

    def write(self) -> list[str]:
        """Write what changes, all files or none; gives their paths. StanceBankError where writing fails."""
        changes = self.changes()
        write_files(self.corpus.root, changes)
        return sorted(changes)


@dataclass(frozen=True)
class Folder:
    """The layers of a part, or of a pass over it, with the lines of their files."""

    part: Part
    draft: Draft

    @property
    def layers(self) -> list[str]:
        """The layers that it has files of, by name."""
        return [
            name for name, layer in self.part.layers.parts.items() if layer.in_passes or self.part.annotator is None
        ]

    def lines(self, layer: str, doc_id: str) -> bytes:
        """The lines of a document's records."""
        lines = self.draft.read(self.part.file(layer)).split(b"\n")
        return b"".join(
            line + b"\n" for each, line in zip(self.part[layer]["doc_id"], lines, strict=False) if each == doc_id
        )

    def put(self, layer: str, lines: dict[str, bytes]) -> None:
        """Have documents have these lines; all others keep theirs."""
        file = self.part.file(layer)
        rows = self.part[layer]
        if lines and ({*lines} & {*rows["doc_id"]} or any(lines.values())):
            self.draft.put(file, with_documents(self.draft.read(file), rows, lines))

    def count(self, doc_ids: Collection[str]) -> dict[str, int]:
        """How many records of these documents each layer has."""
        return {layer: int(self.part[layer]["doc_id"].is_in(list(doc_ids)).sum()) for layer in self.layers}


def folders(draft: Draft, name: str) -> list[Folder]:
    """The layers of a part and of all passes over it. Raises StanceBankError where one cannot be read."""
    gold = draft.corpus.sound_part(name)
    for each in gold.passes:
        require_readable(each.faults)
    return [Folder(part, draft) for part in (gold, *gold.passes)]


def homes(corpus: Corpus, doc_ids: Sequence[str]) -> dict[str, str]:
    """The part of each of these documents.

    Raises StanceBankError for one that the corpus does not have or has in two parts, and
    where a part's documents cannot be read.
    """
    found: dict[str, str] = {}
    known: list[str] = []
    for doc_id, part in _documents(corpus):
        known.append(doc_id)
        if doc_id in doc_ids:
            if doc_id in found:
                what = f"{excerpt(doc_id)} is in the parts {found[doc_id]} and {part}, or twice in one"
                raise StanceBankError(what, "correct what stancebank validate reports; nothing was changed")
            found[doc_id] = part
    for doc_id in doc_ids:
        if doc_id not in found:
            what = f"{excerpt(doc_id)} is not a document of the corpus{did_you_mean(doc_id, known)}"
            raise StanceBankError(what, "name a document by its id; stancebank progress --by document lists them")
    return found


def document_rows(corpus: Corpus, part: str) -> pl.DataFrame:
    """The documents of a part. Raises StanceBankError where they cannot be read."""
    file = layer_file(part, DOCUMENTS.name)
    data, fault = read_inside(corpus.root, file)
    rows, faults = read_records(data or b"", corpus.layers[DOCUMENTS.name], file)
    return readable(rows, [fault] if fault else faults)


def _documents(corpus: Corpus) -> Iterator[tuple[str, str]]:
    """Each document's id with the name of its part."""
    for name in corpus.part_names:
        for doc_id in document_rows(corpus, name)["doc_id"]:
            yield doc_id, name
