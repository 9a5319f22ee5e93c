"""Files that are written from the scheme, the layers, the rules and the corpus, and must not drift from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path, PurePosixPath

import orjson

from stancebank.agreement.main_scores import pairs_of_passes
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.statistics import corpus_statistics
from stancebank.faults import StanceBankError
from stancebank.formats.registry import format_table
from stancebank.pages import datasheet
from stancebank.pages.agreement_history import history_block
from stancebank.pages.data_model import data_model_page, example_records
from stancebank.pages.generated_blocks import filled, label_table, role_table
from stancebank.pages.json_schemas import record_schema
from stancebank.pages.pictures import agreement_dots, entity_matrix, relation_bars, stance_matrix
from stancebank.schema.layers import KNOWN_LAYERS
from stancebank.schema.paths import (
    ADJUDICATION_PAGE,
    CONFIG_FILE,
    DATA_MODEL_PAGE,
    DATASHEET,
    DOCS,
    FINDINGS_SCHEMA,
    FORMATS_PAGE,
    GUIDELINES,
    LABELS_PAGE,
    RULES_PAGE,
    STUDIO_PAGE,
    record_schema_file,
)
from stancebank.schema.scheme import Scheme
from stancebank.storage.files import read_inside, read_page, write_files
from stancebank.studio.importing.notices import notice_table
from stancebank.studio.layout.config import labelling_config

STANCES, RELATIONS, ENTITIES, AGREEMENT = (
    f"{DOCS}/{name}.svg" for name in ("stances", "relations", "entities", "agreement")
)
PICTURES = (STANCES, RELATIONS, ENTITIES, AGREEMENT)


def generated_files(corpus: Corpus) -> dict[str, bytes]:
    """Contents by path from the root.

    These are a JSON Schema for each layer, the labelling config of Label Studio, the
    pictures (each if there is something to draw) and the generated blocks of the
    guidelines, the datasheet and the pages on labels, Label Studio and agreement. If the root has
    them, also the page of the rules, with the JSON Schema of reports, and the page of
    the data model. Raises StanceBankError if the corpus cannot be read, Label Studio
    cannot hold the scheme's labels or a page has an unknown marker.
    """
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
    files |= _filled(corpus.root, LABELS_PAGE, role_table)
    files |= _filled(corpus.root, ADJUDICATION_PAGE, partial(history_block, corpus.root))
    files |= _filled(corpus.root, STUDIO_PAGE, notice_table)
    files |= _filled(corpus.root, FORMATS_PAGE, format_table)
    files |= _filled(corpus.root, DATASHEET, partial(datasheet.datasheet_block, corpus, statistics, pairs))
    if (corpus.root / RULES_PAGE).exists():
        files |= rules_files()
    if (corpus.root / DATA_MODEL_PAGE).exists():
        files[DATA_MODEL_PAGE] = data_model_page(example_records(corpus.root, corpus.scheme.format)).encode()
    return files


def guideline_files(root: Path, scheme: Scheme) -> dict[str, bytes]:
    """The pages of the guidelines, where there are any, with their tables of labels."""
    files: dict[str, bytes] = {}
    for path in sorted((root / GUIDELINES).glob("*.md")):
        files |= _filled(root, f"{GUIDELINES}/{path.name}", partial(label_table, scheme))
    return files


def _filled(root: Path, file: str, write: Callable[[str], str | None]) -> dict[str, bytes]:
    """A page with its generated parts rewritten, by its path; nothing if the root has no such page."""
    data = read_page(root, file)
    if data is None:
        return {}
    try:
        return {file: filled(data.decode(), file, write).encode()}
    except UnicodeDecodeError:
        raise StanceBankError(f"{file} is not UTF-8", "convert it to UTF-8") from None


def rules_files() -> dict[str, bytes]:
    """The page of the rules, and the JSON Schema of what stancebank validate --format json writes."""
    from stancebank.checks.catalogue import rules_page
    from stancebank.checks.reporters.as_json import findings_schema

    return {RULES_PAGE: rules_page().encode(), FINDINGS_SCHEMA: _json(findings_schema())}


def scheme_files(scheme: Scheme) -> dict[str, bytes]:
    """What follows from the scheme alone, by path from the root.

    These are the JSON Schema of each layer's records and the labelling config of Label Studio.
    Raises StanceBankError where that config cannot hold the scheme's labels.
    """
    schemas = {
        record_schema_file(layer.name): _json(record_schema(layer, scheme)) for layer in scheme.layers.all.values()
    }
    return schemas | {CONFIG_FILE: labelling_config(scheme).encode()}


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def drifted(root: Path, files: Mapping[str, bytes]) -> list[str]:
    """The paths whose file is missing or reads otherwise."""
    return [file for file, data in files.items() if read_inside(root, file)[0] != data]


def left_over(root: Path, files: Mapping[str, bytes]) -> list[str]:
    """The paths of pictures that are there, though there is nothing to draw, and of schemas of layers not used."""
    schemas = (record_schema_file(name) for name in KNOWN_LAYERS)
    return [file for file in (*PICTURES, *schemas) if file not in files and (root / file).exists()]


def write_generated(root: Path, files: Mapping[str, bytes]) -> list[str]:
    """Write what has drifted, all or nothing; gives the paths written.

    Raises StanceBankError where a path or a folder above it in the root is a symbolic link, which
    might lead to a file that is not generated.
    """
    changed = drifted(root, files)
    for file in changed:
        _require_no_link(root, file)
    write_files(root, {file: files[file] for file in changed})
    return changed


def _require_no_link(root: Path, file: str) -> None:
    steps = (*reversed(PurePosixPath(file).parents), PurePosixPath(file))
    for step in steps:
        if (root / step).is_symlink() and step != PurePosixPath():
            what = f"{step} is a symbolic link, and generated files are not written through one; nothing was written"
            raise StanceBankError(what, "put the file or folder itself there")
