"""The dataset card: README.md of the built dataset, whose YAML tells load_dataset what there is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stancebank.build.features import features
from stancebank.build.manifest import Manifest
from stancebank.corpus import Corpus
from stancebank.layers import Category, Kind, ListOf, Record
from stancebank.views.registry import DEFAULT, VIEWS, View

CARD_FILE = "README.md"
_CATEGORIES = ("token-classification", "text-classification")


def dataset_card(corpus: Corpus, manifest: Manifest, languages: list[str], tokeniser: str) -> str:
    """The card as Markdown with its YAML block.

    Each config's description carries the digest of its content: load_dataset keeps
    what it read under the folder's name and the card, not under the files, and
    would otherwise serve the rows of an earlier or another build.
    """
    from huggingface_hub import DatasetCardData

    assert corpus.settings is not None
    data = DatasetCardData(
        pretty_name=corpus.settings.title,
        language=languages,
        license="other",
        license_name="see-rights",
        task_categories=list(_CATEGORIES),
        configs=[_config(manifest, view) for view in manifest.views],
        dataset_info=_infos(corpus, manifest),
    )
    return f"---\n{data.to_yaml()}\n---\n\n{_text(corpus, manifest, tokeniser)}"


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


def _infos(corpus: Corpus, manifest: Manifest) -> list[dict[str, Any]]:
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
            features=features(VIEWS[view].columns, corpus.scheme), config_name=view, splits=splits
        )
    data = DatasetCardData()
    DatasetInfosDict(infos).to_dataset_card_data(data)
    found = data["dataset_info"]
    return found if isinstance(found, list) else [found]


def _text(corpus: Corpus, manifest: Manifest, tokeniser: str) -> str:
    assert corpus.settings is not None
    assert corpus.seeds is not None
    settings = corpus.settings
    lines = [
        f"# {settings.title} {settings.version}",
        "",
        settings.description,
        "",
        "## Rights",
        "",
        f"Annotations: {settings.annotation_license}. The rights in the texts are apart from that:",
        "",
    ]
    for key, rights in corpus.seeds.rights.items():
        cleared = "may be redistributed" if rights.redistribution else "**not cleared for redistribution**"
        lines.append(f"- `{key}`: {' '.join(rights.statement.split())} Texts under this key: {cleared}.")
    lines += [
        "",
        "## Configs",
        "",
        f"Offsets are Unicode code points into a document's text, half open. {tokeniser}",
        f"Labels are those of scheme {manifest.scheme}.",
        f"Built by {manifest.software}; `manifest.json` lists every file.",
        "",
    ]
    for name in manifest.views:
        lines += _config_text(manifest, VIEWS[name])
    return "\n".join(lines)


def _config_text(manifest: Manifest, view: View) -> Iterator[str]:
    rows = sum(shard.rows for shard in manifest.of(view.name))
    yield f"### {view.name}"
    yield ""
    none = "" if rows else " (`load_dataset` refuses a split without rows unless `streaming=True`)"
    yield f"{view.meaning} {rows} row{'' if rows == 1 else 's'}{none}."
    yield ""
    yield "| field | type | meaning |"
    yield "| --- | --- | --- |"
    for column in view.columns:
        null = ", may be null" if column.nullable else ""
        yield f"| `{column.name}` | {_kind(column.kind)}{null} | {column.meaning} |"
    yield ""


def _kind(kind: Kind) -> str:
    if isinstance(kind, ListOf):
        return f"list of {_kind(kind.item)}"
    if isinstance(kind, Record):
        return "record (" + ", ".join(f"`{column.name}`" for column in kind.columns) + ")"
    return "ClassLabel" if isinstance(kind, Category) else kind
