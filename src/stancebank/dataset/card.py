"""The dataset card: README.md of the built dataset, whose YAML configures load_dataset, with its features."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from stancebank.corpus.corpus import Corpus
from stancebank.dataset.card_block import features_digest
from stancebank.dataset.card_text import CardContent, card_text
from stancebank.dataset.hub_terms import described
from stancebank.dataset.manifest import Manifest
from stancebank.dataset.terms import hub_licence
from stancebank.editions.edition import FULL, Edition
from stancebank.schema.column import Category, Column, Kind, ListOf, Record
from stancebank.schema.paths import BUILT_LICENSE
from stancebank.schema.scheme import Scheme
from stancebank.views.registry import DEFAULT, View, views_of

if TYPE_CHECKING:
    import datasets


_CATEGORIES = ("token-classification", "text-classification")


def dataset_card(content: CardContent) -> str:
    """The card as Markdown with its YAML block.

    Each config's description carries the digest of its content: load_dataset keeps
    what it read under the folder's name and the card, not under the files, and
    would otherwise serve the rows of an earlier or another build.
    """
    from huggingface_hub import DatasetCardData

    corpus, manifest, edition = content.corpus, content.manifest, content.edition
    views = views_of(corpus.scheme)
    data = DatasetCardData(
        pretty_name=corpus.settings.title,
        **_licence(corpus, manifest),
        task_categories=list(_CATEGORIES),
        **described(corpus, content.statistics, [views[view] for view in manifest.views]),
        configs=[_config(manifest, views[view]) for view in manifest.views],
        dataset_info=_infos(corpus, manifest, edition),
    )
    return f"---\n{data.to_yaml()}\n---\n\n{card_text(content)}"


def _licence(corpus: Corpus, manifest: Manifest) -> dict[str, Any]:
    one = hub_licence(corpus, manifest)
    other = {"license": "other", "license_name": "see-rights", "license_link": BUILT_LICENSE}
    return {"license": one} if one else other


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
    return datasets.Value({"integer": "int64", "number": "float64", "boolean": "bool"}.get(str(kind), "string"))
