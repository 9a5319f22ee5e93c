"""New corpora, and new texts in a corpus."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
from ruamel.yaml import YAML

from stancebank import seeds
from stancebank.corpus import CORPUS_FILE, RESERVED_FOLDERS, TARGETS_FILE, Corpus, Part, read_corpus, require_readable
from stancebank.faults import StanceBankError, excerpt, printable
from stancebank.files import write_files
from stancebank.frames import polars_schema, row_order
from stancebank.generated import scheme_files
from stancebank.jsonl import write_records
from stancebank.layers import DOCUMENTS, ID, LANGUAGE, PART_LAYERS, SENTENCES, Layer
from stancebank.scheme import SCHEME_FILE, read_scheme

UNKNOWN_RIGHTS = "unknown"
_UNKNOWN_STATEMENT = "Nobody has said yet who holds the rights in this text."
_SEED_REGISTER = f"""\
# Where each raw text is from and what is known of the rights in it.
rights:
  {UNKNOWN_RIGHTS}:
    statement: {_UNKNOWN_STATEMENT}
    redistribution: false
seeds: []
""".encode()


@dataclass(frozen=True, slots=True)
class Addition:
    """A text that was added: its document, the part it went to and how many sentences it has."""

    doc_id: str
    part: str
    sentences: int


def make_corpus(folder: Path, scheme_file: Path) -> None:
    """Make an empty corpus in a folder that has none: settings, seed register, scheme and what follows from it.

    scheme_file: the scheme to copy. Raises StanceBankError where there is a corpus already,
    where Label Studio cannot hold the scheme's labels, or where writing fails.
    """
    if (folder / CORPUS_FILE).exists():
        what = f"{printable(str(folder))} holds a corpus already"
        raise StanceBankError(what, "name another folder; nothing was changed")
    title = printable(folder.resolve().name) or "corpus"
    name = re.sub(r"[^a-z0-9_-]+", "-", title.lower()).lstrip("-_0123456789").rstrip("-_") or "corpus"
    settings = (
        f'name: "{name}"\ntitle: {json.dumps(title)}\n'
        "description: Say here in a sentence what is in the corpus.\nversion: 0.1.0\n"
        "annotation_license: not stated\n"
        "# For each split the parts in it, as shell patterns; a part belongs to exactly one split.\n"
        'splits:\n  train: ["*"]\n'
    )
    scheme, faults = read_scheme(scheme_file.parents[1])
    require_readable(faults)
    assert scheme is not None
    files = {CORPUS_FILE: settings.encode(), TARGETS_FILE: b"", seeds.SEEDS_FILE: _SEED_REGISTER}
    files |= {SCHEME_FILE: scheme_file.read_bytes(), **scheme_files(scheme)}
    files |= {
        ".gitattributes": b"seeds/** -text\ncorpus/** -text\n",
        ".gitignore": b"/dist/\n/.studio/\n/.venv-studio/\n.new-*\n.old-*\n.unfinished-*\n",
    }
    existing = [file for file in files if (folder / file).exists()]
    if existing:
        what = f"{printable(str(folder))} holds {existing[0]} already"
        raise StanceBankError(what, "name another folder; nothing was changed")
    write_files(folder, files)


def add_texts(
    root: Path, files: Sequence[Path], part: str | None = None, date: str | None = None, language: str | None = None
) -> list[Addition]:
    """Bring raw texts into a corpus: seeds, register, documents and sentences, all of them or none.

    part: where the documents go; without it the year and month of each date.
    date: of texts without a date header. language: BCP 47; without it English.
    Raises StanceBankError for a text that is there already, another one with the
    same id, a text without a date, bytes that the recipe refuses, a corpus that
    cannot be read, and where writing fails.
    """
    corpus = read_corpus(root)
    require_readable(corpus.faults)
    assert corpus.seeds is not None
    language = "en" if language is None else language
    if not re.fullmatch(LANGUAGE, language):
        raise StanceBankError(f"{excerpt(language)} is no language tag", "write a BCP 47 tag such as en or pt-BR")
    if part is not None and (part in RESERVED_FOLDERS or not re.fullmatch(ID, part)):
        raise StanceBankError(
            f"{excerpt(part)} is no name for a part",
            f"use letters, digits, dot, dash, underscore; not {', '.join(RESERVED_FOLDERS)}",
        )
    parts = {name: corpus.read_part(name) for name in corpus.part_names}
    new: dict[str, list[_NewDocument]] = {}
    known = _known_documents(parts)
    known_seeds = dict(corpus.seeds.table.select("sha256", "file").iter_rows())
    for file in files:
        document = _read_document(file, date, language)
        if document.record["seed_sha256"] in known_seeds:
            there = known_seeds[document.record["seed_sha256"]]
            raise StanceBankError(f"{printable(str(file))} is there already, as seeds/{there}", "nothing was changed")
        doc_id = document.record["doc_id"]
        if doc_id in known or document.record["seed"] in known_seeds.values():
            what = f"another text with the id {doc_id} is there already"
            raise StanceBankError(what, "rename the file, whose name gives the id; nothing was changed")
        if (root / "seeds" / document.record["seed"]).exists():
            what = f"seeds/{document.record['seed']} is there already, but is no registered seed"
            raise StanceBankError(what, "rename the file, or move that one away; nothing was changed")
        known.add(doc_id)
        known_seeds[document.record["seed_sha256"]] = document.record["seed"]
        new.setdefault(part or document.record["date"][:7], []).append(document)
    write_files(root, _contents(corpus, parts, new))
    return [
        Addition(document.record["doc_id"], name, len(document.sentences))
        for name, documents in new.items()
        for document in documents
    ]


@dataclass(frozen=True, slots=True)
class _NewDocument:
    data: bytes
    record: dict[str, Any]
    sentences: list[dict[str, Any]]


def _read_document(file: Path, date: str | None, language: str) -> _NewDocument:
    name = printable(str(file))
    try:
        data = file.read_bytes()
    except OSError as error:
        raise StanceBankError(f"{name} cannot be read: {error.strerror}", "name a text file") from None
    doc_id = file.name.removesuffix(".txt")
    if not re.fullmatch(ID, doc_id):
        what = f"the name of {name} gives no id: {excerpt(doc_id)}"
        raise StanceBankError(what, "rename the file with letters, digits, dot, dash and underscore")
    seed = seeds.read_seed(data, name)
    if seed.date is None and date is None:
        raise StanceBankError(f"{name} has no date header", "say when it was published: --date YYYY-MM-DD")
    if seed.date is not None and date is not None and seed.date != date:
        what = f"{name} has the date {seed.date} in its header, --date says {excerpt(date)}"
        raise StanceBankError(what, "leave --date out, or correct it")
    day = seed.date or date or ""
    if not seeds.is_day(day):
        raise StanceBankError(f"{excerpt(day)} is no day", "write the date as YYYY-MM-DD")
    record = {
        "doc_id": doc_id,
        "date": day,
        "title": None,
        "language": language,
        "text": seed.text,
        "text_sha256": seeds.sha256(seed.text.encode()),
        "seed": file.name,
        "seed_sha256": seeds.sha256(data),
        "header": seed.header,
        "newline": seed.newline,
        "recipe": seeds.RECIPE,
        "rights": UNKNOWN_RIGHTS,
    }
    sentences = [
        {"doc_id": doc_id, "sentence_id": f"n{number}", "start": s.start, "end": s.end, "paragraph": s.paragraph}
        for number, s in enumerate(seeds.sentences(seed.text, language), 1)
    ]
    return _NewDocument(data, record, sentences)


def _known_documents(parts: Mapping[str, Part]) -> set[str]:
    for part in parts.values():
        require_readable(part.faults)
    return {doc_id for part in parts.values() for doc_id in part["documents"]["doc_id"]}


def _contents(corpus: Corpus, parts: Mapping[str, Part], new: Mapping[str, list[_NewDocument]]) -> dict[str, bytes]:
    """The bytes of every file that the additions make or change, by path from the root."""
    contents: dict[str, bytes] = {}
    for name, documents in new.items():
        for document in documents:
            contents[f"seeds/{document.record['seed']}"] = document.data
        rows = {
            DOCUMENTS: [document.record for document in documents],
            SENTENCES: [sentence for document in documents for sentence in document.sentences],
        }
        for layer in PART_LAYERS.values():
            file = f"corpus/{name}/{layer.file_name}"
            if layer in rows:
                before = parts[name][layer.name] if name in parts else None
                contents[file] = _merged(before, rows[layer], layer)
            elif name not in parts:
                contents[file] = b""
    contents[seeds.SEEDS_FILE] = _register(corpus, [document for documents in new.values() for document in documents])
    return contents


def _merged(before: pl.DataFrame | None, records: list[dict[str, Any]], layer: Layer) -> bytes:
    rows = pl.DataFrame(records, schema=polars_schema(layer.columns))
    rows = rows if before is None else pl.concat([before, rows])
    return write_records(rows.sort(row_order(layer), maintain_order=True), layer)


def _register(corpus: Corpus, documents: list[_NewDocument]) -> bytes:
    """seeds.yaml with the new seeds in it, comments and order kept."""
    yaml = YAML(typ="rt", pure=True)
    yaml.width = 4096
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    content = yaml.load((corpus.root / seeds.SEEDS_FILE).read_text("utf-8"))
    if UNKNOWN_RIGHTS not in content["rights"]:
        content["rights"][UNKNOWN_RIGHTS] = {"statement": _UNKNOWN_STATEMENT, "redistribution": False}
    if not content["seeds"]:
        content["seeds"] = []
    for document in documents:
        record = document.record
        entry = {"file": record["seed"], "sha256": record["seed_sha256"], "date": record["date"]}
        entry |= {"language": record["language"], "origin": "not stated", "rights": UNKNOWN_RIGHTS}
        content["seeds"].append(entry)
    buffer = BytesIO()
    yaml.dump(content, buffer)
    return buffer.getvalue()
