"""What is compared with what, and what is to be reached: the commands as users type them, and the rivals."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from statistics import median

from measuring import Run, in_turn, run, say
from results import Found, Measured
from synthesize import PART_SIZE, write_corpus

STANCEBANK = Path(sys.executable).with_name("stancebank")
TOKEN_VIEWS = ("ner", "ner_names", "spans", "docred", "coref", "attribution_tags")
OTHER_VIEWS = (
    *("documents", "sentences", "entities", "mentions", "relations", "attributions", "stances", "progress"),
    *("targets", "actors", "stance_detection", "stance_pairs", "stance_votes", "quotes"),
)
SCHEMA_PARTS = 1  # jsonschema would take minutes for all
CORES = str(os.cpu_count())
MEMORY = 700  # MiB at most
CHECK = "build of the targets alone"
GROWTH = 1.15  # of memory from few to many documents
_OFFLINE = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}


@dataclass(frozen=True, slots=True)
class Work:
    """A command to be measured. documents: how many it goes through. fresh: a folder removed before each run."""

    command: tuple[str | Path, ...]
    documents: int
    fresh: Path | None = None

    def clear(self) -> None:
        """Remove what an earlier run left."""
        if self.fresh is not None:
            shutil.rmtree(self.fresh, ignore_errors=True)

    def run(self) -> Run:
        """Do it once."""
        self.clear()
        return run(self.command, _OFFLINE)


@dataclass(frozen=True, slots=True)
class Corpus:
    """A corpus of so many documents."""

    root: Path
    documents: int


@dataclass(frozen=True)
class Places:
    """The corpora, each made when it is first needed, and the room beside them. few, many: documents that they have."""

    folder: Path
    few: int
    many: int

    @cached_property
    def few_documents(self) -> Corpus:
        """The corpus that most is measured with."""
        return self._corpus("few", self.few)

    @cached_property
    def many_documents(self) -> Corpus:
        """The corpus that shows what grows."""
        return self._corpus("many", self.many)

    def _corpus(self, name: str, documents: int) -> Corpus:
        say(f"writing {documents:,} documents")
        write_corpus(self.folder / name, documents)
        return Corpus(self.folder / name, documents)

    def out(self, name: str) -> Path:
        """Where a piece of work writes."""
        return self.folder / "out" / name

    def validate(self, corpus: Corpus, *options: str) -> Work:
        """The command validate."""
        shown = ("--no-cache", "--format", "json", "--max", "1")
        return Work((STANCEBANK, "validate", "--root", corpus.root, *shown, *options), corpus.documents)

    def build(self, corpus: Corpus, *options: str, views: tuple[str, ...] = ()) -> Work:
        """The command build; of all views, where none are named."""
        out = self.out("build")
        named = tuple(argument for view in views for argument in ("--view", view))
        return Work((STANCEBANK, "build", "--root", corpus.root, "--out", out, *named, *options), corpus.documents, out)


def rival(name: str, corpus: Corpus, *arguments: str | Path, fresh: Path | None = None) -> Work:
    """A module of rivals, over a corpus."""
    return Work((sys.executable, "-m", f"rivals.{name}", corpus.root, *arguments), corpus.documents, fresh)


@dataclass(frozen=True, slots=True)
class Target:
    """A row of the table. measured: the figure as text and whether it is reached, None where it is only stated."""

    path: str
    against: str
    to_reach: str
    measured: Callable[[Found], tuple[str, bool | None]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is measured in turn. sizes: in bytes, by what they are of. note: what the page says below the figures."""

    title: str
    works: Callable[[Places], Mapping[str, Work]]
    targets: tuple[Target, ...]
    sizes: Callable[[Places], Mapping[str, int]] = lambda _: {}
    note: Callable[[], str] = lambda: ""


def at_most(path: str, own: str, against: str, times: float) -> Target:
    """The time of a piece of work is at most so many times that of another."""

    def measured(found: Found) -> tuple[str, bool]:
        ratio = found[own].second / found[against].second
        return f"{ratio:.2f} times", ratio <= times

    return Target(path, against, f"at most {times:g} times its time", measured)


def faster(path: str, own: str, against: str, times: float) -> Target:
    """So many times the documents per second of another, or more."""

    def measured(found: Found) -> tuple[str, bool]:
        ratio = found[own].rate / found[against].rate
        return f"{ratio:.2f} times", ratio >= times

    return Target(path, against, f"{times:g} times faster or better", measured)


def stated(path: str, own: str, against: str) -> Target:
    """The time beside that of another."""

    def measured(found: Found) -> tuple[str, None]:
        return f"{found[own].second:.2f} s, {found[own].second / found[against].second:.1f} times", None

    return Target(path, against, "stated", measured)


