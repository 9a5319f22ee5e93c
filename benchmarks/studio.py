"""How fast the way to Label Studio and back is, and how much memory it takes, beside the SDK's own converter.

Run it with the environment's Python: ``.venv/bin/python benchmarks/studio.py``. It prints what it finds and writes it
into README.md beside this file. What is compared is measured in turn, each time as a process of its own.
"""

from __future__ import annotations

import argparse
import filecmp
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Any

from measuring import machine, run, say, verdict, write_block
from synthesize import DENSE, SPARSE, Shape, write_corpus

PAGE = Path(__file__).with_name("README.md")
PACKAGES = ("label-studio-sdk", "polars", "pyarrow", "msgspec", "orjson")
SHAPES = {"dense": DENSE, "sparse": SPARSE}
FASTER = 3  # times the tasks per second of the SDK's converter
MEMORY = 600  # MiB at most
GROWTH = 1.1  # of memory from few to many tasks that still counts as the same


@dataclass(frozen=True, slots=True)
class Files:
    """What is measured in a folder: a corpus, the same one without annotations, their tasks, and what comes back."""

    folder: Path

    @property
    def corpus(self) -> Path:
        """The corpus, sound and annotated."""
        return self.folder / "corpus"

    @property
    def unannotated(self) -> Path:
        """The same documents without annotations."""
        return self.folder / "unannotated"

    @property
    def tasks(self) -> Path:
        """The tasks as the corpus sends them; their base stands beside them."""
        return self.folder / "tasks.json"

    @property
    def export(self) -> Path:
        """The same tasks as the server exports them."""
        return self.folder / "export.json"

    def result(self, name: str) -> Path:
        """Where a piece of work writes."""
        return self.folder / f"{name}-result"


@dataclass(frozen=True, slots=True)
class Work:
    """One measurement. seconds: of the work alone. process: from start to end, in seconds. peak: of memory, in MiB."""

    seconds: float
    process: float
    peak: float


def convert(files: Files) -> Callable[[], object]:
    """The SDK's converter to JSON_MIN, over the server's export."""
    from label_studio_sdk.converter import Converter

    from stancebank.schema.scheme_reading import read_scheme
    from stancebank.studio.layout.config import labelling_config

    scheme, _ = read_scheme(files.corpus)
    assert scheme is not None
    out = files.result("convert")
    converter = Converter(labelling_config(scheme), str(files.folder), download_resources=False)
    return lambda: converter.convert(str(files.export), str(out), "JSON_MIN", is_dir=False)


def import_(files: Files, name: str, *, fresh: bool = False, workers: int | None = None) -> Callable[[], object]:
    """The import of the server's export with the base of what was sent; fresh, into a corpus without annotations."""
    from stancebank.corpus.corpus import read_corpus
    from stancebank.studio.importing.import_run import import_annotations
    from stancebank.studio.layout.merge_base import sidecar
    from stancebank.work.engines import engine

    corpus = read_corpus(files.unannotated if fresh else files.corpus)
    base = None if fresh else sidecar(files.tasks)
    out = files.result(name)

    def work() -> None:
        with files.export.open("rb") as stream, engine(workers) as run:
            imported = import_annotations(corpus, stream, base=base, out=out, engine=run)
        assert not imported.notices, imported.notices[0].lines()

    return work


def export(files: Files, *, workers: int | None = None) -> Callable[[], object]:
    """The export of the corpus to a file, with its base."""
    from stancebank.corpus.corpus import read_corpus
    from stancebank.studio.layout.task_files import export_file
    from stancebank.studio.layout.tasks import Mode
    from stancebank.work.engines import engine

    corpus = read_corpus(files.corpus)

    def work() -> None:
        with engine(workers) as run:
            export_file(corpus, files.tasks, Mode.annotations, engine=run)

    return work


def check(files: Files) -> Callable[[], object]:
    """The check for errors that the command makes before it exports."""
    from stancebank.corpus.corpus import read_corpus
    from stancebank.studio.layout.task_files import require_sound
    from stancebank.studio.layout.tasks import Mode

    return partial(require_sound, read_corpus(files.corpus), Mode.annotations)


MEASURED: Mapping[str, Callable[[Files], Callable[[], object]]] = {
    "convert": convert,
    "import": partial(import_, name="import"),
    "two": partial(import_, name="two", workers=2),
    "fresh": partial(import_, name="fresh", fresh=True),
    "export": export,
    "export-two": partial(export, workers=2),
    "check": check,
}
ROWS = {
    "convert": "SDK's converter to JSON_MIN",
    "import": "import, back into the corpus",
    "two": "import, two workers",
    "fresh": "import into a corpus without annotations",
    "export": "export, with its base",
    "export-two": "export, two workers",
    "check": "check before an export",
}


def measure_here(name: str, folder: Path) -> None:
    """Do one piece of work in this process, and print how long it took."""
    work = MEASURED[name](Files(folder))
    start = time.perf_counter()
    work()
    print(time.perf_counter() - start)


