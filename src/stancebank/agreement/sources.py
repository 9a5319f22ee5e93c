"""Which annotations are compared: the gold, the passes of annotators, other corpora."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from stancebank.annotators import GOLD
from stancebank.checks.selection import Selection
from stancebank.checks.validation import check_part
from stancebank.corpus import CORPUS_FILE, PASSES, Corpus, Part, read_corpus, require_readable
from stancebank.faults import StanceBankError, excerpt, printable

_REFERENCES = Selection(select=("SB4",))  # ids and what they refer to: records are matched along these


def read_annotations(corpus: Corpus, names: Sequence[str]) -> list[Part]:
    """The annotations of these names, each as one part with the documents that all of them have annotated.

    names: "gold" for the corpus's own, the id of an annotator for a pass, or the
    root of another corpus. Raises StanceBankError for a name that is none of
    these, for files that cannot be read, for references that lead nowhere, and
    where no part is common to all.
    """
    sources = [_source(corpus, name) for name in names]
    common = [part for part in sources[0][1] if all(part in parts for _, parts, _ in sources)]
    if not common:
        what = f"no part of the corpus is annotated in all of {', '.join(names)}"
        raise StanceBankError(what, "compare annotations of the same parts")
    return [_joined(source.read_part(part, annotator) for part in common) for source, _, annotator in sources]


def require_passes(corpus: Corpus, annotators: Sequence[str]) -> None:
    """Nothing where each of the annotators has a pass that can be compared; else StanceBankError."""
    require_readable(corpus.faults)
    for annotator in annotators:
        if annotator not in corpus.annotators:
            what = f"there is no pass {excerpt(annotator)}; there are {', '.join(corpus.annotators) or 'none'}"
            raise StanceBankError(what, f"name two of the folders in {PASSES}")
        for part in corpus.pass_parts(annotator):
            _require_linked(corpus.read_part(part, annotator))


def _source(corpus: Corpus, name: str) -> tuple[Corpus, tuple[str, ...], str | None]:
    """The corpus to read from, the parts that are annotated there, and whose annotations they are."""
    if name == GOLD:
        return corpus, corpus.part_names, None
    if name in corpus.annotators:
        return corpus, corpus.pass_parts(name), name
    if (Path(name) / CORPUS_FILE).is_file():
        other = read_corpus(Path(name))
        return other, other.part_names, None
    what = f"there is no annotation {excerpt(name)}; there are {', '.join((GOLD, *corpus.annotators))}"
    raise StanceBankError(what, "name one of them, or the root of another corpus")


def _joined(parts: Iterable[Part]) -> Part:
    read = list(parts)
    for part in read:
        _require_linked(part)
    frames = {layer: pl.concat(part[layer] for part in read) for layer in read[0].frames}
    return replace(read[0], name="+".join(part.name for part in read), frames=frames)


def _require_linked(part: Part) -> None:
    """Nothing where a part can be read and every reference leads somewhere; else StanceBankError."""
    require_readable([*part.corpus.faults, *part.faults])
    for finding in check_part(part, _REFERENCES).findings:
        what = f"the annotation cannot be compared: {printable(finding.file)}:{finding.line}: {finding.what}"
        raise StanceBankError(what, "run stancebank validate and correct what it finds")
