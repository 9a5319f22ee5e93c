"""What the offsets of a file count: found by the words that the file repeats, never guessed.

A file may count code points, UTF-16 units or bytes of UTF-8, with or without CR and a byte-order mark, and its ends may
be inclusive. A reading is one combination. The file is read by the one that fits all its spans; where none fits, or two
that differ, it is refused.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stancebank.corpus.seeds import SeedText
from stancebank.faults import StanceBankError, excerpt
from stancebank.formats.foreign_document import ForeignDocument, Fragment, Span

UNITS = CODE_POINTS, UTF_16, BYTES = ("code-points", "utf-16", "bytes")
LINE_ENDS = RAW, LF = ("raw", "lf")
CHOICES = (*UNITS, *LINE_ENDS)
"""What a user may say of the offsets: their unit, and whether CR counts (raw) or not (lf)."""
_BOM = "\ufeff"
_BLANK = re.compile(r"\r\n|[\n\r\t]")
_SHOWN = 3

_Places = npt.NDArray[np.int64]


class _Base(NamedTuple):
    """A text that offsets may count in. places: where its code points are in our text; None where they are the same.

    with_cr, with_bom: whether it has the CR and the byte-order mark of the file.
    """

    text: str
    places: _Places | None
    with_cr: bool = False
    with_bom: bool = False


class _Reading(NamedTuple):
    base: _Base
    unit: str
    inclusive: bool

    @property
    def notices(self) -> Iterator[str]:
        if self.unit != CODE_POINTS:
            yield f"offsets-{self.unit}"
        if self.inclusive:
            yield "ends-inclusive"
        if self.base.with_cr:
            yield "offsets-with-cr"
        if self.base.with_bom:
            yield "offsets-with-bom"

    @property
    def name(self) -> str:
        ends = ", the ends inclusive" if self.inclusive else ""
        cr = ", CR included" if self.base.with_cr else ""
        bom = ", the byte-order mark included" if self.base.with_bom else ""
        return (
            f"{ {CODE_POINTS: 'code points', UTF_16: 'UTF-16 units', BYTES: 'UTF-8 bytes'}[self.unit] }{cr}{bom}{ends}"
        )


class Settled(NamedTuple):
    """Spans with fragments in code points of our text.

    notices: what the reading was, counted by name. moved: a line for each span that is not where the file says.
    """

    spans: list[Span]
    notices: Counter[str]
    moved: list[str]


def settled(
    document: ForeignDocument, seed: SeedText, asked: Collection[str] = (), *, reanchor: bool = False
) -> Settled:
    """Find what the offsets count, by the words that the spans repeat.

    seed: what the recipe makes of the document's text. asked: what the user says of the offsets, of CHOICES.
    reanchor: whether a span that does not fit is moved, where no reading fits all. Raises StanceBankError where no
    reading fits, or two that differ, and for spans that cannot be moved.
    """
    spans = document.spans
    if not spans:
        return Settled([], Counter(), [])
    quoted = any(span.quoted for span in spans)
    fitting: dict[tuple[tuple[Fragment, ...], ...], _Reading] = {}
    for reading in _readings(document, seed, asked, inclusive=quoted):
        read = _read(reading, spans)
        if read is not None and read not in fitting:
            fitting[read] = reading
            if reading.inclusive and len(fitting) > 1:
                break
    if len(fitting) > 1:
        raise _ambiguous(document, fitting)
    if not fitting:
        if reanchor and quoted:
            return _reanchored(document, seed, asked)
        raise _unfit(document, seed, asked)
    ((places, reading),) = fitting.items()
    placed = [span._replace(fragments=fragments) for span, fragments in zip(spans, places, strict=True)]
    return Settled(placed, Counter(reading.notices), [])


def _readings(
    document: ForeignDocument, seed: SeedText, asked: Collection[str], *, inclusive: bool
) -> Iterator[_Reading]:
    bases = list(_bases(document.text, seed, asked))
    chosen = [unit for unit in UNITS if unit in asked] or [document.unit or CODE_POINTS]
    if not document.unit and not set(asked) & set(UNITS) and not _is_of_plane_0(document.text):
        chosen.append(UTF_16)
    for ends in (False, True) if inclusive else (False,):
        for base in bases:
            for unit in chosen:
                yield _Reading(base, unit, ends)


def _is_of_plane_0(text: str) -> bool:
    return not text or max(text) <= "\uffff"


def _bases(raw: str, seed: SeedText, asked: Collection[str]) -> Iterator[_Base]:
    lead, has_bom = len(seed.header), raw.startswith(_BOM)
    if not lead and "\r" not in raw:
        yield _Base(raw, None)
        return
    is_cr = np.frombuffer(raw.encode("utf-32-le"), "<u4") == ord("\r")
    before = np.concatenate(([0], np.cumsum(is_cr)))
    ours = np.arange(len(raw) + 1) - before - lead
    starts = dict.fromkeys((lead, 1 if has_bom else 0, 0))
    if is_cr.any() and RAW not in asked:
        kept = np.append(np.flatnonzero(~is_cr), len(raw))
        for start in starts:
            yield _Base(raw.replace("\r\n", "\n")[start:], ours[kept][start:], False, has_bom and not start)
    if not is_cr.any() or LF not in asked:
        for start in starts:
            yield _Base(raw[start:], ours[start:], bool(is_cr.any()), has_bom and not start)


def _boundaries(text: str, unit: str) -> _Places | None:
    """The code point that begins at each unit, -1 inside of one; None where units are code points."""
    if unit == CODE_POINTS:
        return None
    codes = np.frombuffer(text.encode("utf-32-le"), "<u4")
    widths = 1 + (codes > 0xFFFF).astype(np.int64)
    if unit == BYTES:
        widths += (codes > 0x7F).astype(np.int64) + (codes > 0x7FF)
    ends = np.concatenate(([0], np.cumsum(widths)))
    found = np.full(int(ends[-1]) + 1, -1, np.int64)
    found[ends] = np.arange(len(ends))
    return found


def _read(reading: _Reading, spans: Sequence[Span]) -> tuple[tuple[Fragment, ...], ...] | None:
    """The fragments of each span in our text; None where one does not fit."""
    found = []
    for ours in _each_read(reading, spans):
        if ours is None:
            return None
        found.append(ours)
    return tuple(found)


def _each_read(reading: _Reading, spans: Sequence[Span]) -> Iterator[tuple[Fragment, ...] | None]:
    """For each span its fragments in our text, None where it does not fit."""
    text, boundaries = reading.base.text, _boundaries(reading.base.text, reading.unit)
    for span in spans:
        places = _in_base(span, boundaries, len(text), inclusive=reading.inclusive)
        if places is None or not _reads(text, places, span.quoted):
            yield None
        else:
            yield places if reading.base.places is None else _ours(places, reading.base.places)


def _in_base(span: Span, boundaries: _Places | None, length: int, *, inclusive: bool) -> tuple[Fragment, ...] | None:
    found = []
    limit = length if boundaries is None else len(boundaries) - 1
    for start, end in span.fragments:
        last = end + inclusive
        if not 0 <= start <= last <= limit:
            return None
        if boundaries is not None:
            start, last = int(boundaries[start]), int(boundaries[last])
            if start < 0 or last < 0:
                return None
        found.append((start, last))
    return tuple(found)


def _ours(places: tuple[Fragment, ...], ours: _Places) -> tuple[Fragment, ...] | None:
    found = tuple((int(ours[start]), int(ours[end])) for start, end in places)
    return None if any(start < 0 for start, _ in found) else found


def _reads(text: str, places: tuple[Fragment, ...], quoted: str | None) -> bool:
    """Whether fragments, joined by single blanks, read as the file says, line ends and tabs taken for blanks."""
    if quoted is None or not places:
        return True
    words = " ".join([text[start:end] for start, end in places])
    return words == quoted or _BLANK.sub(" ", words) == _BLANK.sub(" ", quoted)


def _reanchored(document: ForeignDocument, seed: SeedText, asked: Collection[str]) -> Settled:
    """The spans as the reading that fits most of them has them; the others where their words are nearest."""
    readings = list(_readings(document, seed, asked, inclusive=True))
    found = [list(_each_read(reading, document.spans)) for reading in readings]
    best = min(range(len(readings)), key=lambda each: found[each].count(None))
    ours, blank = _in_ours(readings[best]), _BLANK.sub(" ", seed.text)
    placed, moved, lost = [], [], []
    for span, places in zip(document.spans, found[best], strict=True):
        where = f"{span.where} {excerpt(span.quoted)}" if span.quoted else span.where
        if span.fragments and not span.quoted:
            lost.append(f"{where} repeats no words")
            continue
        if places is None:
            given = [(ours(start), ours(end)) for start, end in span.fragments]
            places = _moved(_BLANK.sub(" ", span.quoted or ""), given, seed.text, blank)
            if places is None:
                lost.append(f"{where} has no place, or several, near {_shown(span.fragments)}")
                continue
            moved.append(f"{where} moved from {_shown(span.fragments)} to {_shown(places)}")
        placed.append(span._replace(fragments=places))
    if lost:
        more = [f"and {len(lost) - _SHOWN:,} more"] if len(lost) > _SHOWN else []
        what = f"the offsets do not fit, and not all spans can be moved: {'; '.join([*lost[:_SHOWN], *more])}"
        raise StanceBankError(what, "correct the offsets of these spans")
    return Settled(placed, Counter([*readings[best].notices, *["span-moved"] * len(moved)]), moved)


def _in_ours(reading: _Reading) -> Callable[[int], int]:
    """Makes an offset a code point of our text, at its end where it is beyond it."""
    boundaries = _boundaries(reading.base.text, reading.unit)
    codes = np.arange(len(reading.base.text) + 1) if boundaries is None else np.maximum.accumulate(boundaries)
    ours = codes if reading.base.places is None else reading.base.places[codes].clip(0)
    return lambda offset: int(ours[min(offset, len(ours) - 1)])


def _moved(words: str, given: Sequence[Fragment], text: str, blank: str) -> tuple[Fragment, ...] | None:
    """Where the words are nearest; None where they are nowhere, or where that is not the one place for them.

    It is not where the line of that place, or of the given one, has them again, or another place is as near. given: the
    fragments, which are moved together. text: ours. blank: that with blanks for line ends and tabs, as words has them.
    """
    start = given[0][0]
    pieces = [(0, len(words))] if len(given) == 1 else [(a - start, b - start) for a, b in given]
    found = [
        at
        for at in _occurrences(words[: pieces[0][1]], blank)
        if all(at + a >= 0 for a, _ in pieces) and " ".join(blank[at + a : at + b] for a, b in pieces) == words
    ]
    if not found:
        return None
    nearest = min(found, key=lambda at: abs(at - start))
    lines = {text.count("\n", 0, at) for at in (nearest, start)}
    near = abs(nearest - start)
    if sum(abs(at - start) == near or text.count("\n", 0, at) in lines for at in found) > 1:
        return None
    return tuple((nearest + a, nearest + b) for a, b in pieces)


def _occurrences(words: str, text: str) -> Iterator[int]:
    return (found.start() for found in re.finditer(f"(?={re.escape(words)})", text))


def _ambiguous(document: ForeignDocument, fitting: dict[tuple[tuple[Fragment, ...], ...], _Reading]) -> StanceBankError:
    (one, first), (other, second) = list(fitting.items())[:2]
    at = next(index for index, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1])
    span = document.spans[at]
    what = (
        f"the offsets fit as {first.name} and as {second.name}, and nothing in the file tells which: {span.where} "
        f"would be at {_shown(one[at])} or at {_shown(other[at])}"
    )
    if first.unit != second.unit:
        options = f"--offsets {first.unit} or --offsets {second.unit}"
    else:
        options = f"--offsets {RAW} (CR counts) or --offsets {LF} (it does not)"
    return StanceBankError(what, f"say what they count: {options}")


def _shown(fragments: Sequence[Fragment]) -> str:
    return ";".join(f"{start}..{end}" for start, end in fragments)


def _unfit(document: ForeignDocument, seed: SeedText, asked: Collection[str]) -> StanceBankError:
    for unit in UNITS:
        if unit not in asked:
            lines = set(asked) & set(LINE_ENDS)
            for reading in _readings(document, seed, {unit, *lines}, inclusive=False):
                if any(span.quoted for span in document.spans) and _read(reading, document.spans) is not None:
                    what = f"the offsets fit if they count {reading.name}"
                    return StanceBankError(
                        f"{what}: --offsets {unit}", f"give --offsets {unit} if that is what they count"
                    )
    return StanceBankError(
        "no way to count the offsets fits all spans: " + "; ".join(_misfits(document, seed)),
        "correct the offsets, or give the text that they were made on; --reanchor moves each span to its words, where "
        "its line has them once",
    )


def _misfits(document: ForeignDocument, seed: SeedText) -> Iterator[str]:
    """The first spans, and how far off they are, counted in code points of our text."""
    text, drifts = seed.text, []
    shown = 0
    for span in document.spans:
        quoted = span.quoted
        if shown >= _SHOWN:
            break
        places = _in_base(span, None, len(text), inclusive=False)
        where = f"{span.where} {excerpt(quoted)}" if quoted else span.where
        if not span.fragments:
            continue
        if places is None:
            shown += 1
            yield f"{where} ends after the text, which has {len(text):,} code points"
            continue
        start = places[0][0]
        if quoted is None:
            continue
        if _reads(text, places, quoted):
            drifts.append((0, text.count("\n", 0, start)))
            if shown == 0:
                yield f"{where} fits"
                shown += 1
            continue
        shown += 1
        near = min(_occurrences(quoted, text), key=lambda at: abs(at - start), default=None)
        reads = " ".join(text[a:b] for a, b in places)
        if near is None:
            yield f"{where} is nowhere in the text, which reads {excerpt(reads)} there"
            continue
        drifts.append((start - near, text.count("\n", 0, near)))
        yield f"{where} is found {abs(start - near)} further {'left' if near < start else 'right'}"
    moved = [drift for drift in drifts if drift[0]]
    if len(moved) > 1 and all(by == lines for by, lines in drifts):
        yield "the error grows by one for each line break before the span"