def bounded(work: str) -> Target:
    """The memory for many documents is that for few, and below the bound."""

    def measured(found: Found) -> tuple[str, bool]:
        few, many = found[f"{work}, few"].peak, found[f"{work}, many"].peak
        return f"{few:.0f} and {many:.0f} MiB, ratio {many / few:.2f}", many / few < GROWTH and max(few, many) < MEMORY

    return Target(
        f"peak memory, {work}", "itself, few documents", f"ratio under {GROWTH}, under {MEMORY} MiB", measured
    )


def within(work: str) -> Target:
    """The cluster takes no longer than the pool, but for 15 in a hundred."""

    def measured(found: Found) -> tuple[str, bool]:
        ratio = found[f"{work}, --cluster local"].second / found[f"{work}, --workers {CORES}"].second
        return f"{100 * (ratio - 1):+.0f} %", ratio <= 1.15

    return Target(f"dask local cluster, {work}", "the process pool", "within 15 %", measured)


def beside_the_check(path: str, own: str, against: str) -> Target:
    """The time of a build without what every build does first, which is what one of the targets alone takes.

    Of two runs in turn the one less the other: the median, and how far these differ.
    """

    def measured(found: Found) -> tuple[str, None]:
        beside = [one - check for one, check in zip(found[own].seconds, found[CHECK].seconds, strict=True)]
        seconds = median(beside)
        spread = f"{min(beside):.2f} .. {max(beside):.2f}"
        return f"{seconds:.2f} s ({spread}), {seconds / found[against].second:.2f} times", None

    return Target(f"{path}, without the check of the corpus", against, "stated", measured)


def _validate(places: Places) -> Mapping[str, Work]:
    corpus = places.few_documents
    some = Corpus(corpus.root, min(corpus.documents, SCHEMA_PARTS * PART_SIZE))
    no_warnings = (option for id in _rules("warning") for option in ("--ignore", id))
    return {
        "validate": places.validate(corpus),
        "validate, errors alone": places.validate(corpus, *no_warnings),
        "pyarrow.json": rival("with_arrow", corpus),
        "jsonschema": rival("with_jsonschema", some, str(SCHEMA_PARTS)),
        "pydantic": rival("with_pydantic", corpus),
        "msgspec": rival("with_msgspec", corpus),
    }


def _again(places: Places) -> Mapping[str, Work]:
    corpus = places.few_documents
    again = (STANCEBANK, "validate", "--root", corpus.root)
    run(again, _OFFLINE)
    return {
        "validate, unchanged": Work(again, corpus.documents),
        "validate, one document changed": Work((sys.executable, "-m", "rivals.edited", corpus.root), corpus.documents),
        "validate": places.validate(corpus),
        "sha256": rival("with_sha256", corpus),
    }


def _build(places: Places) -> Mapping[str, Work]:
    corpus, out = places.few_documents, places.out("arrow")
    return {
        "build": places.build(corpus, views=OTHER_VIEWS),
        CHECK: places.build(corpus, views=("targets",)),
        "pyarrow": rival("with_arrow", corpus, out, fresh=out),
    }


def _documents(places: Places) -> Mapping[str, Work]:
    corpus, out = places.few_documents, places.out("generator")
    return {
        "build": places.build(corpus, views=("documents",)),
        CHECK: places.build(corpus, views=("targets",)),
        "Dataset.from_generator": rival("with_generator", corpus, out, fresh=out),
    }


def _tokens(places: Places) -> Mapping[str, Work]:
    corpus = places.few_documents
    return {
        "build of the token views": places.build(corpus, views=TOKEN_VIEWS),
        CHECK: places.build(corpus, "--workers", "1", views=("targets",)),  # part after part, as where tokens are made
        "spaCy": rival("with_spacy", corpus),
    }


def _load(places: Places) -> Mapping[str, Work]:
    corpus = places.few_documents
    places.build(corpus).run()
    loaded = Corpus(places.out("build").rename(places.out("loaded")), corpus.documents)
    cache = places.out("cache")
    return {
        "load_dataset, first time": rival("loading", loaded, cache, fresh=cache),
        "load_dataset, second time": rival("loading", loaded, cache),
        "pyarrow.parquet.read_table": rival("loading", loaded),
    }


def _workers(places: Places) -> Mapping[str, Work]:
    return {
        f"{name}, --workers {workers}": work(places.few_documents, "--workers", workers)
        for name, work in (("validate", places.validate), ("build", places.build))
        for workers in ("1", "2")
    }


def _memory(name: str, places: Places) -> Mapping[str, Work]:
    work = {"validate": places.validate, "build": places.build}[name]
    return {
        f"{name}, {size}": work(corpus)
        for size, corpus in (("few", places.few_documents), ("many", places.many_documents))
    }


