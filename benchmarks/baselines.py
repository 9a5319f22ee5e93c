"""Simple models on task views, for whoever wants to beat them: what occurs most, words seen before, linear models.

Run it with the environment's Python, in which scikit-learn is installed: ``.venv/bin/python benchmarks/baselines.py``.
It takes a minute and prints a table. Its figures say that the views can be learnt from, and nothing of how hard real
texts are: the example corpus has six texts, and made-up texts are written from templates that give labels away.
"""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from synthesize import PROJECT, SPARSE, write_corpus

from stancebank.agreement.score import PrecisionRecall, label_share
from stancebank.agreement.span_overlap import Span, exact
from stancebank.corpus.corpus import read_corpus
from stancebank.views.registry import views_of

Row = dict[str, Any]
Tags = list[list[str]]
Tagger = Callable[[Sequence[Row], Tags, Sequence[Row]], Tags]
"""From rows with tokens, their tags, and other rows to tags of the latter."""
TEXTS = 200  # made-up documents, of which every fifth is tested
TEST = 5


@dataclass(frozen=True, slots=True)
class Split:
    """The rows of views to learn from and to be tested on, by view. texts: by document."""

    train: Mapping[str, list[Row]]
    test: Mapping[str, list[Row]]
    texts: Mapping[str, str]


def examples() -> Split:
    """The example corpus in its own splits; what is no test is trained on."""
    return _split(PROJECT / "examples", lambda split, _: split == "test")


def made_up(folder: Path) -> Split:
    """A made-up corpus, of which every fifth document is tested. folder: where it is written."""
    write_corpus(folder / "made-up", TEXTS, SPARSE)
    return _split(folder / "made-up", lambda _, number: number % TEST == 0)


def _split(root: Path, is_test: Callable[[str | None, int], bool]) -> Split:
    corpus = read_corpus(root).sound()
    train: dict[str, list[Row]] = defaultdict(list)
    test: dict[str, list[Row]] = defaultdict(list)
    texts: dict[str, str] = {}
    for name in corpus.part_names:
        part, split = corpus.sound_part(name), corpus.settings.split_of(name)
        known = dict(part["documents"].select("doc_id", "text").iter_rows())
        tested = {doc_id for number, doc_id in enumerate(known) if is_test(split, number)}
        texts |= known
        for view in ("ner_names", "attribution_tags", "stance_pairs"):
            for row in views_of(corpus.scheme)[view].rows_of(part).iter_rows(named=True):
                (test if row["doc_id"] in tested else train)[view].append(row)
    return Split(train, test, texts)


# Tags


def nothing(_: Sequence[Row], __: Tags, rows: Sequence[Row]) -> Tags:
    """The tag that occurs most: O everywhere."""
    return [["O"] * len(row["tokens"]) for row in rows]


def gazetteer(seen: Sequence[Row], tags: Tags, rows: Sequence[Row]) -> Tags:
    """Words that were tagged before, the longest first, with the type that they had most."""
    kinds: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for row, own in zip(seen, tags, strict=True):
        for kind, start, end in spans_of(own):
            kinds[tuple(row["tokens"][start:end])][kind] += 1
    longest = max(map(len, kinds), default=0)
    return [_looked_up(row["tokens"], kinds, longest) for row in rows]


def _looked_up(tokens: Sequence[str], kinds: Mapping[tuple[str, ...], Counter[str]], longest: int) -> list[str]:
    found, at = ["O"] * len(tokens), 0
    while at < len(tokens):
        lengths = (n for n in range(min(longest, len(tokens) - at), 0, -1) if tuple(tokens[at : at + n]) in kinds)
        length = next(lengths, 0)
        if length:
            (kind, _), *_ = kinds[tuple(tokens[at : at + length])].most_common(1)
            found[at : at + length] = [f"B-{kind}", *([f"I-{kind}"] * (length - 1))]
        at += max(length, 1)
    return found


