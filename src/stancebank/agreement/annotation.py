"""A part's annotations as plain records, to be laid beside another's, and which annotations are compared."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from stancebank.agreement.span_overlap import Span
from stancebank.checks.selection import Selection
from stancebank.checks.validation import check_part
from stancebank.corpus.annotators import GOLD
from stancebank.corpus.corpus import Corpus, read_corpus
from stancebank.corpus.part import Part
from stancebank.corpus.states import done_in_all
from stancebank.faults import StanceBankError, excerpt, printable, require_readable
from stancebank.schema.layers import BLANK, DONE, KNOWN_LAYERS, ORIGINS
from stancebank.schema.paths import CORPUS_FILE, PASSES

Key = tuple[str, str]
"""A record: its document and its id."""

Record = Mapping[str, Any]
"""A row of a layer, by column."""


@dataclass(frozen=True)
class Annotation:
    """What one annotator says of a part's documents. The part is sound: every reference leads somewhere."""

    part: Part

    @cached_property
    def records(self) -> Mapping[str, Mapping[Key, Record]]:
        """The records by annotated layer and key, in the layer's order; none of layers that the scheme does not use."""
        return {
            name: {(row["doc_id"], row[layer.id_column]): row for row in self.part[name].iter_rows(named=True)}
            for name, layer in KNOWN_LAYERS.items()
            if layer.annotated
        }

    @cached_property
    def mentions_of(self) -> Mapping[Key, Sequence[Key]]:
        """The mentions of each entity that has any, in the order of the text."""
        found: dict[Key, list[Key]] = {}
        for key, mention in self.records["mentions"].items():
            found.setdefault((key[0], mention["entity_id"]), []).append(key)
        return found

    @cached_property
    def symmetric(self) -> frozenset[str]:
        """The relation types whose head and tail play the same part."""
        return frozenset(relation.name for relation in self.part.scheme.relation_types if relation.symmetric)

    def spans(self, layer: str) -> dict[Key, Span]:
        """The spans of a layer, without labels: of attributions the cue, of stances the evidence."""
        return {key: ((key[0],), row["start"], row["end"]) for key, row in self.records[layer].items()}

    def entity(self, doc_id: str, mention_id: str) -> Key:
        """The entity of a mention."""
        return doc_id, self.records["mentions"][doc_id, mention_id]["entity_id"]

    def sentence(self, doc_id: str, mention_id: str) -> int:
        """The index, in its document, of the sentence that a mention starts in; -1 in front of the first."""
        start = self.records["mentions"][doc_id, mention_id]["start"]
        return bisect_right(self._sentence_starts.get(doc_id, []), start) - 1

    @cached_property
    def _sentence_starts(self) -> Mapping[str, Sequence[int]]:
        grouped = self.part["sentences"].sort("doc_id", "start").group_by("doc_id").agg("start")
        return dict(grouped.iter_rows())


def require_same_texts(a: Part, b: Part) -> None:
    """Nothing where two parts annotate the same documents in the same sentences; else StanceBankError."""
    texts, others = (dict(part["documents"].select("doc_id", "text").iter_rows()) for part in (a, b))
    different = sorted(doc_id for doc_id in texts.keys() | others.keys() if texts.get(doc_id) != others.get(doc_id))
    if not different:
        sentences, other_sentences = (set(p["sentences"].select("doc_id", "start", "end").iter_rows()) for p in (a, b))
        different = sorted({doc_id for doc_id, *_ in sentences ^ other_sentences})
    if different:
        what = (
            f"agreement needs two annotations of the same texts; they differ in the document {printable(different[0])}"
        )
        raise StanceBankError(what, "compare passes that were made over one state of the corpus")


_REFERENCES = Selection(select=("SB4",))  # ids and what they refer to: records are matched along these


