"""The YAML block of a dataset card: what load_dataset is told, and whether that is what the manifest records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from stancebank.dataset.manifest import Manifest
from stancebank.schema.paths import MANIFEST_FILE
from stancebank.storage.files import sha256
from stancebank.storage.plain_yaml import refusing_yaml
from stancebank.views.registry import DEFAULT

_BLOCK = {
    "configs",
    "dataset_info",
    "annotations_creators",
    "language",
    "language_bcp47",
    "license",
    "license_link",
    "license_name",
    "multilinguality",
    "pretty_name",
    "size_categories",
    "source_datasets",
    "tags",
    "task_categories",
}
_CONFIG = {"config_name", "version", "description", "data_files"}
_DATA_FILES = {"split", "path"}
_INFO = {"config_name", "features", "splits"}


def card_block(card: str) -> tuple[dict[str, Any], str]:
    """What the YAML block of a card says, and the text behind it. Raises any error where there is none to be read."""
    block, _, text = card.removeprefix("---\n").partition("\n---\n")
    said: dict[str, Any] = refusing_yaml("safe").load(block)
    return said, text


def features_digest(features: object) -> str:
    """The digest of the columns, types and label names of a config, as the block has them."""
    return sha256(orjson.dumps(features, option=orjson.OPT_SORT_KEYS))


def block_differences(said: Mapping[str, Any], manifest: Manifest) -> Iterator[str]:
    """What load_dataset would be told otherwise than the manifest says. Raises any error for a block of other form."""
    configs = {config["config_name"]: config for config in said["configs"]}
    infos = {info["config_name"]: info for info in _infos(said)}
    if configs.keys() != {*manifest.views} or infos.keys() != configs.keys():
        yield f"has other configs than the views in {MANIFEST_FILE}"
    if unknown := sorted(map(str, said.keys() - _BLOCK)):
        yield f"has a key for load_dataset that stancebank build does not write: {unknown[0]}"
    for view in manifest.views:
        if view in configs:
            yield from _config(view, configs[view], infos[view], manifest)


def _infos(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    infos: list[dict[str, Any]] = (
        said["dataset_info"] if isinstance(said["dataset_info"], list) else [said["dataset_info"]]
    )
    return infos


def _config(view: str, config: Mapping[str, Any], info: Mapping[str, Any], manifest: Manifest) -> Iterator[str]:
    keys = [(config.keys() - _CONFIG, "default" if view == DEFAULT else ""), (info.keys() - _INFO, "")]
    keys += [(each.keys() - _DATA_FILES, "") for each in config["data_files"]]
    for unknown, allowed in keys:
        for key in sorted(map(str, unknown - {allowed})):
            yield f"gives the config {view} the key {key}, which stancebank build does not write"
    files = {each["split"]: each["path"] for each in config["data_files"]}
    if files != {split: [shard.path for shard in manifest.of(view, split)] for split in manifest.splits(view)}:
        yield f"gives the config {view} other files than {MANIFEST_FILE}"
    if config["version"] != manifest.version:
        yield f"gives the config {view} the version {config['version']}, not {manifest.version}"
    if not config["description"].endswith(f" {manifest.content_digest(view)}"):
        yield f"gives the config {view} another content digest than {manifest.content_digest(view)}"
    if features_digest(info["features"]) != manifest.features.get(view):
        yield f"gives the config {view} other columns or label names than {MANIFEST_FILE} has"
    splits = {each["name"]: each for each in info["splits"]}
    for split in manifest.splits(view):
        shards = manifest.of(view, split)
        sums = (sum(shard.rows for shard in shards), sum(shard.bytes for shard in shards))
        if (splits[split]["num_examples"], splits[split]["num_bytes"]) != sums:
            yield f"gives the split {split} of {view} another size than {sums[0]:,} rows in {sums[1]:,} bytes"
