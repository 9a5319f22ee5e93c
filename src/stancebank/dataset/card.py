"""The dataset card: README.md of the built dataset, whose YAML configures load_dataset, with its features."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from stancebank.corpus.corpus import Corpus
from stancebank.corpus.statistics import Statistics
from stancebank.dataset.card_block import features_digest
from stancebank.dataset.data_statement import data_statement
from stancebank.dataset.manifest import Manifest
from stancebank.editions.edition import FULL, MEANINGS, Edition
from stancebank.faults import counted
from stancebank.schema.column import Category, Column, Kind, ListOf, Record
from stancebank.schema.scheme import Scheme
from stancebank.storage.markdown import plain
from stancebank.views.registry import DEFAULT, View, layers_shown, shows_unfinished, views_of

if TYPE_CHECKING:
    import datasets


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

    views = views_of(corpus.scheme)
    data = DatasetCardData(
        pretty_name=corpus.settings.title,
        language=sorted(statistics.languages),
        license="other",
        license_name="see-rights",
        task_categories=list(_CATEGORIES),
        configs=[_config(manifest, views[view]) for view in manifest.views],
        dataset_info=_infos(corpus, manifest, edition),
    )
    return f"---\n{data.to_yaml()}\n---\n\n{_text(corpus, manifest, statistics, tokeniser, edition)}"


def _config(manifest: Manifest, view: View) -> dict[str, Any]:
    config: dict[str, Any] = {
        "config_name": view.name,
        "version": manifest.version,
        "description": f"{view.meaning} Content sha256 {manifest.content_digest(view.name)}",
        "data_files": [
            {"split": split, "path": [shard.path for shard in manifest.of(view.name, split)]}
            for split in manifest.splits(view.name)
        ],
    }
    return config | {"default": True} if view.name == DEFAULT else config


def feature_digests(corpus: Corpus, manifest: Manifest, edition: Edition = FULL) -> dict[str, str]:
    """The digest of the columns, types and label names of each config of the card."""
    return {info["config_name"]: features_digest(info["features"]) for info in _infos(corpus, manifest, edition)}


def _infos(corpus: Corpus, manifest: Manifest, edition: Edition) -> list[dict[str, Any]]:
    from datasets import DatasetInfo
    from datasets.info import DatasetInfosDict
    from huggingface_hub import DatasetCardData

    infos = {}
    views = views_of(corpus.scheme)
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
            features=features(edition.view(views[view]).columns, corpus.scheme), config_name=view, splits=splits
        )
    data = DatasetCardData()
    DatasetInfosDict(infos).to_dataset_card_data(data)
    found = data["dataset_info"]
    return found if isinstance(found, list) else [found]


def _text(corpus: Corpus, manifest: Manifest, statistics: Statistics, tokeniser: str, edition: Edition) -> str:
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
    views = views_of(corpus.scheme)
    lines += ["", *_edition(edition, views.values()), *data_statement(corpus, manifest, statistics)]
    lines += [
        "## Configs",
        "",
        "Offsets are Unicode code points into a document's text, half open; in `spans` and `docred` they count tokens.",
        tokeniser,
        f"Labels are those of the scheme {manifest.scheme}, format {manifest.format}.",
        f"Built by {manifest.software}; `manifest.json` lists every shard.",
        "Null in a label's field says that nobody has decided yet.",
        "",
    ]
    for name in manifest.views:
        lines += _config_text(manifest, edition.view(views[name]), statistics)
    return "\n".join(lines)


def _edition(edition: Edition, views: Iterable[View]) -> Iterator[str]:
    """What this edition has and has not, where that is not everything."""
    if edition.full:
        return
    yield from (f"## Edition: {edition.name}", "", f"This edition has {MEANINGS[edition.name]}.")
    if edition.name == "standoff":
        left = [f"`{view.name}`" for view in views if not edition.has(view)]
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


def _config_text(manifest: Manifest, view: View, statistics: Statistics) -> Iterator[str]:
    rows = sum(shard.rows for shard in manifest.of(view.name))
    yield f"### {view.name}"
    yield ""
    none = "" if rows else " (`load_dataset` refuses a split without rows unless `streaming=True`)"
    yield f"{view.meaning} {rows} row{'' if rows == 1 else 's'}{none}."
    yield ""
    if view.details:
        yield view.details
        yield ""
    if view.of_layers:
        yield documents_of(view.name, statistics, unfinished=manifest.unfinished)
        yield ""
    yield "| field | type | meaning |"
    yield "| --- | --- | --- |"
    yield from _rows(view.columns, "")
    yield ""


def documents_of(view: str, statistics: Statistics, *, unfinished: bool) -> str:
    """Which documents a task view shows, and how many of all."""
    of_layers = [layer for layer in layers_shown(view) if layer in statistics.annotated]
    documents, done = statistics.records["documents"], statistics.done(of_layers)
    layers = " and ".join(", ".join(of_layers).rsplit(", ", 1))
    done_in = f"{layers} are done in {done:,}"
    if unfinished and shows_unfinished(view):
        missing = "what the others lack is not annotated" if done < documents else "none is unfinished"
        return f"Shows all {counted(documents, 'document')}, done or not: {done_in}; {missing}."
    return f"Shows the documents that are done: of {counted(documents, 'document')}, {done_in}."


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


def features(columns: Iterable[Column], scheme: Scheme) -> datasets.Features:
    """The features of a table with these columns; categories become ClassLabels of the scheme's names."""
    import datasets

    return datasets.Features({column.name: _feature(column.kind, scheme) for column in columns})


def _feature(kind: Kind, scheme: Scheme) -> object:
    import datasets

    if isinstance(kind, ListOf):
        return datasets.List(_feature(kind.item, scheme))
    if isinstance(kind, Record):
        return {column.name: _feature(column.kind, scheme) for column in kind.columns}
    if isinstance(kind, Category):
        return datasets.ClassLabel(names=list(kind.names(scheme)))
    return datasets.Value({"integer": "int64", "boolean": "bool"}.get(str(kind), "string"))
