"""Make up a corpus for measurements: sound, of any size, the same for the same seed, about nobody who exists.

Run it with the environment's Python: ``.venv/bin/python benchmarks/synthesize.py DIR --documents 10000``.
"""

from __future__ import annotations

import argparse
import random
import shutil
import time
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

import orjson
from synthetic.documents import RIGHTS, Document, Record, document
from synthetic.plans import Shape

from stancebank.schema.layers import LAYERS, PART_LAYERS
from stancebank.schema.paths import SCHEME_FILE, SEEDS_FILE

PROJECT = Path(__file__).parents[1]
PART_SIZE = 1000  # documents
REAL = Shape(mentions=110, entities=45, relations=40, cues=10, split_cues=2, stances=15)
DENSE = Shape(mentions=80, entities=40, relations=40, cues=8, split_cues=2, stances=12)
SPARSE = Shape(mentions=30, entities=16, relations=18, cues=3, split_cues=1, stances=4)

_SETTINGS = """\
name: made-up
title: Made up
description: Made up by a program; about nobody and nothing that exists.
version: 0.1.0
annotation_license: none
splits:
  train: ["*"]
"""
_REGISTER = f"""\
# Where each raw text is from and what is known of the rights in it.
rights:
  {RIGHTS}:
    statement: Made up by a program.
    redistribution: true
seeds:
"""
_REGISTERED = """\
  - file: {seed}
    sha256: {seed_sha256}
    date: '{date}'
    language: {language}
    origin: Made up by a program.
    rights: {rights}
"""
_TARGETS = {
    "common-coin": "The states of the region mint one coin.",
    "early-election": "An election is held before its time.",
    "foreign-observers": "Foreign observers watch the border.",
    "free-captives": "All captives are set free.",
    "grain-exports": "Grain may leave the ports of the region.",
    "harbour-tax": "A tax is laid on foreign ships in the harbours.",
    "joint-patrols": "The states of the region patrol the strait together.",
    "lasting-truce": "The truce lasts for good.",
    "lower-tolls": "The tolls on the river are lowered.",
    "new-treaty": "The states of the region sign a new treaty.",
    "open-bridge": "The bridge over the river is open to all.",
    "rebuild-railway": "The railway through the mountains is built anew.",
}


def write_corpus(
    root: Path,
    documents: int,
    shape: Shape = REAL,
    *,
    annotated: bool = True,
    seed: int = 1,
    part_size: int | None = None,
) -> None:
    """Write a corpus in parts of 1,000 documents, with the seeds of its texts, in place of whatever is there.

    part_size: another number of documents in a part. A document depends on the shape, the seed and its number alone.
    annotated: without it the annotated layers are empty and not begun. Memory does not grow with the documents.
    """
    from stancebank.pages.new_corpus import make_corpus  # with all that reads a corpus, which costs time to import
    from stancebank.schema.paths import CORPUS_FILE, shared_file

    part_size = PART_SIZE if part_size is None else part_size
    shutil.rmtree(root, ignore_errors=True)
    make_corpus(root, PROJECT / SCHEME_FILE)
    (root / CORPUS_FILE).write_text(_SETTINGS, "utf-8")
    targets = [{"target_id": id, "proposition": said, "wikidata": None, "note": None} for id, said in _TARGETS.items()]
    (root / shared_file("targets")).write_bytes(b"".join(map(_line, targets)))
    with (root / SEEDS_FILE).open("w", encoding="utf-8") as register:
        register.write(_REGISTER)
        for index, name in enumerate(part_names(documents, part_size)):
            numbers = range(index * part_size, min((index + 1) * part_size, documents))
            made = (document(f"d{number:06}", shape, _chance(seed, number)) for number in numbers)
            _write_part(root, name, made, register, annotated=annotated)


def _write_part(root: Path, name: str, made: Iterable[Document], register: TextIO, *, annotated: bool) -> None:
    """Write a part and its seeds, one document after the other, and their entries in the register of seeds."""
    folder = root / "corpus" / name
    folder.mkdir()
    with ExitStack() as stack:
        files = {
            layer.name: stack.enter_context((folder / layer.file_name).open("wb")) for layer in PART_LAYERS.values()
        }
        for layers, seed in made:
            for layer, records in layers.items():
                if annotated or not LAYERS[layer].in_passes:
                    files[layer].writelines(map(_line, records))
            (record,) = layers["documents"]
            (root / "seeds" / record["seed"]).write_bytes(seed)
            register.write(_REGISTERED.format(**record))


def _chance(seed: int, number: int) -> random.Random:
    return random.Random(f"{seed}:{number}")  # noqa: S311  (nothing is secret here)


def _line(record: Record) -> bytes:
    return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)


def part_names(documents: int, part_size: int | None = None) -> list[str]:
    """The parts of a corpus with so many documents, in order: p000, p001; with more digits where there are so many."""
    parts = -(-documents // (part_size or PART_SIZE))
    digits = max(3, len(str(parts - 1)))
    return [f"p{index:0{digits}}" for index in range(parts)]


def main() -> None:
    """Read the command line and write the corpus."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, metavar="DIR", help="a folder that does not exist yet")
    parser.add_argument("--documents", type=int, default=PART_SIZE, metavar="N", help="how many (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="another number, another corpus")
    arguments = parser.parse_args()
    if arguments.documents < 1:
        parser.error("--documents must be 1 or more")
    if arguments.folder.exists():
        parser.error(f"{arguments.folder} is there already; name another folder")
    start = time.perf_counter()
    write_corpus(arguments.folder, arguments.documents, seed=arguments.seed)
    parts, seconds = len(part_names(arguments.documents)), time.perf_counter() - start
    print(f"documents: {arguments.documents:,}; parts: {parts:,}; seconds: {seconds:.1f}")


if __name__ == "__main__":
    main()
