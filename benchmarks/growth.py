"""How memory and time grow with what a corpus repeats or has many of: five sizes each, which should be linear.

``.venv/bin/python benchmarks/growth.py``: hours, most of them for the parts, and it prints its tables.
``--only exceptions`` measures one, ``--largest 0.1`` a tenth of the sizes.
"""

from __future__ import annotations

import argparse
import itertools
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import measuring
import orjson
from synthesize import SPARSE, write_corpus

import stancebank
from stancebank.schema.layers import MENTIONS

PROJECT = Path(__file__).parents[1]
COPIED = ("corpus", "schemas", "seeds", "annotation")


@dataclass(frozen=True)
class Growth:
    """What is made in a folder of some size, which command is run on it, and the sizes."""

    title: str
    make: Callable[[Path, int], None]
    command: Sequence[str]
    sizes: Sequence[int]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", choices=GROWTHS, help="measure this; may be given several times")
    parser.add_argument("--largest", type=float, default=1.0, help="share of the sizes")
    options = parser.parse_args()
    for name in options.only or GROWTHS:
        growth = GROWTHS[name]
        print(f"\n{growth.title}\n\n| size | MiB | MiB more per 1,000 | seconds of a core | exit |")
        print("| ---: | ---: | ---: | ---: | ---: |")
        before: tuple[int, float] | None = None
        for size in growth.sizes:
            size = max(1, round(size * options.largest))
            done, status = measured(growth, size)
            more = "" if before is None else f"{1000 * (done.peak - before[1]) / (size - before[0]):,.1f}"
            print(f"| {size:,} | {done.peak:,.0f} | {more} | {done.cpu:,.1f} | {status} |", flush=True)
            before = size, done.peak


def measured(growth: Growth, size: int) -> tuple[measuring.Run, str]:
    """One run of the command on a new folder, and its exit code."""
    with tempfile.TemporaryDirectory(prefix="stancebank-growth-") as folder:
        root = Path(folder) / "root"
        growth.make(root, size)
        line = '"$@" > /dev/null 2>&1; echo $?'
        words = [sys.executable, "-m", "stancebank", *(each.format(folder=folder) for each in growth.command)]
        one = {"POLARS_MAX_THREADS": "1", "XDG_STATE_HOME": folder, "XDG_CACHE_HOME": folder}
        done = measuring.run(["sh", "-c", line, "sh", *words, "--root", root], one)
        return done, done.output.decode().strip()


def project(root: Path) -> None:
    """A copy of the project's corpus."""
    root.mkdir()
    for name in COPIED:
        shutil.copytree(PROJECT / name, root / name)


def only_part(root: Path) -> Path:
    """The folder of the corpus's one part."""
    (documents,) = (root / "corpus").glob("*/documents.jsonl")
    return documents.parent


def one_id(root: Path, size: int) -> None:
    """So many documents, all with one id."""
    write_corpus(root, size)
    for path in root.glob("corpus/p*/*.jsonl"):
        text = path.read_text("utf-8")
        path.write_text(re.sub('"doc_id":"d[0-9]+"', '"doc_id":"d000000"', text), "utf-8", newline="\n")


def one_line(root: Path, size: int) -> None:
    """A mention that is there so many times."""
    project(root)
    with (only_part(root) / MENTIONS.file_name).open("r+b") as file:
        line = file.readline()
        file.seek(0, 2)
        file.write(line * size)


def entities(root: Path, size: int, called: str = "{}") -> None:
    """One text of so many sentences, each with a name that is an entity of its own. called: what its record says."""
    letters = itertools.product("BCDFGHKLMNPRSTVZ", "aeiou", "bdgklmnprstvz", "aeiou", "lmnrs")
    names = ["".join(each) for each in itertools.islice(letters, size)]
    corpus = stancebank.create(root)
    document = corpus.add_document("long", " ".join(f"{name} left." for name in names), date="2031-05-01")
    part = document.part
    corpus.save()
    records: dict[str, list[dict[str, object]]] = {"entities": [], "mentions": []}
    start = 0
    kind, level = (corpus.scheme.labels(each)[0].name for each in ("entity_types", "mention_levels"))
    for number, name in enumerate(names):
        of = {"doc_id": "long", "entity_id": f"e{number}"}
        records["entities"].append(
            {**of, "type": kind, "name": called.format(name), "wikidata": None, "value": None, "actor": None}
        )
        span = {"start": start, "end": start + len(name), "text": name}
        mention = {"doc_id": "long", "mention_id": f"m{number}", "entity_id": f"e{number}"}
        records["mentions"].append({**mention, **span, "level": level})
        start += len(name) + len(" left. ")
    for layer, rows in records.items():
        lines = (orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)
        (root / f"corpus/{part}/{layer}.jsonl").write_bytes(b"".join(lines))


def exceptions(root: Path, size: int) -> None:
    """So many entities that no mention calls by their name, each with an exception that says so."""
    entities(root, size, called="Nobody {}")
    told = "".join(f"    - {{rule: SB714, document: long, record: e{each}, reason: meant}}\n" for each in range(size))
    with (root / "corpus/corpus.yaml").open("a", encoding="utf-8") as file:
        file.write(f"validation:\n  exceptions:\n{told}")


def parts(root: Path, size: int) -> None:
    """So many parts of one document each."""
    write_corpus(root, size, SPARSE, part_size=1)


GROWTHS = {
    "one-id": Growth("validate: documents that all have one id", one_id, ["validate"], (40, 80, 160, 320, 640)),
    "one-line": Growth("validate: one mention again", one_line, ["validate"], (4000, 8000, 16000, 32000, 64000)),
    "exceptions": Growth(
        "validate: warnings, each with its exception", exceptions, ["validate"], (1000, 2000, 4000, 8000, 16000)
    ),
    "entities": Growth(
        "build --edition standoff: entities of one text",
        entities,
        ["build", "--edition", "standoff", "--out", "{folder}/out"],
        (500, 1000, 2000, 4000, 8000),
    ),
    "parts": Growth("validate: parts of one document", parts, ["validate"], (625, 1250, 2500, 5000, 10000)),
    "built-parts": Growth(
        "build: parts of one document", parts, ["build", "--out", "{folder}/out"], (625, 1250, 2500, 5000, 10000)
    ),
}

if __name__ == "__main__":
    main()