def measured(name: str, files: Files) -> Work:
    """One measurement, in a process of its own."""
    shutil.rmtree(files.result(name), ignore_errors=True)
    done = run((sys.executable, __file__, "--measure", name, files.folder))
    return Work(float(done.output.splitlines()[-1]), done.seconds, done.peak)


def prepare(folder: Path, documents: int, shape: Shape, *, fresh: bool = True) -> Files:
    """Make the files of a folder. fresh: with the corpus without annotations."""
    files = Files(folder)
    write_corpus(files.corpus, documents, shape)
    if fresh:
        write_corpus(files.unannotated, documents, shape, annotated=False)
    measured("export", files)
    _write_export(files)
    return files


def _write_export(files: Files) -> None:
    """Write the tasks as the server exports them: with keys of its own, and blanks behind commas and colons."""
    from stancebank.studio.importing.task_stream import raw_tasks

    with files.tasks.open("rb") as stream, files.export.open("w", encoding="utf-8") as out:
        for number, raw in enumerate(raw_tasks(stream), 1):
            out.write(", " if number > 1 else "[")
            out.write(json.dumps(_exported(json.loads(raw), number), ensure_ascii=False))
        out.write("]")


def _exported(task: dict[str, Any], number: int) -> dict[str, Any]:
    now = "2025-03-03T09:00:00.000000Z"
    (annotation,) = task["annotations"]
    made = {
        "id": number,
        "completed_by": 1,
        "result": annotation["result"],
        "was_cancelled": False,
        "ground_truth": False,
        "created_at": now,
        "updated_at": now,
        "draft_created_at": None,
        "lead_time": 60.0,
        "prediction": {},
        "result_count": len(annotation["result"]),
        "unique_id": f"00000000-0000-4000-8000-{number:012d}",
        "import_id": None,
        "last_action": None,
        "bulk_created": False,
        "task": number,
        "project": 1,
        "updated_by": 1,
        "parent_prediction": None,
        "parent_annotation": None,
        "last_created_by": None,
    }
    around = {"file_upload": None, "drafts": [], "predictions": [], "data": task["data"], "meta": {}}
    around |= {"created_at": now, "updated_at": now, "inner_id": number, "total_annotations": 1, "project": 1}
    return {"id": number, "annotations": [made], **around}


@dataclass(frozen=True, slots=True)
class Kept:
    """How much of the annotations is in a result: spans, values of them (such as a level), relations."""

    spans: int
    values: int
    relations: int


def kept_by_converter(files: Files, documents: int) -> Kept:
    """What JSON_MIN has: a value counts where it says which span it is of."""
    from stancebank.studio.importing.task_stream import raw_tasks
    from stancebank.studio.layout.controls import CONTROLS

    spans = values = relations = tasks = 0
    with (files.result("convert") / "result.json").open("rb") as stream:
        for raw in raw_tasks(stream):
            tasks += 1
            row = json.loads(raw)
            spans += len(row["label"])
            found = chain.from_iterable(row.get(name, ()) for name in CONTROLS)
            values += sum(isinstance(value, dict) and "start" in value for value in found)
            relations += raw.count(b'"from_id"')
    assert tasks == documents
    return Kept(spans, values, relations)


def kept_by_import(files: Files, name: str) -> Kept:
    """What an import has written; with the base that is the corpus byte for byte, without it ids are new."""
    from stancebank.schema.layers import PART_LAYERS

    spans = values = relations = 0
    for part in sorted((files.corpus / "corpus").iterdir()):
        for layer in PART_LAYERS.values() if part.is_dir() else ():
            if not layer.annotated:
                continue
            file = files.result(name) / "corpus" / part.name / layer.file_name
            assert name == "fresh" or filecmp.cmp(file, part / layer.file_name, shallow=False)
            with file.open("rb") as stream:
                for line in stream:
                    record = json.loads(line)
                    spans += layer.spans + len(record.get("content", ()))
                    values += sum(record.get(column) is not None for column in _VALUES.get(layer.name, ()))
                    relations += layer.name == "relations"
    return Kept(spans, values, relations)


_VALUES = {
    "mentions": ("level", "entity_id"),
    "attributions": ("kind",),
    "stances": ("target", "label", "basis", "commitment", "expression"),
}


def compare(files: Files, documents: int, runs: int) -> tuple[dict[str, list[Work]], Kept, Kept]:
    """Every measurement as often as asked for, in turn, so that a slow moment of the machine meets all of them."""
    found: dict[str, list[Work]] = {name: [] for name in MEASURED}
    for number in range(runs):
        for name, known in found.items():
            known.append(measured(name, files))
            say(f"run {number + 1} of {runs}: {ROWS[name]}: {known[-1].seconds:.1f} s, {known[-1].peak:.0f} MiB")
    written = kept_by_import(files, "import")
    assert written == kept_by_import(files, "two") == kept_by_import(files, "fresh")
    return found, kept_by_converter(files, documents), written


