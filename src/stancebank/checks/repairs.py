"""Repairs that are possible in exactly one way: the form of files, the order of rows, spans that have one place.

Nothing is guessed. Lines that need no change keep their bytes, and what would
break another rule is left as it was. So are the spans of a document whose text is not the
one that was annotated: they would be moved to the wrong words.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher, unified_diff

import orjson
import polars as pl

from stancebank.checks.registry import RULES
from stancebank.checks.selection import ALL_RULES, Exceptions, Selection
from stancebank.checks.validation import part_hits, texts_in_doubt
from stancebank.corpus.annotators import Annotators
from stancebank.corpus.corpus import Corpus, Faulty
from stancebank.corpus.jsonl import read_records
from stancebank.corpus.part import Part
from stancebank.corpus.seeds import NO_SEEDS
from stancebank.corpus.settings import CorpusSettings, Validation
from stancebank.faults import printable
from stancebank.schema.frames import row_order
from stancebank.schema.layers import Layer
from stancebank.schema.paths import layer_file, shared_file
from stancebank.schema.scheme_layers import Layers
from stancebank.storage.files import read_inside, write_files
from stancebank.storage.json_positions import JsonPath, value_positions

_DECODER = json.JSONDecoder()
_ALIKE = 0.7  # least similarity of a misspelt text to what the document reads, from 0 to 1
_WORD = re.compile(r"\w+")

_Span = tuple[int, int, str]  # start, end, text
_Place = tuple[str, str, str]  # layer, document, record
_Edit = tuple[tuple[str, int], Mapping[JsonPath, str | int]]
_Edits = Mapping[tuple[str, int], Mapping[JsonPath, str | int]]  # new values by layer and row, then by path


@dataclass(frozen=True)
class Repair:
    """A file of the corpus before and after its repair."""

    file: str
    before: bytes
    after: bytes

    def diff(self) -> Iterator[str]:
        """The lines of a unified diff without context, safe for a terminal."""
        before, after = (data.decode(errors="backslashreplace") for data in (self.before, self.after))
        lines = re.compile(r"[^\n]*\n|[^\n]+").findall
        for line in unified_diff(lines(before), lines(after), f"a/{self.file}", f"b/{self.file}", n=0):
            yield printable(line.removesuffix("\n"))
            if not line.endswith("\n"):
                yield "\\ No newline at end of file"


@dataclass(frozen=True)
class Left:
    """A document whose spans were left as they are, since its text or its seed is not the one that was annotated.

    file, line: of the document. rule: what found it, as id and name.
    """

    file: str
    line: int
    document: str
    rule: str

    def __str__(self) -> str:
        name = printable(self.document)
        way_out = (
            f"correct this first, or run stancebank update {name} --text FILE; no span of the document was changed"
        )
        return f"{self.file}:{self.line}  {self.rule}  {name}: {way_out}"


@dataclass(frozen=True)
class Repairs:
    """What a repair changed, file by file, and the documents that it did not touch."""

    changes: tuple[Repair, ...]
    left: tuple[Left, ...]


def repair(corpus: Corpus | Faulty, selection: Selection = ALL_RULES) -> Repairs:
    """Repair the corpus on disk, all files or none, and report the changes.

    It repairs, if their rules are selected: a byte-order mark (SB109), CR LF
    (SB110), a missing final newline after a whole record (SB112), the order of
    rows (SB603), rights of a document that differ from those of its seed in seeds.yaml
    (SB207), blanks at the ends of spans (SB310, SB701), and a span whose text
    differs from the document (SB301): it moves to the one place in its sentence
    that reads the same; if there is none and only the words that it covers are like
    its text, it takes these words. Of a document whose text or seed does not match its
    digest (SB201, SB204), or whose text is not the seed's (SB205), no span is repaired.
    Raises StanceBankError where a file cannot be written.
    """
    left: list[Left] = []
    before: dict[str, bytes] = {}
    after: dict[str, bytes] = {}
    for of_all in corpus.layers.shared.values():
        file = shared_file(of_all.name)
        shared, _ = read_inside(corpus.root, file)
        if shared is not None:
            before[file], after[file] = shared, _ordered(_formed(shared, of_all, selection), of_all, selection)
    known = _as_far_as_read(corpus, after)
    for name in corpus.part_names:
        files = {layer: layer_file(name, layer) for layer in corpus.layers.parts}
        read = {layer: read_inside(corpus.root, file)[0] for layer, file in files.items()}
        data = {layer: content for layer, content in read.items() if content is not None}
        part = Part(name, known, {}, ()) if known else None
        repaired, untouched = _mended_part(part, data, selection, corpus.layers)
        left += untouched
        for layer, mended in repaired.items():
            before[files[layer]], after[files[layer]] = data[layer], mended
    repairs = tuple(Repair(file, before[file], after[file]) for file in before if before[file] != after[file])
    write_files(corpus.root, {each.file: each.after for each in repairs})
    return Repairs(repairs, tuple(left))


def _as_far_as_read(corpus: Corpus | Faulty, files: Mapping[str, bytes]) -> Corpus | None:
    """The corpus with these shared layers, for rules over its parts; None if it lacks what the spans' rules need.

    Registers that cannot be read are empty, and settings that cannot be read make no exceptions.
    """
    shared = {}
    for name, layer in corpus.layers.shared.items():
        data = files.get(shared_file(name), b"" if layer.optional else None)
        frame = None if data is None else read_records(data, layer, shared_file(name))[0]
        if frame is not None:
            shared[name] = frame
    if corpus.scheme is None or len(shared) < len(corpus.layers.shared):
        return None
    settings = corpus.settings or CorpusSettings.model_construct(validation=Validation())
    seeds = corpus.seeds or NO_SEEDS
    return Corpus(corpus.root, settings, corpus.scheme, seeds, shared, corpus.register or Annotators())


def _mended_part(
    part: Part | None, data: Mapping[str, bytes], selection: Selection, layers: Layers
) -> tuple[dict[str, bytes], list[Left]]:
    """The files of a part by layer, repaired as far as they can be read, and the documents left as they are.

    Spans are repaired only if the corpus could be read.
    """
    formed = {name: _formed(content, layers[name], selection) for name, content in data.items()}
    ordered = {name: _ordered(content, layers[name], selection) for name, content in formed.items()}
    sound = part and _read(part, ordered)
    if sound is None:
        return ordered, []
    known = _found(sound)
    left = _left(sound)

    def edited(edits: _Edits) -> dict[str, bytes]:
        """The files with these edits, in order where they were in order before."""
        files = _with_values(ordered, edits)
        changed = {name for name, _ in edits}
        in_order = {name for name in changed if _ordered(ordered[name], layers[name], ALL_RULES) == ordered[name]}
        return files | {name: _ordered(files[name], layers[name], ALL_RULES) for name in in_order}

    def breaks(edits: _Edits) -> set[_Place]:
        """The records that a rule finds with these edits and does not find without."""
        mended = _read(sound, edited(edits))
        if mended is None:
            raise AssertionError("values of the same types can be read")
        return {(layer, document, record) for _, layer, document, record in _found(mended) - known}

    spans = _span_edits(sound, selection, {each.document for each in left})
    edits = {**spans, **_rights_edits(sound, selection)}
    broken = breaks(edits) if edits else set()
    direct = {place: values for place, values in edits.items() if (place[0], *_ids(sound, *place)) not in broken}
    return edited(dict(_harmless(list(direct.items()), [], breaks))), left


def _left(part: Part) -> list[Left]:
    """The documents of a part whose spans no repair may touch, in the order of the part."""
    hits = list(part_hits(part, Selection(("SB201", "SB204", "SB205"))))
    rows = texts_in_doubt(part, hits) | {
        hit.row: _ids(part, "documents", hit.row)[0] for rule, hit in hits if rule.id == "SB204"
    }
    found = {hit.row: rule for rule, hit in reversed(hits)}
    file = part.file("documents")
    return [Left(file, row + 1, rows[row], f"{found[row].id} {found[row].name}") for row in sorted(rows)]


def _harmless(edits: list[_Edit], accepted: list[_Edit], breaks: Callable[[_Edits], set[_Place]]) -> list[_Edit]:
    """Those of the edits that, with the accepted ones, break nothing; found by halving."""
    if not edits or not breaks(dict([*accepted, *edits])):
        return edits
    if len(edits) == 1:
        return []
    half = len(edits) // 2
    first = _harmless(edits[:half], accepted, breaks)
    return first + _harmless(edits[half:], [*accepted, *first], breaks)


def _read(part: Part, data: Mapping[str, bytes]) -> Part | None:
    """The part as these files have it; None where one of them cannot be read."""
    layers = part.layers
    absent = {name: b"" for name, layer in layers.parts.items() if layer.optional}
    frames = {name: read_records(d, layers[name], part.file(name))[0] for name, d in (absent | {**data}).items()}
    readable = {name: frame for name, frame in frames.items() if frame is not None}
    return replace(part, frames=readable, faults=()) if len(readable) == len(layers.parts) else None


def _found(part: Part) -> Counter[tuple[str, str, str, str]]:
    """How often each rule finds each record, by rule, layer, document and record."""
    return Counter((rule.id, hit.layer, *_ids(part, hit.layer, hit.row)) for rule, hit in part_hits(part))


def _ids(part: Part, layer: str, row: int) -> tuple[str, str]:
    return part[layer]["doc_id"][row], part[layer][part.layers[layer].id_column][row]


def _formed(data: bytes, layer: Layer, selection: Selection) -> bytes:
    """The bytes without byte-order mark and CR at line ends, and with a newline at the end of a whole record."""
    if not _is_text(data):
        return data
    if RULES["SB109"] in selection:
        data = re.sub(rb"^(?:\xef\xbb\xbf)+", b"", data)
    if RULES["SB110"] in selection:
        data = re.sub(rb"\r+\n", b"\n", data)
    if RULES["SB112"] in selection and data and not data.endswith(b"\n"):
        last = data.rpartition(b"\n")[2] + b"\n"
        data += b"\n" if read_records(last, layer, "")[0] is not None else b""
    return data


def _is_text(data: bytes) -> bool:
    """Whether these are the bytes of a text in UTF-8, and not of something packed or in another encoding."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in data