def _cluster(places: Places) -> Mapping[str, Work]:
    corpus = places.many_documents
    return {
        f"{name}, {' '.join(options)}": work(corpus, *options)
        for name, work in (("validate", places.validate), ("build", partial(places.build, views=OTHER_VIEWS)))
        for options in (("--workers", CORES), ("--cluster", "local"))
    }


def _sizes(places: Places) -> Mapping[str, int]:
    """Of the corpus of many documents and of what is built of it, which is what was built last."""
    root = places.many_documents.root
    folders = {"layers": root / "corpus", "seeds": root / "seeds", "dataset": places.out("build")}
    return {name: _bytes(folder) for name, folder in folders.items()}


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _rules(severity: str) -> list[str]:
    """The ids of the rules of that severity."""
    from stancebank.checks import catalogue  # noqa: F401  (registers all rules)
    from stancebank.checks.registry import RULES

    return [id for id, rule in sorted(RULES.items()) if rule.severity == severity]


def _checked() -> str:
    """Which rules the rivals of validate check."""
    from rivals import by_hand, with_jsonschema

    errors, warnings = _rules("error"), _rules("warning")
    left_out = ", ".join(id for id in errors if id not in by_hand.CHECKED)
    return (
        f"validate checks {len(errors)} rules that find errors and {len(warnings)} that warn. pydantic and "
        f"msgspec, with the same checks by hand, find what breaks {len(by_hand.CHECKED)} of the errors; they leave out "
        f"{left_out}, and all warnings. jsonschema sees one record at a time and finds what breaks "
        f"{', '.join(with_jsonschema.CHECKED)}. A test holds them to that, with one broken corpus for each rule.\n\n"
    )


VALIDATE, ERRORS = "validate, all rules", "validate, errors alone"
COMPARISONS: Mapping[str, Comparison] = {
    "validate": Comparison(
        "Validate, all rules",
        _validate,
        (
            at_most(VALIDATE, "validate", "pyarrow.json", 3),
            faster(VALIDATE, "validate", "jsonschema", 30),
            faster(VALIDATE, "validate", "pydantic", 2),
            faster(VALIDATE, "validate", "msgspec", 1.2),
            *(stated(ERRORS, ERRORS, against) for against in ("pyarrow.json", "pydantic", "msgspec")),
        ),
        note=_checked,
    ),
    "build": Comparison(
        "Build of all views but the token views",
        _build,
        (
            at_most("build, no token views", "build", "pyarrow", 3),
            beside_the_check("build, no token views", "build", "pyarrow"),
        ),
    ),
    "documents": Comparison(
        "Build of the documents view alone",
        _documents,
        (
            faster("build, documents alone", "build", "Dataset.from_generator", 4),
            beside_the_check("build, documents alone", "build", "Dataset.from_generator"),
        ),
    ),
    "tokens": Comparison(
        "Build of the token views, tokenising included",
        _tokens,
        (
            at_most("token views", "build of the token views", "spaCy", 1.5),
            beside_the_check("token views", "build of the token views", "spaCy"),
        ),
    ),
    "load": Comparison(
        "Loading the documents view of the build",
        _load,
        (
            stated("load_dataset, first time", "load_dataset, first time", "pyarrow.parquet.read_table"),
            stated("load_dataset, second time", "load_dataset, second time", "pyarrow.parquet.read_table"),
        ),
    ),
    "workers": Comparison(
        "Two workers against one",
        _workers,
        tuple(
            faster(f"{work}, 2 workers", f"{work}, --workers 2", f"{work}, --workers 1", 1.6)
            for work in ("validate", "build")
        ),
    ),
    "again": Comparison(
        "Validate what was validated before",
        _again,
        (
            at_most("validate, unchanged", "validate, unchanged", "sha256", 2),
            faster("validate, one document changed", "validate, one document changed", "validate", 10),
        ),
    ),
    "memory-validate": Comparison(
        "Few and many documents, validate", partial(_memory, "validate"), (bounded("validate"),)
    ),
    "memory-build": Comparison(
        "Few and many documents, build of all views", partial(_memory, "build"), (bounded("build"),), _sizes
    ),
    "cluster": Comparison(
        "A local Dask cluster against the process pool; build without the token views",
        _cluster,
        (within("validate"), within("build")),
    ),
}


def compared(name: str, places: Places, runs: int) -> tuple[Found, Mapping[str, int]]:
    """Measure a comparison: every work as often as asked for, in turn, and the sizes it gives."""
    comparison = COMPARISONS[name]
    works = comparison.works(places)
    found = in_turn({of: work.run for of, work in works.items()}, runs)
    measured = {of: Measured.of(works[of].documents, done) for of, done in found.items()}
    return measured, comparison.sizes(places)
