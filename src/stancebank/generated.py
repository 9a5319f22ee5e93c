"""Files that are written from the scheme, the layers and the corpus, and must not drift from them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import orjson

from stancebank.corpus import Corpus, require_readable
from stancebank.figures import stance_matrix
from stancebank.files import read_inside, write_files
from stancebank.json_schemas import record_schema
from stancebank.layers import LAYERS
from stancebank.scheme import Scheme

STANCE_FIGURE = "docs/stances.svg"


def generated_files(corpus: Corpus) -> dict[str, bytes]:
    """Contents by path from the root: a JSON Schema per layer, and the picture of who stands where.

    Raises StanceBankError where the corpus cannot be read.
    """
    require_readable(corpus.faults)
    assert corpus.scheme is not None
    files = schema_files(corpus.scheme)
    figure = stance_matrix(corpus)
    if figure is not None:
        files[STANCE_FIGURE] = figure.encode()
    return files


def schema_files(scheme: Scheme) -> dict[str, bytes]:
    """The JSON Schema of each layer's records, by path from the root."""
    return {
        f"schemas/{layer.name}.schema.json": orjson.dumps(record_schema(layer, scheme), option=orjson.OPT_INDENT_2)
        + b"\n"
        for layer in LAYERS.values()
    }


def drifted(root: Path, files: Mapping[str, bytes]) -> list[str]:
    """The paths whose file is missing or reads otherwise."""
    return [file for file, data in files.items() if read_inside(root, file)[0] != data]


def write_generated(root: Path, files: Mapping[str, bytes]) -> list[str]:
    """Write what has drifted, all or nothing; gives the paths written."""
    changed = drifted(root, files)
    write_files(root, {file: files[file] for file in changed})
    return changed
