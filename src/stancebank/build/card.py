"""The dataset card: README.md of the built dataset, whose YAML tells load_dataset what there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from stancebank.build.data_statement import data_statement, plain
from stancebank.build.features import features
from stancebank.build.manifest import Manifest
from stancebank.corpus import Corpus
from stancebank.editions.edition import FULL, MEANINGS, Edition
from stancebank.layers import Category, Column, Kind, ListOf, Record
from stancebank.statistics import Statistics
from stancebank.views.registry import DEFAULT, VIEWS, View

CLEARED = {True: "may be redistributed", False: "**not cleared for redistribution**"}
_CATEGORIES = ("token-classification", "text-classification")


def dataset_card(
    corpus: Corpus, manifest: Manifest, statistics: Statistics, tokeniser: str, edition: Edition = FULL
) -> str:
    """The card as Markdown with its YAML block.

    Each config's description carries the digest of its content: load_dataset keeps
    what it read under the folder's name and the card, not under the files, and
    would otherwise serve the rows of an earlier or another build. edition: what it
    shows of the texts; corpus is the corpus as it shows it.
    """
    from huggingface_hub import DatasetCardData

    assert corpus.settings is not None
    data = DatasetCardData(
        pretty_name=corpus.settings.title,
        language=sorted(statistics.languages),
        license="other",
        license_name="see-rights",
        task_categories=list(_CATEGORIES),
        configs=[_config(manifest, view) for view in manifest.views],
        dataset_info=_infos(corpus, manifest, edition),
    )
    return f"---\n{data.to_yaml()}\n---\n\n{_text(corpus, manifest, statistics, tokeniser, edition)}"


def _config(manifest: Manifest, view: str) -> dict[str, Any]:
    config: dict[str, Any] = {
        "config_name": view,
        "version": manifest.version,
        "description": f"{VIEWS[view].meaning} Content sha256 {manifest.content_digest(view)}",
        "data_files": [
            {"split": split, "path": [shard.path for shard in manifest.of(view, split)]}
            for split in manifest.splits(view)
        ],
    }
    return config | {"default": True} if view == DEFAULT else config


def _infos(corpus: Corpus, manifest: Manifest, edition: Edition) -> list[dict[str, Any]]:
    from datasets import DatasetInfo
    from datasets.info import DatasetInfosDict
    from huggingface_hub import DatasetCardData

    assert corpus.scheme is not None
    infos = {}
    for view in manifest.views:
        splits = {
            split: {
                "name": split,
                "num_bytes": sum(shard.bytes for shard in manifest.of(view, split)),
                "num_examples": sum(shard.rows for shard in manifest.of(view, split)),
            }
            for split in manifest.splits(view)
        }
        infos[view] = DatasetInfo(
            features=features(edition.view(VIEWS[view]).columns, corpus.scheme), config_name=view, splits=splits
        )
    data = DatasetCardData()
    DatasetInfosDict(infos).to_dataset_card_data(data)
    found = data["dataset_info"]
    return found if isinstance(found, list) else [found]


def _text(corpus: Corpus, manifest: Manifest, statistics: Statistics, tokeniser: str, edition: Edition) -> str:
    assert corpus.settings is not None
    assert corpus.seeds is not None
    settings = corpus.settings
    lines = [
        f"# {plain(settings.title)} {settings.version}",
        "",
        plain(settings.description),
        "",
        "## Rights",
        "",
        f"Annotations: {plain(settings.annotation_license)}. The rights in the texts are apart from that:",
        "",
    ]
    for key, redistribution in manifest.redistribution.items():
        statement = plain(corpus.seeds.rights[key].statement)
        lines.append(f"- `{key}`: {statement} Texts under this key: {CLEARED[redistribution]}.")
    lines += ["", *_edition(edition), *data_statement(corpus, manifest, statistics)]
    lines += [
        "## Configs",
        "",
        "Offsets are Unicode code points into a document's text, half open; in `spans` and `docred` they count tokens.",
        tokeniser,
        f"Labels are those of scheme {manifest.scheme}.",
        f"Built by {manifest.software}; `manifest.json` lists every shard.",
        "",
    ]
    for name in manifest.views:
        lines += _config_text(manifest, edition.view(VIEWS[name]))
    return "\n".join(lines)


def _edition(edition: Edition) -> Iterator[str]:
    """What this edition has and has not, where that is not everything."""
    if edition.full:
        return
    yield from (f"## Edition: {edition.name}", "", f"This edition has {MEANINGS[edition.name]}.")
    if edition.name == "standoff":
        left = [f"`{view.name}`" for view in VIEWS.values() if not edition.has(view)]
        yield f"These configs are nothing without words and are left out: {', '.join(left)}."
        yield "A name that is copied from its text reads as the entity's id in brackets."
    else:
        yield "A capital is X, another letter x, a digit 0; blanks and punctuation stay, and so does every offset."
        yield "Tokens are those of the original text. A name that is copied from its text is masked too."
    if edition.withhold == "runs":
        yield "Of names, only runs of five words of a text count as copied."
    yield 'Five words in a row that anything else shares with a text read "[...]", or are masked.'
    yield "The digests are those of the original texts."
    yield "With copies of the texts of your own, `stancebank rehydrate` makes the full edition of this one."
    yield ""


def _config_text(manifest: Manifest, view: View) -> Iterator[str]:
    rows = sum(shard.rows for shard in manifest.of(view.name))
    yield f"### {view.name}"
    yield ""
    none = "" if rows else " (`load_dataset` refuses a split without rows unless `streaming=True`)"
    yield f"{view.meaning} {rows} row{'' if rows == 1 else 's'}{none}."
    yield ""
    if view.details:
        yield view.details
        yield ""
    yield "| field | type | meaning |"
    yield "| --- | --- | --- |"
    yield from _rows(view.columns, "")
    yield ""


def _rows(columns: Iterable[Column], within: str) -> Iterator[str]:
    """A table row for each column, nested ones under their path."""
    for column in columns:
        null = ", may be null" if column.nullable else ""
        yield f"| `{within}{column.name}` | {_kind(column.kind)}{null} | {column.meaning} |"
        inner = column.kind
        while isinstance(inner, ListOf):
            inner = inner.item
        if isinstance(inner, Record):
            yield from _rows(inner.columns, f"{within}{column.name}.")


def _kind(kind: Kind) -> str:
    if isinstance(kind, ListOf):
        return f"list of {_kind(kind.item)}"
    if isinstance(kind, Record):
        return "record"
    return "ClassLabel" if isinstance(kind, Category) else kind
