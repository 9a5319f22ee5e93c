"""Mending what can be mended in one way only: the form of files, the order of rows, spans that have one place.

Nothing is guessed. Lines that need no change keep their bytes, and what would
break another rule is left as it was.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher, unified_diff

import orjson
import polars as pl

from stancebank.checks.registry import RULES
from stancebank.checks.selection import ALL_RULES, Exceptions, Selection
from stancebank.checks.validation import part_hits
from stancebank.corpus import TARGETS_FILE, Corpus, Part
from stancebank.faults import printable
from stancebank.files import read_inside, write_files
from stancebank.frames import row_order
from stancebank.json_places import JsonPath, value_positions
from stancebank.jsonl import read_records
from stancebank.layers import LAYERS, PART_LAYERS, TARGETS, Layer

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


def repair(corpus: Corpus, selection: Selection = ALL_RULES) -> tuple[Repair, ...]:
    """Mend the corpus on disk, all files or none, and say what was changed.

    Mended are, where their rules are selected: a byte-order mark (SB109), CR LF
    (SB110), a missing final newline behind a whole record (SB112), the order of
    rows (SB603), blanks at the ends of spans (SB310, SB701), and a span whose text
    is not what the document reads (SB301): it moves to the one place in its
    sentence that reads so, or where none does and only what it covers is like its
    text, it takes that text. Raises StanceBankError where a file cannot be written.
    """
    before: dict[str, bytes] = {}
    after: dict[str, bytes] = {}
    targets, _ = read_inside(corpus.root, TARGETS_FILE)
    if targets is not None:
        mended = _ordered(_formed(targets, TARGETS, selection), TARGETS, selection)
        before[TARGETS_FILE], after[TARGETS_FILE] = targets, mended
        corpus = replace(corpus, targets=read_records(mended, TARGETS, TARGETS_FILE)[0])
    for name in corpus.part_names:
        part = corpus.read_part(name)
        data = {layer: read_inside(corpus.root, part.file(layer))[0] for layer in PART_LAYERS}
        for layer, mended in _mended_part(part, {k: v for k, v in data.items() if v is not None}, selection).items():
            before[part.file(layer)], after[part.file(layer)] = data[layer] or b"", mended
    repairs = tuple(Repair(file, before[file], after[file]) for file in before if before[file] != after[file])
    write_files(corpus.root, {each.file: each.after for each in repairs})
    return repairs


def _mended_part(part: Part, data: Mapping[str, bytes], selection: Selection) -> dict[str, bytes]:
    """The files of a part by layer, mended as far as they can be read."""
    formed = {name: _formed(content, LAYERS[name], selection) for name, content in data.items()}
    ordered = {name: _ordered(content, LAYERS[name], selection) for name, content in formed.items()}
    sound = _read(part, ordered)
    if sound is None or part.corpus.scheme is None or part.corpus.targets is None:
        return ordered
    known = _found(sound)

    def edited(edits: _Edits) -> dict[str, bytes]:
        """The files with these edits, in order where they were in order before."""
        files = _with_values(ordered, edits)
        changed = {name for name, _ in edits}
        in_order = {name for name in changed if _ordered(ordered[name], LAYERS[name], ALL_RULES) == ordered[name]}
        return files | {name: _ordered(files[name], LAYERS[name], ALL_RULES) for name in in_order}

    def breaks(edits: _Edits) -> set[_Place]:
        """The records that a rule finds with these edits and does not find without."""
        mended = _read(part, edited(edits))
        assert mended is not None
        return {(layer, document, record) for _, layer, document, record in _found(mended) - known}

    edits = _span_edits(sound, selection)
    broken = breaks(edits) if edits else set()
    direct = {place: values for place, values in edits.items() if (place[0], *_ids(sound, *place)) not in broken}
    return edited(dict(_harmless(list(direct.items()), [], breaks)))


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
    frames = {name: read_records(content, LAYERS[name], part.file(name))[0] for name, content in data.items()}
    readable = {name: frame for name, frame in frames.items() if frame is not None}
    return replace(part, frames=readable, faults=()) if len(readable) == len(PART_LAYERS) else None


def _found(part: Part) -> Counter[tuple[str, str, str, str]]:
    """How often each rule finds each record, by rule, layer, document and record."""
    return Counter((rule.id, hit.layer, *_ids(part, hit.layer, hit.row)) for rule, hit in part_hits(part))


def _ids(part: Part, layer: str, row: int) -> tuple[str, str]:
    return part[layer]["doc_id"][row], part[layer][LAYERS[layer].id_column][row]


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


def _span_edits(part: Part, selection: Selection) -> _Edits:
    """New values for spans that have one right place, text or end; offsets in code points."""
    texts = part["documents"].unique("doc_id").select("doc_id", document="text")
    first = part["sentences"].with_row_index("sentence").select("sentence", sentence_start="start")
    placed = part.placed_spans.join(first, on="sentence").select(
        "layer", "row", "item", "sentence_start", "sentence_end"
    )
    spans = part.spans.join(texts, on="doc_id").join(placed, on=["layer", "row", "item"], how="left", nulls_equal=True)
    start, end = pl.col("start").clip(0), pl.col("end").clip(0)
    reads = pl.col("document").str.slice(start, pl.when(start < end).then(end - start).otherwise(0))
    stored = pl.coalesce("text", reads)
    wrong = spans.filter(pl.col("start") >= 0, (stored != reads) | (stored != stored.str.strip_chars()))
    edits: defaultdict[tuple[str, int], dict[JsonPath, str | int]] = defaultdict(dict)
    settings = part.corpus.settings
    exceptions = Exceptions(settings.validation.exceptions if settings else (), selection)

    def may_trim(layer: str, row: int) -> bool:
        rule = "SB310" if layer == "sentences" else "SB701"
        return RULES[rule] in selection and not exceptions.covers(rule, *_ids(part, layer, row), part.file(layer))

    for row in wrong.iter_rows(named=True):
        document, begin = row["document"], row["start"]
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
