"""Commands to be measured, the corpora that they go through, and the room beside them."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from measuring import Run, run, say
from synthesize import write_corpus

STANCEBANK = Path(sys.executable).with_name("stancebank")
CLUSTERED = 40_000  # documents at most that a cluster goes through
_ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "PYTHONDONTWRITEBYTECODE": "",  # as on most machines: else each start compiles the modules of a checkout
}


@dataclass(frozen=True, slots=True)
class Work:
    """A command to be measured.

    documents, tokens: how many it goes through; no tokens where nobody has counted. fresh: folders removed before each
    run. cache: the folder in which the command has the user's caches. times: how often it is run at most.
    """

    command: tuple[str | Path, ...]
    documents: int
    cache: Path
    fresh: tuple[Path, ...] = ()
    tokens: int = 0
    times: int = sys.maxsize

    @property
    def environment(self) -> dict[str, str]:
        """The variables that the command has beside those of this process."""
        return _ENVIRONMENT | {"XDG_CACHE_HOME": str(self.cache)}

    def clear(self) -> None:
        """Remove what an earlier run left."""
        for folder in self.fresh:
            shutil.rmtree(folder, ignore_errors=True)

    def run(self) -> Run:
        """Do it once."""
        self.clear()
        return run(self.command, self.environment)


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
    _corpora: dict[int, Corpus] = field(default_factory=dict)

    @cached_property
    def few_documents(self) -> Corpus:
        """The corpus that most is measured with."""
        return self.corpus(self.few)

    @cached_property
    def many_documents(self) -> Corpus:
        """The corpus that shows what grows."""
        return self.corpus(self.many)

    @cached_property
    def clustered_documents(self) -> Corpus:
        """The corpus of the cluster."""
        return self.corpus(min(self.many, CLUSTERED))

    def first(self, documents: int) -> Corpus:
        """The first so many of the few documents, as a corpus."""
        return self.corpus(min(self.few, documents))

    def corpus(self, documents: int) -> Corpus:
        """The corpus of so many documents: those that a larger one begins with."""
        if documents not in self._corpora:
            say(f"writing {documents:,} documents")
            root = self.folder / f"corpora/{documents}"
            write_corpus(root, documents)
            self._corpora[documents] = Corpus(root, documents)
        return self._corpora[documents]

    def out(self, name: str) -> Path:
        """Where a piece of work writes."""
        return self.folder / "out" / name

    def cache(self, name: str) -> Path:
        """A folder for what would be in the user's caches."""
        return self.folder / "caches" / name

    def remembered(self, corpus: Corpus) -> Path:
        """Caches that hold what validate finds in a corpus as it is now."""
        cache = self.cache(corpus.root.name)
        Work((STANCEBANK, "validate", "--root", corpus.root), corpus.documents, cache).run()
        return cache

    def validate(self, corpus: Corpus, *options: str) -> Work:
        """The command validate, with every part checked."""
        shown = ("--no-cache", "--format", "json", "--max", "1")
        command = (STANCEBANK, "validate", "--root", corpus.root, *shown, *options)
        return Work(command, corpus.documents, self.cache("empty"))

    def build(self, corpus: Corpus, *options: str, views: tuple[str, ...] = (), remembered: Path | None = None) -> Work:
        """The command build; of all views, where none are named. It checks the corpus, unless caches remember that."""
        out, cache = self.out("build"), remembered or self.cache("empty")
        named = tuple(argument for view in views for argument in ("--view", view))
        command = (STANCEBANK, "build", "--root", corpus.root, "--out", out, *named, *options)
        return Work(command, corpus.documents, cache, (out,) if remembered else (out, cache))

    def rival(self, name: str, corpus: Corpus, *arguments: str | Path, fresh: tuple[Path, ...] = ()) -> Work:
        """A module of rivals, over a corpus."""
        command = (sys.executable, "-m", f"rivals.{name}", corpus.root, *arguments)
        return Work(command, corpus.documents, self.cache("rivals"), fresh)