def comparison(
    files: Files, documents: int, found: Mapping[str, Sequence[Work]], min_: Kept, own: Kept
) -> Iterator[str]:
    """The comparison as Markdown."""
    size = files.export.stat().st_size / documents
    yield f"Tasks of {size / 1000:.0f} kB with {own.spans / documents:.0f} regions and "
    yield f"{own.relations / documents:.0f} relations; {documents:,} of them.\n\n"
    yield "| | tasks per second | least .. most | of JSON_MIN | whole process | memory |\n|---|--:|--:|--:|--:|--:|\n"
    unit = median(run.seconds for run in found["convert"])
    for name, runs in found.items():
        seconds = sorted(run.seconds for run in runs)
        rate, least, most = (documents / each for each in (median(seconds), seconds[-1], seconds[0]))
        process, peak = median(run.process for run in runs), max(run.peak for run in runs)
        yield f"| {ROWS[name]} | {rate:,.0f} | {least:,.0f} .. {most:,.0f} | {unit / median(seconds):.1f} times "
        yield f"| {process:.1f} s | {peak:.0f} MiB |\n"
    yield "\n| kept of a task | spans | values that say which span they are of | relations |\n|---|--:|--:|--:|\n"
    for name, kept in (("JSON_MIN", min_), ("import", own)):
        yield f"| {name} | {kept.spans / documents:.0f} | {kept.values / documents:.0f} "
        yield f"| {kept.relations / documents:.0f} |\n"
    speed = unit / median(run.seconds for run in found["import"])
    yield f"\n- {verdict(speed >= FASTER)}: import at least {FASTER} times as fast as JSON_MIN; "
    yield f"it is {speed:.1f} times as fast.\n"
    ratio = median(a.seconds for a in found["import"]) / median(run.seconds for run in found["export"])
    yield f"- {verdict(ratio >= 1)}: export at least as fast as import; it is {ratio:.1f} times as fast.\n"


def memory(found: Mapping[int, Mapping[str, Work]]) -> Iterator[str]:
    """Memory by number of tasks as Markdown."""
    few, many = found
    yield f"| memory, tasks of the first kind | {few:,} tasks | {many:,} tasks | ratio |\n|---|--:|--:|--:|\n"
    for name in found[few]:
        small, large = found[few][name].peak, found[many][name].peak
        yield f"| {ROWS[name]} | {small:.0f} MiB | {large:.0f} MiB | {large / small:.2f} |\n"
    most = max(run.peak for each in found.values() for run in each.values())
    yield f"\n- {verdict(most < MEMORY)}: under {MEMORY} MiB; the most is {most:.0f} MiB.\n"
    ratio = max(found[many][name].peak / found[few][name].peak for name in found[few])
    yield f"- {verdict(ratio <= GROWTH)}: the same for {few:,} and {many:,} tasks, give or take a tenth; "
    yield f"at most {ratio:.2f} times.\n"


def section_of(shape: str, options: argparse.Namespace) -> Iterator[str]:
    """The comparison with tasks of a shape."""
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        say(f"writing {options.documents:,} {shape} documents")
        files = prepare(Path(folder), options.documents, SHAPES[shape])
        yield from comparison(files, options.documents, *compare(files, options.documents, options.runs))


def section_of_memory(options: argparse.Namespace) -> Iterator[str]:
    """Memory with few and with many tasks."""
    peaks: dict[int, dict[str, Work]] = {}
    for documents in (options.few, options.many):
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            say(f"writing {documents:,} dense documents")
            files = prepare(Path(folder), documents, DENSE, fresh=False)
            peaks[documents] = {}
            for name in ("import", "export", "check"):
                peaks[documents][name] = measured(name, files)
                say(f"{documents:,} tasks: {ROWS[name]}: {peaks[documents][name].peak:.0f} MiB")
    yield from memory(peaks)


SECTIONS: Mapping[str, Callable[[argparse.Namespace], Iterator[str]]] = {
    **{shape: partial(section_of, shape) for shape in SHAPES},
    "memory": section_of_memory,
}


def main() -> None:
    """Measure, print, and write the page: each section as soon as it is measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=10_000, help="tasks of a comparison")
    parser.add_argument("--runs", type=int, default=5, help="of each piece of work in a comparison")
    parser.add_argument("--few", type=int, default=10_000, help="tasks of the first measurement of memory")
    parser.add_argument("--many", type=int, default=40_000, help="tasks of the second one")
    parser.add_argument("--only", action="append", choices=SECTIONS, help="measure this; may be given several times")
    parser.add_argument("--folder", type=Path, help="where to work, some GB; the system's temporary folder without it")
    parser.add_argument("--no-write", action="store_true", help="leave the page as it is")
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure_here(options.measure[0], Path(options.measure[1]))
        return
    for name in options.only or SECTIONS:
        section = f"{machine(*PACKAGES)}\n\n{''.join(SECTIONS[name](options))}"
        print(section)
        if not options.no_write:
            write_block(PAGE, name, section)


if __name__ == "__main__":
    main()
