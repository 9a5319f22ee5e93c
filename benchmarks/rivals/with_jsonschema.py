"""The project's JSON Schemas over every record by itself: ``python -m rivals.with_jsonschema ROOT PARTS``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import orjson
from jsonschema import Draft202012Validator, FormatChecker

from rivals.by_hand import report
from stancebank.schema.layers import PART_LAYERS

PROJECT = Path(__file__).parents[2]
# The rules that a record by itself can break, and its schema knows.
CHECKED = (
    *("SB104", "SB107", "SB108", "SB109", "SB111", "SB113", "SB114", "SB116", "SB117", "SB118"),
    *("SB202", "SB206", "SB501", "SB502", "SB503", "SB504", "SB505"),
)


def check(root: Path, parts: int) -> Iterator[str]:
    """What is wrong with the records of so many parts of a corpus."""
    folders = sorted(path for path in (root / "corpus").iterdir() if path.is_dir())[:parts]
    for layer in PART_LAYERS.values():
        schema = orjson.loads((PROJECT / f"schemas/{layer.name}.schema.json").read_bytes())
        validator = Draft202012Validator(schema, format_checker=FormatChecker())
        for file in (folder / layer.file_name for folder in folders):
            if layer.optional and not file.exists():
                continue
            try:
                for line in file.read_bytes().splitlines():
                    yield from (f"{file.name}: {error.message}" for error in validator.iter_errors(orjson.loads(line)))
            except (OSError, ValueError) as error:
                yield f"{file.name}: {error}"


if __name__ == "__main__":
    report(check(Path(sys.argv[1]), int(sys.argv[2])))