def _ordered(data: bytes, layer: Layer, selection: Selection) -> bytes:
    """The lines in the order of their rows; as they are where they cannot be read."""
    frame, _ = read_records(data, layer, "")
    if frame is None or RULES["SB603"] not in selection:
        return data
    lines = data.split(b"\n")[:-1]
    rows = frame.with_row_index("_row").sort(row_order(layer), maintain_order=True)["_row"]
    return b"".join(lines[row] + b"\n" for row in rows)


def _with_values(data: Mapping[str, bytes], edits: _Edits) -> dict[str, bytes]:
    """The files with other values in single lines, in which nothing else changes."""
    lines = {name: data[name].split(b"\n") for name in {name for name, _ in edits}}
    for (name, row), values in edits.items():
        line = lines[name][row].decode()
        places = value_positions(line)
        for path, value in sorted(values.items(), key=lambda item: places[item[0]], reverse=True):
            _, end = _DECODER.raw_decode(line, places[path])
            line = line[: places[path]] + orjson.dumps(value).decode() + line[end:]
        lines[name][row] = line.encode()
    return {**data, **{name: b"\n".join(changed) for name, changed in lines.items()}}


def _span_edits(part: Part, selection: Selection, left: Collection[str]) -> _Edits:
    """New values for spans that have one right place, text or end; offsets in code points. left: documents to leave."""
    texts = part["documents"].unique("doc_id").select("doc_id", document_text="text")
    texts = texts.filter(~pl.col("doc_id").is_in(list(left)))
    first = part["sentences"].with_row_index("sentence").select("sentence", sentence_start="start")
    placed = part.placed_spans.join(first, on="sentence").select(
        "layer", "row", "item", "sentence_start", "sentence_end"
    )
    spans = part.spans.join(texts, on="doc_id").join(placed, on=["layer", "row", "item"], how="left", nulls_equal=True)
    start, end = pl.col("start").clip(0), pl.col("end").clip(0)
    reads = pl.col("document_text").str.slice(start, pl.when(start < end).then(end - start).otherwise(0))
    stored = pl.coalesce("text", reads)
    wrong = spans.filter(pl.col("start") >= 0, (stored != reads) | (stored != stored.str.strip_chars()))
    edits: defaultdict[tuple[str, int], dict[JsonPath, str | int]] = defaultdict(dict)
    exceptions = Exceptions(part.corpus.settings.validation.exceptions, selection)

    def may_trim(layer: str, row: int) -> bool:
        rule = "SB310" if layer == "sentences" else "SB701"
        return RULES[rule] in selection and not exceptions.covers(rule, *_ids(part, layer, row), part.file(layer))

    for row in wrong.iter_rows(named=True):
        document, begin = row["document_text"], row["start"]
        reading = document[begin : row["end"]]
        kept = begin, row["end"], reading if row["text"] is None else row["text"]
        span: _Span | None = kept
        if kept[2] != reading:
            known = RULES["SB301"] in selection and row["sentence_start"] is not None
            span = _one_place(kept, document, row["sentence_start"], row["sentence_end"]) if known else None
        if span and span[2].strip() and may_trim(row["layer"], row["row"]):
            words = span[2].strip()
            begin = span[0] + len(span[2]) - len(span[2].lstrip())
            span = begin, begin + len(words), words
        values: dict[str, str | int] = dict(zip(("start", "end", "text"), span or (), strict=False))
        for key, value in values.items():
            if row[key] is not None and row[key] != value:
                path: JsonPath = (key,) if row["item"] is None else ("content", row["item"], key)
                edits[row["layer"], row["row"]][path] = value
    return edits


