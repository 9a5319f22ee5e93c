"""How many quotations find their place: of the project's own corpus, and of made-up documents.

Run it with the environment's Python: ``.venv/bin/python benchmarks/anchoring.py``. With
``--langextract PYTHON``, a Python that has langextract, the same words are given to its aligner too.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import polars as pl
from measuring import say
from synthesize import write_corpus

from stancebank.corpus.corpus import read_corpus
from stancebank.corpus.part import Part
from stancebank.formats.quotes.answer_writing import Quoter
from stancebank.text.anchoring import AnchorText
from stancebank.text.anchoring_in_order import find_in_order
from stancebank.text.quoted_places import Ambiguous, NotFound, Placed, Quotation

PROJECT = Path(__file__).parents[1]
ALIGNER = Path(__file__).parent / "rivals/with_langextract.py"
REACHED = 0.995
Result = Placed | Ambiguous | NotFound
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Case:
    """The spans of one layer of a document in text order, each with its sentence and as an answer quotes it."""

    text: str
    spans: tuple[Span, ...]
    sentences: tuple[Span | None, ...]
    quotations: tuple[Quotation, ...]

    def words(self) -> list[str]:
        """The words of the spans."""
        return [self.text[slice(*span)] for span in self.spans]


def cases(part: Part) -> Iterator[Case]:
    """The cases of a part."""
    texts = dict(part["documents"].select("doc_id", "text").iter_rows())
    sentences = {
        key[0]: rows.select("start", "end", "sentence_id").rows()
        for key, rows in part["sentences"].partition_by("doc_id", as_dict=True).items()
    }
    spans = part.spans.filter(pl.col("layer") != "sentences").sort("doc_id", "layer", "start", "end", "row")
    of_document = spans.select("doc_id", "layer", "start", "end").iter_rows()
    for (doc_id, _), rows in groupby(of_document, key=lambda row: row[:2]):
        quoter = Quoter(texts[doc_id], sentences[doc_id])
        found = [(start, end) for _, _, start, end in rows]
        quoted = [quoter.quotation(*span) for span in found]
        bounds = {id: (start, end) for start, end, id in sentences[doc_id]}
        yield Case(
            texts[doc_id],
            tuple(found),
            tuple(bounds.get(each["sentence"]) for each in quoted),
            tuple(Quotation(each["words"], each["before"], each["after"]) for each in quoted),
        )


def alone(case: Case) -> list[Result]:
    """Words and sentence, each quotation by itself."""
    text = AnchorText(case.text)
    pairs = zip(case.words(), case.sentences, strict=True)
    return [text.find(Quotation(words), bounds, whole_words=True) for words, bounds in pairs]


def in_order(case: Case) -> list[Result]:
    """Words and sentence, as a list in the order of the text."""
    requests = [(Quotation(words), bounds) for words, bounds in zip(case.words(), case.sentences, strict=True)]
    return find_in_order(AnchorText(case.text), requests, whole_words=True)


def words_in_order(case: Case) -> list[Result]:
    """Words without a sentence, as a list in the order of the text."""
    return find_in_order(AnchorText(case.text), [(Quotation(words), None) for words in case.words()], whole_words=True)


def as_answered(case: Case) -> list[Result]:
    """Words, sentence, and words around where an answer needs them."""
    text = AnchorText(case.text)
    pairs = zip(case.quotations, case.sentences, strict=True)
    return [text.find(quotation, bounds, whole_words=True) for quotation, bounds in pairs]


Way = Callable[[Case], list[Result]]
WAYS: dict[str, Way] = {
    "words alone, in order": words_in_order,
    "words and sentence": alone,
    "words and sentence, in order": in_order,
    "words, sentence, context where needed": as_answered,
}


def changed(case: Case, change: Callable[[str], str]) -> Case:
    """The case with the text changed and the quotations as they were."""

    def moved(span: Span | None) -> Span | None:
        return None if span is None else (len(change(case.text[: span[0]])), len(change(case.text[: span[1]])))

    spans = tuple(moved(span) or (0, 0) for span in case.spans)
    return Case(change(case.text), spans, tuple(map(moved, case.sentences)), case.quotations)


CHANGES: dict[str, Callable[[str], str]] = {
    "curly quotation marks": lambda text: text.translate(str.maketrans("\"'", "\u201d\u2019")),
    "no-break blanks": lambda text: text.replace(" ", "\u00a0"),
    "Unicode form NFD": lambda text: unicodedata.normalize("NFD", text),
    "line breaks for blanks": lambda text: text.replace(" ", "\n"),
}


def row(name: str, results: Iterable[tuple[Span, Result]], seconds: float) -> str:
    """A row of the table."""
    pairs = list(results)
    exact = sum(isinstance(result, Placed) and (result.start, result.end) == span for span, result in pairs)
    wrong = sum(isinstance(result, Placed) for _, result in pairs) - exact
    ambiguous = sum(isinstance(result, Ambiguous) for _, result in pairs)
    lost = len(pairs) - exact - wrong - ambiguous
    share = f"{exact / len(pairs):.2%}"
    return f"| {name} | {len(pairs):,} | {share} | {ambiguous:,} | {lost:,} | {wrong:,} | {seconds:.1f} |"


def measured(name: str, found: Sequence[Case], way: Way) -> str:
    """The row of one way."""
    began = time.perf_counter()
    results = [way(case) for case in found]
    seconds = time.perf_counter() - began
    spans = [span for case in found for span in case.spans]
    return row(name, zip(spans, (each for of_case in results for each in of_case), strict=True), seconds)


def aligned(python: str, found: Sequence[Case], *, by_sentence: bool) -> str:
    """The row of langextract's aligner: exact matches alone, a list in the order of the text each time."""
    tasks: list[tuple[str, list[str]]] = []
    expected: list[list[Span]] = []
    for case in found:
        triples = list(zip(case.spans, case.words(), case.sentences, strict=True))
        for bounds, group in groupby(triples, key=lambda each: each[2] if by_sentence else None):
            start, end = bounds or (0, len(case.text))
            members = list(group)
            end = max(end, *(span[1] for span, _, _ in members))
            tasks.append((case.text[start:end], [words for _, words, _ in members]))
            expected.append([(span[0] - start, span[1] - start) for span, _, _ in members])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tasks.json"
        file.write_text(json.dumps(tasks), "utf-8")
        answer = json.loads(subprocess.run([python, ALIGNER, file], capture_output=True, check=True).stdout)
    pairs = [
        (span, NotFound("") if place is None else Placed(*place))
        for spans, places in zip(expected, answer["spans"], strict=True)
        for span, place in zip(spans, places, strict=True)
    ]
    return row(f"langextract, {'words and sentence' if by_sentence else 'words'}, in order", pairs, answer["seconds"])


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=300, help="made-up documents")
    parser.add_argument("--langextract", metavar="PYTHON", help="a Python that has langextract, as .venv-peers has")
    options = parser.parse_args()
    own = read_corpus(PROJECT).sound()
    gold = [case for name in own.part_names for case in cases(own.sound_part(name))]
    with tempfile.TemporaryDirectory() as folder:
        write_corpus(Path(folder) / "corpus", options.documents)
        corpus = read_corpus(Path(folder) / "corpus").sound()
        made_up = [case for name in corpus.part_names for case in cases(corpus.sound_part(name))]
    for title, found in (("the gold", gold), (f"{options.documents:,} made-up documents", made_up)):
        say(f"\n{title}\n\n| given | spans | exact | ambiguous | not found | wrong | seconds |")
        say("| --- | --: | --: | --: | --: | --: | --: |")
        for name, way in WAYS.items():
            say(measured(name, found, way))
        for name, change in CHANGES.items():
            say(measured(f"the last, text with {name}", [changed(case, change) for case in found], as_answered))
        for by_sentence in (False, True) if options.langextract else ():
            say(aligned(options.langextract, found, by_sentence=by_sentence))


if __name__ == "__main__":
    main()
