"""Files that are written from the scheme, the layers, the rules and the corpus, and must not drift from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import orjson

from stancebank import datasheet
from stancebank.corpus import Corpus, require_readable
from stancebank.datasheet import DATASHEET
from stancebank.faults import StanceBankError
from stancebank.figures import agreement_dots, entity_matrix, relation_bars, stance_matrix
from stancebank.files import read_inside, write_files
from stancebank.json_schemas import record_schema
from stancebank.layers import LAYERS
from stancebank.marked_pages import filled, label_table
from stancebank.reliability import pairs_of_passes
from stancebank.scheme import Scheme
from stancebank.statistics import corpus_statistics
from stancebank.studio.config import CONFIG_FILE, labelling_config
from stancebank.studio.notices import notice_table

STANCES, RELATIONS, ENTITIES, AGREEMENT = (
    f"docs/{name}.svg" for name in ("stances", "relations", "entities", "agreement")
)
PICTURES = (STANCES, RELATIONS, ENTITIES, AGREEMENT)
RULES_PAGE = "docs/rules.md"
GUIDELINES = "annotation/guidelines"
STUDIO_PAGE = "docs/label-studio.md"
FINDINGS_SCHEMA = "docs/findings.schema.json"


def generated_files(corpus: Corpus) -> dict[str, bytes]:
    """Contents by path from the root.

    These are a JSON Schema per layer, the labelling config of Label Studio, the
    pictures of who stands where, of the relations, the entities and the agreement of
    the passes, each where there is something to draw, the guidelines with their
    tables of labels, the datasheet with its numbers, the page on Label Studio with its
    table and, where the root has a page of the rules, that page and the JSON Schema of
    reports. Raises StanceBankError where
    the corpus cannot be read, Label Studio cannot hold the scheme's labels or a page
    has a marker that means nothing.
    """
    require_readable(corpus.faults)
    assert corpus.scheme is not None
    statistics = corpus_statistics(corpus)
    pairs = pairs_of_passes(corpus)
    pictures = {
        STANCES: stance_matrix(corpus),
        RELATIONS: relation_bars(corpus, statistics),
        ENTITIES: entity_matrix(corpus, statistics),
        AGREEMENT: agreement_dots(pairs),
    }
    files = scheme_files(corpus.scheme)
    files |= {file: drawn.encode() for file, drawn in pictures.items() if drawn is not None}
    files |= guideline_files(corpus.root, corpus.scheme)
    files |= _filled(corpus.root, STUDIO_PAGE, notice_table)
    files |= _filled(corpus.root, DATASHEET, partial(datasheet.figures, corpus, statistics, pairs))
    if (corpus.root / RULES_PAGE).exists():
        files |= rules_files()
    return files


def guideline_files(root: Path, scheme: Scheme) -> dict[str, bytes]:
    """The pages of the guidelines, where there are any, with their tables of labels."""
    files: dict[str, bytes] = {}
    for path in sorted((root / GUIDELINES).glob("*.md")):
        files |= _filled(root, f"{GUIDELINES}/{path.name}", partial(label_table, scheme))
    return files


def _filled(root: Path, file: str, write: Callable[[str], str | None]) -> dict[str, bytes]:
    """A page with its generated parts written anew, by its path; nothing where the root has no such page."""
    data, fault = read_inside(root, file)
    if data is None:
        require_readable([fault] if fault and fault.kind != "missing" else [])
        return {}
    try:
        return {file: filled(data.decode(), file, write).encode()}
    except UnicodeDecodeError:
        raise StanceBankError(f"{file} is not UTF-8", "convert it to UTF-8") from None


def rules_files() -> dict[str, bytes]:
    """The page of the rules, and the JSON Schema of what stancebank validate --format json writes."""
    from stancebank.checks.catalogue import rules_page
    from stancebank.checks.reporters import findings_schema

    return {RULES_PAGE: rules_page().encode(), FINDINGS_SCHEMA: _json(findings_schema())}


def scheme_files(scheme: Scheme) -> dict[str, bytes]:
    """What follows from the scheme alone, by path from the root.

    These are the JSON Schema of each layer's records and the labelling config of Label Studio.
    Raises StanceBankError where that config cannot hold the scheme's labels.
    """
    schemas = {f"schemas/{layer.name}.schema.json": _json(record_schema(layer, scheme)) for layer in LAYERS.values()}
    return schemas | {CONFIG_FILE: labelling_config(scheme).encode()}


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def drifted(root: Path, files: Mapping[str, bytes]) -> list[str]:
    """The paths whose file is missing or reads otherwise."""
    return [file for file, data in files.items() if read_inside(root, file)[0] != data]


def left_over(root: Path, files: Mapping[str, bytes]) -> list[str]:
    """The paths of pictures that are there, though there is nothing to draw in them any more."""
    return [file for file in PICTURES if file not in files and (root / file).exists()]


def write_generated(root: Path, files: Mapping[str, bytes]) -> list[str]:
    """Write what has drifted, all or nothing; gives the paths written."""
    changed = drifted(root, files)
    write_files(root, {file: files[file] for file in changed})
    return changed
