"""What is compared with what, and what is to be reached: the commands as users type them, and the rivals."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import peers
from measuring import in_turn
from results import Found, Measured
from synthesize import PART_SIZE
from targets import BARE, CORES, Comparison, at_most, bounded, faster, flat, more, stated, within
from works import STANCEBANK, Corpus, Places, Work

PROJECT = Path(__file__).parents[1]
TOKEN_VIEWS = ("ner", "ner_names", "spans", "docred", "coref", "attribution_tags")
OTHER_VIEWS = (
    *("documents", "sentences", "entities", "mentions", "relations", "attributions", "stances", "progress"),
    *("targets", "actors", "stance_detection", "stance_pairs", "stance_votes", "quotes"),
)
SCHEMA_PARTS = 1  # jsonschema would take minutes for all
BUILD, TOKENS, REMEMBERED = "build", "build of the token views", ", validated before"
WAYS = ("", REMEMBERED)  # a build checks the corpus, or finds in the cache what validate has found
HELP = ("--help", "validate --help")
STARTED = (*HELP, "validate", "validate --no-cache", "progress", "show", "stats", "diff")
EDITED, EDITED_OF_MANY = "validate, one document changed", "validate, one of many documents changed"
LOADS = ("load_dataset, first time", "load_dataset, second time")


def _validate(places: Places) -> Mapping[str, Work]:
    corpus = places.few_documents
    some = Corpus(corpus.root, min(corpus.documents, SCHEMA_PARTS * PART_SIZE))
    no_warnings = (option for id in _rules("warning") for option in ("--ignore", id))
    return {
        "validate": places.validate(corpus),
        "validate, errors alone": places.validate(corpus, *no_warnings),
        "pyarrow.json": places.rival("with_arrow", corpus),
        "jsonschema": places.rival("with_jsonschema", some, str(SCHEMA_PARTS)),
        "pydantic": places.rival("with_pydantic", corpus),
        "msgspec": places.rival("with_msgspec", corpus),
    }


def _again(places: Places) -> Mapping[str, Work]:
    corpus = places.few_documents
    cache = places.remembered(corpus)
    command = (STANCEBANK, "validate", "--root", corpus.root)
    return {
        "validate, unchanged": Work(command, corpus.documents, cache),
        EDITED: replace(places.rival("edited", corpus), cache=cache),
        "validate": places.validate(corpus),
        "sha256": places.rival("with_sha256", corpus),
    }


def _builds(places: Places, name: str, views: tuple[str, ...]) -> dict[str, Work]:
    """A build that checks the corpus, and one after that was done."""
    corpus = places.few_documents
    return {
        name: places.build(corpus, views=views),
        name + REMEMBERED: places.build(corpus, views=views, remembered=places.remembered(corpus)),
    }


def _build(places: Places) -> Mapping[str, Work]:
    out = places.out("arrow")
    arrow = places.rival("with_arrow", places.few_documents, out, fresh=(out,))
    return {**_builds(places, BUILD, OTHER_VIEWS), "pyarrow": arrow}


def _documents(places: Places) -> Mapping[str, Work]:
    out = places.out("generator")
    generator = places.rival("with_generator", places.few_documents, out, fresh=(out,))
    return {**_builds(places, BUILD, ("documents",)), "Dataset.from_generator": generator}


def _tokens(places: Places) -> Mapping[str, Work]:
    return {**_builds(places, TOKENS, TOKEN_VIEWS), "spaCy": places.rival("with_spacy", places.few_documents)}


def _load(places: Places) -> Mapping[str, Work]:
    corpus = places.few_documents
    places.build(corpus).run()
    loaded = Corpus(places.out("build").rename(places.out("loaded")), corpus.documents)
    cache = places.out("cache")
    return {
        "load_dataset, first time": places.rival("loading", loaded, cache, fresh=(cache,)),
        "load_dataset, second time": places.rival("loading", loaded, cache),
        "pyarrow.parquet.read_table": places.rival("loading", loaded),
    }


def _workers(places: Places) -> Mapping[str, Work]:
    return {
        f"{name}, --workers {workers}": replace(work(places.few_documents, "--workers", workers), times=3)
        for name, work in (("validate", places.validate), ("build", places.build))
        for workers in ("1", "2")
    }


def _memory(name: str, places: Places) -> dict[str, Work]:
    work = {"validate": places.validate, "build": places.build}[name]
    return {
        f"{name}, many": replace(work(places.many_documents), times=1),
        f"{name}, few": replace(work(places.few_documents), times=3),
    }


def _memory_again(places: Places) -> Mapping[str, Work]:
    many = places.many_documents
    edited = replace(places.rival("edited", many), cache=places.remembered(many), times=2)
    return {**_memory("validate", places), EDITED_OF_MANY: edited}


def _cluster(places: Places) -> Mapping[str, Work]:
    corpus = places.clustered_documents
    return {
        f"{name}, {' '.join(options)}": replace(work(corpus, *options), times=2)
        for name, work in (("validate", places.validate), ("build", partial(places.build, views=OTHER_VIEWS)))
        for options in (("--workers", CORES), ("--cluster", "local"))
    }


def _startup(places: Places) -> Mapping[str, Work]:
    root = PROJECT / "examples"
    with min((root / "corpus").glob("*/documents.jsonl")).open("rb") as lines:
        document: str = json.loads(next(lines))["doc_id"]
    of_root = ("--root", root)
    given = {**dict.fromkeys(HELP, ()), "show": (document, *of_root), "diff": (root, root)}
    cache = places.remembered(Corpus(root, 0))
    commands: dict[str, tuple[str | Path, ...]] = {
        BARE: (sys.executable, "-c", "pass"),
        **{f"stancebank {name}": (STANCEBANK, *name.split(), *given.get(name, of_root)) for name in STARTED},
    }
    return {name: Work(command, 0, cache) for name, command in commands.items()}


def _sizes(places: Places) -> Mapping[str, int]:
    """Of the corpus of few documents and of what is built of it, which is what was built last."""
    root = places.few_documents.root
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
    "peers": peers.COMPARISON,
    "validate": Comparison(
        "Validate, all rules",
        _validate,
        (
            at_most(VALIDATE, "validate", "pyarrow.json", 3),
            faster(VALIDATE, "validate", "jsonschema", 30),
            faster(VALIDATE, "validate", "pydantic", 2),
            faster(VALIDATE, "validate", "msgspec", 1.5),
            *(stated(ERRORS, ERRORS, against) for against in ("pyarrow.json", "pydantic", "msgspec")),
        ),
        note=_checked,
    ),
    "build": Comparison(
        "Build of all views but the token views",
        _build,
        tuple(at_most(f"build, no token views{way}", BUILD + way, "pyarrow", 2.5) for way in WAYS),
    ),
    "documents": Comparison(
        "Build of the documents view alone",
        _documents,
        tuple(faster(f"build, documents alone{way}", BUILD + way, "Dataset.from_generator", 3) for way in WAYS),
    ),
    "tokens": Comparison(
        "Build of the token views, tokenising included",
        _tokens,
        tuple(at_most(f"token views{way}", TOKENS + way, "spaCy", 1.4) for way in WAYS),
    ),
    "load": Comparison(
        "Loading the documents view of the build",
        _load,
        tuple(stated(work, work, "pyarrow.parquet.read_table") for work in LOADS),
    ),
    "workers": Comparison(
        "Two workers against one",
        _workers,
        tuple(
            faster(f"{work}, 2 workers", f"{work}, --workers 2", f"{work}, --workers 1", 1.7)
            for work in ("validate", "build")
        ),
    ),
    "again": Comparison(
        "Validate what was validated before",
        _again,
        (
            at_most("validate, unchanged", "validate, unchanged", "sha256", 2),
            faster(EDITED, EDITED, "validate", 10),
        ),
    ),
    "startup": Comparison(
        "Start of the commands, on the corpus of examples, which was validated before",
        _startup,
        tuple(
            more(f"stancebank {name}", 0.15 if name in HELP else 0.5)
            for name in STARTED
            if name != "validate --no-cache"
        ),
    ),
    "memory-validate": Comparison(
        "Few and many documents, validate",
        _memory_again,
        (bounded("validate"), flat("validate"), faster(EDITED_OF_MANY, EDITED_OF_MANY, "validate, many", 10)),
    ),
    "memory-build": Comparison(
        "Few and many documents, build of all views",
        partial(_memory, "build"),
        (bounded("build"), flat("build")),
        _sizes,
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
    found = in_turn({of: work.run for of, work in works.items()}, runs, {of: work.times for of, work in works.items()})
    measured = {of: Measured.of(work.documents, found[of], work.tokens) for of, work in works.items()}
    return measured, comparison.sizes(places)
