"""Where each file of a corpus and of a built dataset is, from its root: the only place that knows.

Paths are POSIX paths as strings, since they also name files in archives, in git and in remote folders.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parents[1]
"""The folder of this package's code; in a wheel the bundled corpus is in it."""

CORPUS = "corpus"
CORPUS_FILE = "corpus/corpus.yaml"
RELEASES = "corpus/releases"
RESERVED_FOLDERS = frozenset({"releases"})
"""Folders in corpus/ that are no parts."""

SEEDS = "seeds"
SEEDS_FILE = "seeds/seeds.yaml"
SEEDS_JSONL = "seeds/seeds.jsonl"
"""The seeds as a built dataset carries them."""

SCHEMAS = "schemas"
SCHEME_FILE = "schemas/scheme.yaml"
RENAMED_FILE = "schemas/renamed.jsonl"
"""The labels that were renamed or merged, one a line, in this order."""
MIGRATIONS = "schemas/migrations"
"""A made-up corpus in the newest format, and in each older one the files that differ from the next."""

TEMPLATES_FOLDER = "schemas/templates"
TEMPLATES = ("political-news", "entities", "stance", "attribution", "empty")
"""Schemes that a new corpus may begin with: StanceBank's own, then those in the folder."""

ANNOTATION = "annotation"
ANNOTATORS_FILE = "annotation/annotators.yaml"
ADJUDICATION_FILE = "annotation/adjudication.jsonl"
ADJUDICATED_FILE = "annotation/adjudicated.jsonl"
UNPLACED_FILE = "annotation/unplaced.jsonl"
REMARKS_FILE = "annotation/remarks.jsonl"
"""Notes and comments of annotators."""
WORK_FILE = "annotation/work.jsonl"
"""How annotations came about: when, for how long, from which prediction."""
AGREEMENT_HISTORY = "annotation/agreement.csv"
"""What passes reached with each version of the guidelines."""

PASSES = "annotation/passes"
GUIDELINES = "annotation/guidelines"
CONFIG_FILE = "annotation/label_studio/config.xml"

CITATION_FILE = "CITATION.cff"
CHANGELOG = "CHANGELOG.md"
DATASHEET = "DATASHEET.md"

DOCS = "docs"
RULES_PAGE = "docs/rules.md"
DATA_MODEL_PAGE = "docs/data-model.md"
STUDIO_PAGE = "docs/label-studio.md"
FORMATS_PAGE = "docs/formats.md"
SCORES_PAGE = "docs/scores.md"
ADJUDICATION_PAGE = "docs/adjudication.md"
FINDINGS_SCHEMA = "docs/findings.schema.json"

MANIFEST_FILE = "manifest.json"
CARD_FILE = "README.md"
CROISSANT_FILE = "croissant.json"
LABELS_PAGE = "docs/labels.md"

BUILT_SCHEME = "scheme.yaml"
BUILT_GUIDELINES = "guidelines"
BUILT_LICENSE = "LICENSE.md"
"""The scheme, the guidelines and the terms as a built dataset carries them."""
DOCRED_FILES = REL_INFO, REL2ID, NER2ID = ("docred/rel_info.json", "docred/rel2id.json", "docred/ner2id.json")
"""What DocRED's scripts read beside the documents."""


def part_folder(part: str, annotator: str | None = None) -> str:
    """The folder of a part's layers: of the gold, or of an annotator's pass."""
    return f"{PASSES}/{annotator}/{part}" if annotator else f"{CORPUS}/{part}"


def layer_file(part: str, layer: str, annotator: str | None = None) -> str:
    """The file of a layer of a part, by the layer's name."""
    return f"{part_folder(part, annotator)}/{layer}.jsonl"


def shared_file(layer: str) -> str:
    """The file of a layer that all parts share, by the layer's name."""
    return f"{CORPUS}/{layer}.jsonl"


def seed_file(seed: str) -> str:
    """The file of a seed, by the name that its document has for it."""
    return f"{SEEDS}/{seed}"


def release_file(version: str) -> str:
    """The file that keeps what the corpus was when a version was released."""
    return f"{RELEASES}/{version}.json"


def record_schema_file(layer: str) -> str:
    """The JSON Schema of a layer's records."""
    return f"{SCHEMAS}/{layer}.schema.json"