def read_annotations(corpus: Corpus | None, names: Sequence[str]) -> list[Part]:
    """The annotations of these names, each as one part with the documents that all of them have annotated.

    names: "gold" for the corpus's own, the id of an annotator for a pass, or the
    root of another corpus. corpus: None where only roots are compared. Raises
    StanceBankError for a name that is none of these, for files that cannot be read,
    for references that lead nowhere, and where no part is common to all.
    """
    sources = [_source(corpus, name) for name in names]
    common = [part for part in sources[0][1] if all(part in parts for _, parts, _ in sources)]
    if not common:
        what = f"no part of the corpus is annotated in all of {', '.join(names)}"
        raise StanceBankError(what, "compare annotations of the same parts")
    return [_joined(source.read_part(part, annotator) for part in common) for source, _, annotator in sources]


def documents_of(part: Part) -> dict[str, Part]:
    """Each document of a part as a part of its own, by its id."""
    pieces = {layer: rows.partition_by("doc_id", as_dict=True) for layer, rows in part.frames.items()}
    empty = {layer: rows.clear() for layer, rows in part.frames.items()}
    return {
        doc_id: replace(
            part,
            frames={layer: pieces[layer].get((doc_id,), empty[layer]) for layer in part.frames},
            texts=None,
            held={},
            whole=part,
        )
        for doc_id in part["documents"]["doc_id"]
    }


def done_by_all(parts: Sequence[Part], layers: Collection[str] | None = None) -> dict[str, pl.Series]:
    """By layer the ids of the documents in which all of the annotations have it done."""
    chosen = parts[0].layers.annotated if layers is None else layers
    return {layer: done_in_all(parts, [layer])[0]["documents"]["doc_id"] for layer in chosen}


def made_from(part: Part, documents: Mapping[str, pl.Series]) -> tuple[str, ...]:
    """What a part's annotations were made from, other than a blank text, in these documents of each layer."""
    done = part["progress"].filter(pl.col("state") == DONE)
    of_layers = (
        done.filter(pl.col("layer") == layer, pl.col("doc_id").is_in(ids.implode())) for layer, ids in documents.items()
    )
    found = {origin for rows in of_layers for origin in rows["made_from"]}
    return tuple(origin for origin in ORIGINS if origin != BLANK and origin in found)


def require_passes(corpus: Corpus, annotators: Sequence[str]) -> None:
    """Nothing where each of the annotators has a pass that can be compared; else StanceBankError."""
    for annotator in annotators:
        if annotator not in corpus.annotators:
            what = f"there is no pass {excerpt(annotator)}; there are {', '.join(corpus.annotators) or 'none'}"
            raise StanceBankError(what, f"name two or more of the folders in {PASSES}")
        for part in corpus.pass_parts(annotator):
            require_linked(corpus.read_part(part, annotator))


def _source(corpus: Corpus | None, name: str) -> tuple[Corpus, tuple[str, ...], str | None]:
    """The corpus to read from, the parts that are annotated there, and whose annotations they are."""
    if corpus and name == GOLD:
        return corpus, corpus.part_names, None
    if corpus and name in corpus.annotators:
        return corpus, corpus.pass_parts(name), name
    if (Path(name) / CORPUS_FILE).is_file():
        other = read_corpus(Path(name)).sound()
        return other, other.part_names, None
    if corpus is None:
        what = f"there is no corpus here, and {excerpt(name)} is not the root of one"
        raise StanceBankError(what, "name the corpus with --root DIR, or compare the roots of corpora")
    what = f"there is no annotation {excerpt(name)}; there are {', '.join((GOLD, *corpus.annotators))}"
    raise StanceBankError(what, "name one of them, or the root of another corpus")


def _joined(parts: Iterable[Part]) -> Part:
    read = list(parts)
    for part in read:
        require_linked(part)
    frames = {layer: pl.concat(part[layer] for part in read) for layer in read[0].frames}
    return replace(read[0], name="+".join(part.name for part in read), frames=frames)


def require_linked(part: Part) -> None:
    """Nothing where a part can be read, ids are unique and every reference leads somewhere; else StanceBankError."""
    require_readable(part.faults)
    for finding in check_part(part, _REFERENCES).findings:
        what = f"the annotation cannot be compared: {printable(finding.file)}:{finding.line}: {finding.what}"
        raise StanceBankError(what, "run stancebank validate and correct what it reports")