def linear_tagger(seen: Sequence[Row], tags: Tags, rows: Sequence[Row]) -> Tags:
    """A logistic regression for each token, on it, its shape and its neighbours."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(DictVectorizer(), LogisticRegression(max_iter=300, C=10))
    model.fit([each for row in seen for each in _features(row["tokens"])], [tag for own in tags for tag in own])
    return [[*map(str, model.predict([*_features(row["tokens"])]))] if row["tokens"] else [] for row in rows]


def _features(tokens: Sequence[str]) -> Iterator[dict[str, str]]:
    padded = ["", "", *tokens, "", ""]
    for at in range(2, len(padded) - 2):
        found = {f"word{step}": padded[at + step].lower() for step in (-2, -1, 0, 1, 2)}
        word = padded[at]
        shape = "".join("X" if c.isupper() else "x" if c.isalpha() else "0" if c.isdigit() else c for c in word)
        yield found | {"shape": shape[:6], "end": word[-3:].lower(), "before": padded[at - 1][:1]}


def spans_of(tags: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """The spans of BIO tags: type, first token, token after the last."""
    start, kind = 0, ""
    for at, tag in enumerate([*tags, "O"]):
        prefix, _, name = tag.partition("-")
        if kind and (prefix != "I" or name != kind):
            yield kind, start, at
            kind = ""
        if prefix == "B" or (prefix == "I" and not kind):
            start, kind = at, name


def span_score(gold: Tags, found: Tags) -> PrecisionRecall:
    """Precision and recall of spans of the same place and type, as stancebank agree takes them."""

    def spans(tags: Tags) -> list[Span]:
        return [((str(row), kind), start, end) for row, own in enumerate(tags) for kind, start, end in spans_of(own)]

    return exact(spans(gold), spans(found))


# Pairs


def most_common(seen: Sequence[Row], rows: Sequence[Row], _: Mapping[str, str]) -> list[str]:
    """The label that occurs most."""
    ((label, _count),) = Counter(row["label"] for row in seen).most_common(1)
    return [label] * len(rows)


def linear_pairs(seen: Sequence[Row], rows: Sequence[Row], texts: Mapping[str, str]) -> list[str]:
    """A logistic regression on words of holder and target, and of the text around the holder's name."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    def read(row: Row) -> str:
        text = texts[row["doc_id"]]
        at = max(text.find(row["holder"]), 0)
        return f"{row['holder']} | {row['target']} | {text[max(at - 100, 0) : at + 300]}"

    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(class_weight="balanced", max_iter=300)
    )
    model.fit([*map(read, seen)], [row["label"] for row in seen])
    return [*map(str, model.predict([*map(read, rows)]))]


def macro_f1(gold: Sequence[str], found: Sequence[str]) -> float:
    """The mean of the F1 of all labels that the gold has."""
    scores = []
    for label in sorted(set(gold)):
        both = sum(a == b == label for a, b in zip(gold, found, strict=True))
        scores.append(2 * both / (gold.count(label) + found.count(label)))
    return float(np.mean(scores))


def measured(split: Split) -> Iterator[tuple[str, str, str, str]]:
    """Rows of the table: view, model, how many it is tested on, the score."""
    taggers: dict[str, Tagger] = {"all O": nothing, "words seen before": gazetteer, "linear": linear_tagger}
    for view, tags_of in (
        ("ner_names", lambda row: row["ner_tags"]),
        ("attribution_tags", lambda row: row["levels"][0]),
    ):
        train, test = split.train[view], split.test[view]
        gold = [tags_of(row) for row in test]
        for name, tagger in taggers.items():
            score = span_score(gold, tagger(train, [tags_of(row) for row in train], test))
            yield view, name, f"{int(score.recall_all):,} spans", f"F1 {score.f1 or 0:.3f}"
    train, test = (
        [row for row in rows["stance_pairs"] if row["label"] is not None] for rows in (split.train, split.test)
    )
    gold = [row["label"] for row in test]
    for name, model in (("most common label", most_common), ("linear", linear_pairs)):
        found = model(train, test, split.texts)
        share = label_share("stances", "label", zip(gold, found, strict=True)).value or 0
        yield (
            "stance_pairs",
            name,
            f"{len(gold):,} pairs",
            f"accuracy {share:.3f}, macro F1 {macro_f1(gold, found):.3f}",
        )


def main() -> None:
    """Print the table."""
    print("| corpus | view | model | tested on | score |\n| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for name, split in (("examples", examples()), ("made up", made_up(Path(folder)))):
            for row in measured(split):
                print(f"| {name} | {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
