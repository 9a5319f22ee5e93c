"""What a corpus was when it was released: a digest of each record, kept in the repository.

A digest tells whether a record is as it was, and nothing else: it is keyed by the whole
text of the record's document, so that short words cannot be guessed from it by someone
who does not have the text.
"""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import orjson

from stancebank.compare.differences import (
    STATE,
    Counts,
    Diff,
    DocumentChange,
    FieldChange,
    Kind,
    MetadataChange,
    RecordChange,
    Side,
    TextChange,
)
from stancebank.compare.record_differences import state_change
from stancebank.compare.snapshots import SCHEME_FORMAT, Metadata, Snapshot
from stancebank.compare.state_comparison import compare, metadata_changes
from stancebank.faults import StanceBankError, excerpt, printable
from stancebank.schema.layers import DOCUMENTS, KNOWN_LAYERS
from stancebank.storage.files import sha256

FORMAT = "stancebank-release/1"
_DIGEST_BYTES = 12
_SAID = ":"
_LAYERS = tuple(name for name, layer in KNOWN_LAYERS.items() if not layer.shared and layer is not DOCUMENTS)
_SHARED = tuple(layer for layer in KNOWN_LAYERS.values() if layer.shared)

Digests = dict[str, str]


class DocumentDigests(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A released document: its split, the SHA-256 of its text, and digests.

    record: of its record without the text. layers: by layer and id, of its annotations; those
    of progress are preceded by the state, which is nothing of the text: "done:" and the digest.
    """

    split: str | None
    text: str
    record: str
    layers: dict[str, Digests]


class Release(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A released version of a corpus, as digests.

    scheme: its format. metadata: by file and key. targets, actors and documents: by id.
    name: what the user called it, or the corpus's own.
    """

    format: str
    name: str
    version: str
    scheme: str
    metadata: dict[str, Digests] = msgspec.field(default_factory=dict)
    targets: Digests = msgspec.field(default_factory=dict)
    actors: Digests = msgspec.field(default_factory=dict)
    documents: dict[str, DocumentDigests] = msgspec.field(default_factory=dict)

    def shared(self, layer: str) -> Digests:
        """The digests of a layer that all parts share, by id."""
        digests: Digests = getattr(self, layer)
        return digests


def release_of(snapshot: Snapshot, name: str) -> Release:
    """The digests of a whole corpus. name: of the corpus."""
    assert snapshot.version is not None
    metadata: dict[str, Digests] = {}
    for (file, key), value in sorted(snapshot.metadata.items()):
        if (file, key) != SCHEME_FORMAT:
            metadata.setdefault(file, {})[key] = _digest(value.encode(), b"")
    documents = snapshot.layers[DOCUMENTS.name]
    keys = {doc_id: _key(text) for doc_id, text in documents.select("doc_id", "text").iter_rows()}
    found: dict[str, dict[str, Digests]] = {doc_id: {} for doc_id in keys}
    for layer in _LAYERS:
        id_column = KNOWN_LAYERS[layer].id_column
        for row in snapshot.layers[layer].iter_rows(named=True):
            if row["doc_id"] in keys:
                digests = found[row["doc_id"]].setdefault(layer, {})
                digest = _digest(_canonical(row), keys[row["doc_id"]])
                digests[row[id_column]] = f"{row[STATE]}{_SAID}{digest}" if KNOWN_LAYERS[layer].tracks else digest
    splits = {} if snapshot.splits is None else dict(snapshot.splits.iter_rows())
    released = {
        row["doc_id"]: DocumentDigests(
            splits.get(row["doc_id"]),
            sha256(row["text"].encode()),
            _digest(
                _canonical({k: v for k, v in row.items() if k not in ("text", "text_sha256")}), keys[row["doc_id"]]
            ),
            found[row["doc_id"]],
        )
        for row in documents.sort("doc_id").iter_rows(named=True)
    }
    shared: dict[str, Digests] = {}
    for each in _SHARED:
        rows = snapshot.layers[each.name].sort(each.id_column).iter_rows(named=True)
        shared[each.name] = {row[each.id_column]: _digest(_canonical(row), b"") for row in rows}
    scheme = snapshot.metadata[SCHEME_FORMAT]
    return Release(FORMAT, name, snapshot.version, scheme, metadata, documents=released, **shared)


def write_release(release: Release) -> bytes:
    """A release as its file: compact JSON with a line for each document; the same content gives the same bytes."""
    said = ("format", "name", "version", "scheme", "metadata", *(layer.name for layer in _SHARED))
    head = {name: getattr(release, name) for name in said}
    documents = (
        orjson.dumps(doc_id) + b":" + msgspec.json.encode(each) for doc_id, each in sorted(release.documents.items())
    )
    return orjson.dumps(head)[:-1] + b',"documents":{\n' + b",\n".join(documents) + b"\n}}\n"


def is_release(path: Path) -> bool:
    """Whether a file begins like a release."""
    with path.open("rb") as stream:
        return stream.read(64).startswith(b'{"format":"stancebank-release/')


def read_release(path: Path, name: str) -> Release:
    """A release from its file. Raises StanceBankError where it is damaged, of another format or of another version."""
    try:
        release = msgspec.json.decode(path.read_bytes(), type=Release)
    except (OSError, msgspec.MsgspecError, ValueError, RecursionError) as error:
        what = f"{printable(name)} cannot be read as a release: {printable(str(error))}"
        raise StanceBankError(what, "restore it as it was committed, with git checkout") from None
    if release.format != FORMAT or path.stem != release.version or not re.fullmatch(r"[0-9.]+", release.version):
        what = f"{printable(name)} says that it is {excerpt(release.format)} of version {excerpt(release.version)}"
        raise StanceBankError(what, f"it must be {FORMAT} of the version that the file is named after")
    return msgspec.structs.replace(release, name=name)


def compare_states(a: Snapshot | Release, b: Snapshot | Release) -> Diff:
    """What differs between two states; of a release the records that do, by their ids, without their values.

    Raises StanceBankError where a release is compared with less than a whole corpus.
    """
    if isinstance(a, Snapshot) and isinstance(b, Snapshot):
        return compare(a, b)
    sides = tuple(each if isinstance(each, Release) else release_of(_whole(each), each.name) for each in (a, b))
    one, other = sides
    counts = {layer: Counts() for layer in KNOWN_LAYERS}
    records = [
        change
        for layer in _SHARED
        for change in _records(layer.name, None, one.shared(layer.name), other.shared(layer.name))
    ]
    documents = []
    for doc_id in sorted({**one.documents, **other.documents}):
        mine, theirs = one.documents.get(doc_id), other.documents.get(doc_id)
        if mine is None or theirs is None:
            kind: Kind = "removed" if theirs is None else "added"
            there = (other if mine is None else one).documents[doc_id]
            numbers = {layer: len(digests) for layer, digests in there.layers.items()}
            documents.append(DocumentChange(kind, doc_id, records=numbers))
            counts[DOCUMENTS.name].add(kind)
            for layer, number in numbers.items():
                counts[layer].add(kind, number)
        elif mine != theirs:
            changes = [*_document(doc_id, mine, theirs)]
            of_document = [*_of_document(doc_id, mine, theirs)]
            if changes or any(change.layer == DOCUMENTS.name for change in of_document):
                counts[DOCUMENTS.name].add("changed")
            documents += changes
            records += of_document
    for change in records:
        if change.layer != DOCUMENTS.name:
            counts[change.layer].add(change.kind)
    return Diff(
        Side(one.name, one.version),
        Side(other.name, other.version),
        tuple(KNOWN_LAYERS),
        tuple(_metadata(one, other)),
        tuple(documents),
        tuple(records),
        (),
        counts,
        digests=True,
    )


def _whole(snapshot: Snapshot) -> Snapshot:
    if snapshot.metadata_whole and snapshot.own == tuple(KNOWN_LAYERS):
        return snapshot
    what = f"{printable(snapshot.name)} is no whole corpus, and a release can be compared with nothing else"
    raise StanceBankError(what, "name the root of a corpus, a revision or another release")


def _metadata(a: Release, b: Release) -> Iterator[MetadataChange]:
    said: list[Metadata] = [
        {SCHEME_FORMAT: each.scheme}
        | {(file, key): value for file, values in each.metadata.items() for key, value in values.items()}
        for each in (a, b)
    ]
    yield from metadata_changes(said[0], said[1], whole=True)


def _document(doc_id: str, a: DocumentDigests, b: DocumentDigests) -> Iterator[DocumentChange]:
    splits = None if a.split == b.split else (a.split, b.split)
    if splits or a.text != b.text:
        text = None if a.text == b.text else TextChange()
        yield DocumentChange("changed", doc_id, splits=splits, text=text, comparable=text is None)


def _of_document(doc_id: str, a: DocumentDigests, b: DocumentDigests) -> Iterator[RecordChange]:
    if a.record != b.record and a.text == b.text:
        yield RecordChange("changed", DOCUMENTS.name, doc_id, doc_id, doc_id)
    for layer in _LAYERS:
        yield from _records(layer, doc_id, a.layers.get(layer, {}), b.layers.get(layer, {}), values=a.text == b.text)


def _records(
    layer: str, doc_id: str | None, a: Mapping[str, str], b: Mapping[str, str], *, values: bool = True
) -> Iterator[RecordChange]:
    """The records that differ. values: digests can be compared, since both have one key."""
    for id in {**a, **b}:
        if id not in a:
            yield RecordChange("added", layer, doc_id, None, id, fields=_states(layer, None, b[id]))
        elif id not in b:
            yield RecordChange("removed", layer, doc_id, id, None, fields=_states(layer, a[id], None))
        elif (values and a[id] != b[id]) or _states(layer, a[id], b[id]):
            yield RecordChange("changed", layer, doc_id, id, id, fields=_states(layer, a[id], b[id]))


def _states(layer: str, a: str | None, b: str | None) -> tuple[FieldChange, ...]:
    """How far a layer was and is, where that differs; of other layers nothing is known but digests."""
    if not KNOWN_LAYERS[layer].tracks:
        return ()
    one, other = (None if digest is None else digest.partition(_SAID)[0] for digest in (a, b))
    return () if one == other else (state_change(one, other),)


def _canonical(row: Mapping[str, object]) -> bytes:
    """A record as compact JSON without the fields that are null, so that a new optional field changes no digest."""
    return orjson.dumps({name: value for name, value in row.items() if value is not None})


def _key(text: str) -> bytes:
    """A key that nobody has who does not have the text."""
    return hashlib.blake2b(text.encode(), digest_size=32, person=b"stancebank key").digest()


def _digest(data: bytes, key: bytes) -> str:
    digest = hashlib.blake2b(data, digest_size=_DIGEST_BYTES, key=key).digest()
    return urlsafe_b64encode(digest).decode()