def _rights_edits(part: Part, selection: Selection) -> _Edits:
    """The rights that seeds.yaml states of a document's seed, where the document has others."""
    if RULES["SB207"] not in selection:
        return {}
    stated = dict(part.corpus.seeds.table.select("file", "rights").iter_rows())
    documents = enumerate(part["documents"].select("seed", "rights").iter_rows())
    return {
        ("documents", row): {("rights",): stated[seed]}
        for row, (seed, rights) in documents
        if stated.get(seed, rights) != rights
    }


def _one_place(span: _Span, document: str, first: int, last: int) -> _Span | None:
    """The span as its sentence, document[first:last], bears it out; None where that leaves a choice."""
    start, end, text = span
    sentence = document[first:last]
    opening, closing = r"(?<!\w)" * bool(re.match(r"\w", text)), r"(?!\w)" * bool(re.search(r"\w\Z", text))
    whole = f"(?={opening}{re.escape(text)}{closing})"  # a place inside a word is no place
    places = [match.start() for match in re.finditer(whole, sentence)]
    if len(places) == 1:
        return first + places[0], first + places[0] + len(text), text
    words = list(_WORD.finditer(sentence))
    count = len(_WORD.findall(text))
    if places or not count:
        return None
    runs = zip(words, words[count - 1 :], strict=False)
    alike = [
        (first + opening.start(), first + closing.end())
        for opening, closing in runs
        if SequenceMatcher(None, text, sentence[opening.start() : closing.end()], autojunk=False).ratio() >= _ALIKE
    ]
    return (start, end, document[start:end]) if alike == [(start, end)] else None
