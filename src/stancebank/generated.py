"""Files that are written from the scheme, the layers, the rules and the corpus, and must not drift from them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import orjson

from stancebank.corpus import Corpus, require_readable
from stancebank.figures import stance_matrix
from stancebank.files import read_inside, write_files
from stancebank.json_schemas import record_schema
from stancebank.layers import LAYERS
from stancebank.marked_pages import filled, label_table
from stancebank.scheme import Scheme

STANCE_FIGURE = "docs/stances.svg"
RULES_PAGE = "docs/rules.md"
GUIDELINES = "annotation/guidelines"
FINDINGS_SCHEMA = "docs/findings.schema.json"


def generated_files(corpus: Corpus) -> dict[str, bytes]:
    """Contents by path from the root.

    These are a JSON Schema per layer, the picture of who stands where, the
    guidelines with their tables of labels and, where the root has a page of the
    rules, that page and the JSON Schema of reports. Raises StanceBankError where
    the corpus cannot be read or a page has a marker that means nothing.
    """
    require_readable(corpus.faults)
    assert corpus.scheme is not None
    files = schema_files(corpus.scheme)
    figure = stance_matrix(corpus)
    if figure is not None:
        files[STANCE_FIGURE] = figure.encode()
    files |= guideline_files(corpus.root, corpus.scheme)
    if (corpus.root / RULES_PAGE).exists():
        files |= rules_files()
    return files


def guideline_files(root: Path, scheme: Scheme) -> dict[str, bytes]:
    """The pages of the guidelines, where there are any, with their tables of labels."""
    files = {}
    for path in sorted((root / GUIDELINES).glob("*.md")):
        file = f"{GUIDELINES}/{path.name}"
        data, _ = read_inside(root, file)
        page = (data or b"").decode(errors="replace")
        files[file] = filled(page, file, partial(label_table, scheme)).encode()
    return files


def rules_files() -> dict[str, bytes]:
    """The page of the rules, and the JSON Schema of what stancebank validate --format json writes."""
    from stancebank.checks.catalogue import rules_page
    from stancebank.checks.reporters import findings_schema

    return {RULES_PAGE: rules_page().encode(), FINDINGS_SCHEMA: _json(findings_schema())}


def schema_files(scheme: Scheme) -> dict[str, bytes]:
    """The JSON Schema of each layer's records, by path from the root."""
    return {f"schemas/{layer.name}.schema.json": _json(record_schema(layer, scheme)) for layer in LAYERS.values()}


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def drifted(root: Path, files: Mapping[str, bytes]) -> list[str]:
    """The paths whose file is missing or reads otherwise."""
    return [file for file, data in files.items() if read_inside(root, file)[0] != data]


def write_generated(root: Path, files: Mapping[str, bytes]) -> list[str]:
    """Write what has drifted, all or nothing; gives the paths written."""
    changed = drifted(root, files)
    write_files(root, {file: files[file] for file in changed})
    return changed
