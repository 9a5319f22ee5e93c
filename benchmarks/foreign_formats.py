"""How fast annotations of other tools are read: StanceBank's readers beside those of the tools' own libraries.

Run it with the environment's Python: ``.venv/bin/python benchmarks/foreign_formats.py``. It takes a minute, prints its
table and writes it into RESULTS.md beside this file. With ``--import 10 30 100`` it imports files of so many megabytes,
a process each, and writes what that takes instead.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import orjson
import results
import spacy
from measuring import machine, run, say, verdict, write_block
from rivals import reading, with_cassis
from spacy.tokens import DocBin
from spacy.training.converters import conll_ner_to_docs
from synthesize import write_corpus

from stancebank.formats.corpus_export import export_foreign
from stancebank.pages.new_corpus import make_corpus
from stancebank.schema.paths import SCHEME_FILE

MARKER, IMPORTS = "formats", "imports"
PROJECT = Path(__file__).parents[1]
ENDINGS = {"jsonl": "jsonl", "brat": "ann"}
"""The formats whose imports are measured, by the ending of their files."""
EXPORTS = {"brat": None, "jsonl": None, "cas": "xmi", "docbin": None, "iob": "conll2003"}
BRAT = "stancebank, brat"
TARGET = 100_000
"""Records of brat a second, on one core."""


@dataclass(frozen=True, slots=True)
class Work:
    """Reads a folder; gives how many documents it read. format: of the folder."""

    format: str
    read: Callable[[Path], int]


def with_docbin(folder: Path) -> int:
    """The DocBin of spaCy alone."""
    vocabulary = spacy.blank("xx").vocab
    return len([*DocBin().from_disk(folder / "documents.spacy").get_docs(vocabulary)])


def with_converter(folder: Path) -> int:
    """The converter of spaCy for columns as CoNLL-2003 has them."""
    return sum(
        len([*conll_ner_to_docs(path.read_text("utf-8"), n_sents=0, no_print=True)]) for path in folder.glob("*.conll")
    )


WORKS: Mapping[str, Work] = {
    BRAT: Work("brat", partial(reading.read, "brat")),
    "stancebank, JSON lines": Work("jsonl", partial(reading.read, "jsonl")),
    "stancebank, CAS XMI": Work("cas", partial(reading.read, "cas")),
    "dkpro-cassis, CAS XMI": Work("cas", with_cassis.read),
    "stancebank, DocBin": Work("docbin", partial(reading.read, "docbin")),
    "spaCy, DocBin": Work("docbin", with_docbin),
    "stancebank, columns": Work("iob", partial(reading.read, "iob")),
    "spaCy, columns": Work("iob", with_converter),
}


def exported(root: Path, out: Path) -> dict[str, int]:
    """Write a corpus in all formats, a folder each; gives how many records each holds."""
    records = {}
    for format, dialect in EXPORTS.items():
        ledger = export_foreign(root, format, out / format, dialect=dialect)
        records[format] = sum(count for kind, count in ledger.held.items() if kind != "documents")
    return records


def measured(out: Path, runs: int) -> dict[str, list[float]]:
    """Seconds of the processor that each reader took, in turn."""
    found: dict[str, list[float]] = {name: [] for name in WORKS}
    for number in range(runs):
        for name, work in WORKS.items():
            began = time.process_time()
            work.read(out / work.format)
            found[name].append(time.process_time() - began)
            say(f"run {number + 1} of {runs}: {name}: {found[name][-1]:.2f} s")
    return found


def table(documents: int, records: Mapping[str, int], seconds: Mapping[str, list[float]]) -> Iterator[str]:
    """The figures as Markdown, with what was to be reached."""
    yield "| | records | CPU seconds | least .. most | records per second | documents per second |\n"
    yield "|---|--:|--:|--:|--:|--:|\n"
    rates = {}
    for name, found in seconds.items():
        middle, number = statistics.median(found), records[WORKS[name].format]
        rates[name] = number / middle
        spread = f"{min(found):.2f} .. {max(found):.2f}"
        yield f"| {name} | {number:,} | {middle:.2f} | {spread} | {rates[name]:,.0f} | {documents / middle:,.0f} |\n"
    yield f"\n- {verdict(rates[BRAT] >= TARGET)}: brat at {TARGET:,} records a second on one core; it is "
    yield f"{rates[BRAT]:,.0f}.\n"


def grown(format: str, source: Path, target: Path, size: float) -> tuple[int, int]:
    """Copies of exported documents under ids of their own, of so many bytes; gives how many, and their bytes."""
    target.mkdir(parents=True)
    number = written = 0
    while written < size:
        for path in sorted(source.glob(f"*.{ENDINGS[format]}")):
            for line in path.read_bytes().splitlines() if format == "jsonl" else (path.read_bytes(),):
                number += 1
                if format == "jsonl":
                    with (target / path.name).open("ab") as stream:
                        written += stream.write(orjson.dumps(orjson.loads(line) | {"doc_id": f"d{number}"}) + b"\n")
                else:
                    written += (target / f"d{number}{path.suffix}").write_bytes(line)
                    written += (target / f"d{number}.txt").write_bytes(path.with_suffix(".txt").read_bytes())
                if written >= size:
                    return number, written
    return number, written


def imports(folder: Path, sizes: Sequence[float]) -> Iterator[str]:
    """What imports of files of so many megabytes take, as Markdown. folder: for the files, which are removed."""
    root, out = folder / "corpus", folder / "out"
    write_corpus(root, 150)
    yield "| format | MB | documents | CPU seconds | per MB | memory, MiB |\n|---|--:|--:|--:|--:|--:|\n"
    for format in ENDINGS:
        export_foreign(root, format, out / format)
        for size in sizes:
            files, into = folder / "files", folder / "into"
            number, written = grown(format, out / format, files, size * 1e6)
            make_corpus(into, PROJECT / SCHEME_FILE)
            options = (
                "--root",
                into,
                "--format",
                format,
                "--part",
                "p",
                "--language",
                "en",
                "--offsets",
                "code-points",
            )
            done = run([sys.executable, "-m", "stancebank", "import", files, *options, "--offsets", "code-points"])
            say(f"{format}: {size:,} MB: {done.cpu:.1f} s of the processor, {done.seconds:.1f} s by the clock")
            per = done.cpu / written * 1e6
            yield f"| {format} | {written / 1e6:,.0f} | {number:,} | {done.cpu:,.0f} | {per:.2f} | {done.peak:,.0f} |\n"
            for each in (files, into):
                shutil.rmtree(each)


def main() -> None:
    """Measure, print, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=150, help="made-up documents")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--import", dest="sizes", type=float, nargs="+", metavar="MB", help="measure imports instead")
    parser.add_argument("--no-write", action="store_true", help="leave the page as it is")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stancebank-bench-") as folder:
        if options.sizes:
            text = f"{machine()}\n\n{''.join(imports(Path(folder), options.sizes))}"
            print(text)
            if not options.no_write:
                write_block(results.PAGE, IMPORTS, text)
            return
        root, out = Path(folder) / "corpus", Path(folder) / "out"
        write_corpus(root, options.documents)
        records = exported(root, out)
        seconds = measured(out, options.runs)
    about = machine("dkpro-cassis", "spacy")
    text = f"{about}\n\n{options.documents:,} documents.\n\n{''.join(table(options.documents, records, seconds))}"
    print(text)
    if not options.no_write:
        write_block(results.PAGE, MARKER, text)


if __name__ == "__main__":
    main()
