"""Simple models on task views, for whoever wants to beat them: the most common label, a gazetteer, linear models.

Run it with the environment's Python, in which scikit-learn is installed: ``.venv/bin/python benchmarks/baselines.py``.
It takes two minutes and prints a table. Scores are those of stancebank score, with its floor. The figures say that the
views can be learnt from, and nothing of how hard real texts are: the example corpus has six texts, and made-up texts
are written from templates that give labels away.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
from synthesize import PROJECT, SPARSE, write_corpus

from stancebank import score
from stancebank.schema.paths import CORPUS, CORPUS_FILE
from stancebank.scores.gold_rows import Row, read_gold_rows
from stancebank.scores.span_modes import LabelledSpan, tagged_spans

TEXTS = 200  # made-up documents, of which every fifth is tested
TESTED = 5
TEST = "test"
SHOWN: Mapping[str, tuple[str, ...]] = {
    "ner_names": ("IOB2", "partial"),
    "spans": ("F1", "partial"),
    "coref": ("CoNLL average",),
    "docred": ("F1", "Ign F1"),
    "quotes": ("cue, exact", "content, overlap"),
    "stance": ("F-average of both sides", "macro F1"),
    "stance_pairs": ("accuracy", "macro F1"),
}
"""Tasks with the scores that the table has of them."""


def made_up(folder: Path) -> Path:
    """The root of a made-up corpus, of which every fifth document is in the split test. folder: where it is written."""
    root = folder / "made-up"
    write_corpus(root, TEXTS, SPARSE)
    (source,) = (root / CORPUS).glob("p*")
    target = source.with_name(TEST)
    target.mkdir()
    for file in source.iterdir():
        tested, others = [], []
        for line in file.read_bytes().splitlines(keepends=True):
            number = int(orjson.loads(line)["doc_id"][1:])
            (others if number % TESTED else tested).append(line)
        file.write_bytes(b"".join(others))
        (target / file.name).write_bytes(b"".join(tested))
    settings = root / CORPUS_FILE
    settings.write_text(settings.read_text("utf-8").replace('["*"]', f'["p*"]\n  {TEST}: ["{TEST}"]'), "utf-8")
    return root


# Tags


def linear_tags(seen: Sequence[Row], tags: Sequence[Sequence[str]], rows: Sequence[Row]) -> list[list[str]]:
    """Tags of rows by a logistic regression for each token, on it, its shape and its neighbours.

    tags: of the rows that were seen.
    """
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


def linear_names(root: Path) -> list[dict[str, Any]]:
    """Names of the test split."""
    gold = read_gold_rows(root, ("ner_names",), TEST)
    rows, others = gold.rows["ner_names"], gold.others["ner_names"]
    tags = linear_tags(others, [row["ner_tags"] for row in others], rows)
    return [{**row, "ner_tags": own} for row, own in zip(rows, tags, strict=True)]


def linear_quotes(root: Path) -> list[dict[str, Any]]:
    """Attributions of the test split: each cue with the nearest source and all content of its sentence."""
    gold = read_gold_rows(root, ("attribution_tags",), TEST)
    rows, others = gold.rows["attribution_tags"], gold.others["attribution_tags"]
    tags = linear_tags(others, [row["levels"][0] for row in others], rows)
    return [quote for row, own in zip(rows, tags, strict=True) for quote in _quotes(row, own)]


def _quotes(row: Row, tags: Sequence[str]) -> Iterator[dict[str, Any]]:
    spans: dict[str, list[LabelledSpan]] = {"CUE": [], "SOURCE": [], "CONTENT": []}
    for span in tagged_spans(tags, strict=False):
        spans[span.label].append(span)
    for cue in spans["CUE"]:
        found = {"doc_id": row["doc_id"], "cue_start": row["starts"][cue.start], "cue_end": row["ends"][cue.end - 1]}
        for name, behind in (("start", 0), ("end", -1)):
            ends = [getattr(span, name) + behind for span in spans["CONTENT"]]
            found[f"content_{name}s"] = [row[f"{name}s"][at] for at in ends]
        for source in sorted(spans["SOURCE"], key=lambda span, cue=cue: abs(span.start - cue.start))[:1]:
            found |= {"source_start": row["starts"][source.start], "source_end": row["ends"][source.end - 1]}
        yield found


# Stances


def linear_labels(root: Path, view: str) -> list[dict[str, Any]]:
    """Labels of the test split by a logistic regression on words of holder and target, and of the text around."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    gold = read_gold_rows(root, (view, "documents"), TEST)
    texts = {row["doc_id"]: row["text"] for side in (gold.rows, gold.others) for row in side["documents"]}

    def read(row: Row) -> str:
        text, at = row.get("text"), 0
        if text is None:
            text = texts[row["doc_id"]]
            at = max(text.find(row["holder"]), 0)
        return f"{row['holder']} | {row['target']} | {text[max(at - 100, 0) : at + 300]}"

    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(class_weight="balanced", max_iter=300)
    )
    seen = [row for row in gold.others[view] if row["label"] is not None]
    model.fit([*map(read, seen)], [row["label"] for row in seen])
    rows = [row for row in gold.rows[view] if row["label"] is not None]
    return [{**row, "label": str(label)} for row, label in zip(rows, model.predict([*map(read, rows)]), strict=True)]


def linear(task: str, root: Path) -> list[dict[str, Any]] | None:
    """What a linear model predicts for the test split; None where there is no such model."""
    if task == "ner_names":
        return linear_names(root)
    if task == "quotes":
        return linear_quotes(root)
    views = {"stance": "stance_detection", "stance_pairs": "stance_pairs"}
    return linear_labels(root, views[task]) if task in views else None


def measured(root: Path) -> Iterator[tuple[str, str, str, str, str]]:
    """Rows of the table: task, score, majority, gazetteer, linear model with its interval."""
    for task, names in SHOWN.items():
        answers = linear(task, root)
        floor = score(_nothing(task, root) if answers is None else answers, task, against=root, split=TEST, floor=True)
        for name in names:
            (own,) = (each for each in floor.scores if (each.name, each.of) == (name, None))
            majority, gazetteer = (
                next(each.value for each in scores if (each.name, each.of) == (name, None))
                for scores in floor.floor.values()
            )
            low, high = own.interval or (0, 0)
            shown = f"{own.value:.3f} ({low:.3f}..{high:.3f})" if answers is not None and own.value is not None else "-"
            yield task, name, f"{majority:.3f}", f"{gazetteer:.3f}", shown


def _nothing(task: str, root: Path) -> list[dict[str, Any]]:
    """Predictions of nothing, where only baselines are of interest."""
    if task == "docred":
        return []
    rows = read_gold_rows(root, (task,), TEST).rows[task]
    return [{**row, "spans": [], "clusters": []} for row in rows]


def main() -> None:
    """Print the table."""
    print("| corpus | task | score | majority | gazetteer | linear (95 % interval) |")
    print("| --- | --- | --- | --: | --: | --: |")
    with tempfile.TemporaryDirectory() as folder:
        for name, root in (("examples", PROJECT / "examples"), ("made up", made_up(Path(folder)))):
            for row in measured(root):
                print(f"| {name} | {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
