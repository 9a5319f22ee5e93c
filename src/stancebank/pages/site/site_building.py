"""The site of a corpus: pages of documents part by part, then those over all parts, beside its place and renamed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import version
from itertools import chain, islice
from pathlib import Path
from typing import Any

import orjson

from stancebank.agreement.decisions import Decision, read_decisions
from stancebank.checks.findings import UnsoundCorpusError
from stancebank.corpus.corpus import Corpus, Faulty
from stancebank.corpus.remarks import Remark, read_remarks
from stancebank.corpus.statistics import Statistics, shared_statistics
from stancebank.editions.edition import MEANINGS, Edition, EditionName
from stancebank.editions.preparing import edition_of
from stancebank.faults import StanceBankError, counted
from stancebank.pages.reading.sound_records import problem_lines, sound_corpus
from stancebank.pages.site.collected import Collected
from stancebank.pages.site.guideline_pages import Guideline, guidelines
from stancebank.pages.site.lists import write_list
from stancebank.pages.site.page_links import COLOURS, Labels
from stancebank.pages.site.page_names import (
    ACTORS,
    DOCUMENTS,
    LABELS,
    MARKER,
    SEARCH,
    START,
    TARGETS,
    actor_page,
    document_page,
    target_page,
)
from stancebank.pages.site.part_pages import PartPages
from stancebank.pages.site.search_index import terms, write_index
from stancebank.pages.site.stance_table import matrix, signs
from stancebank.pages.site.templating import FOLDER, rendered, write_file, write_page
from stancebank.schema.layers import SENTENCES
from stancebank.storage.files import new_folder, read_inside
from stancebank.storage.temporary_folders import temporary_folder
from stancebank.work.engines import Engine, here

_GENERATOR = "stancebank"
_FIRST = 12  # documents that the start page lists
_PROBLEMS = 50  # lines on errors that it has
_FOLDERS = {"actor", "assets", "document", "guideline", "passes", "search", "target"}


@dataclass(frozen=True)
class BuiltSite:
    """What was written.

    size: in bytes. problems: lines on what is wrong with the corpus. cleared: whether all texts may be passed on.
    """

    documents: int
    pages: int
    size: int
    problems: tuple[str, ...]
    cleared: bool


def build_site(
    corpus: Corpus | Faulty,
    folder: Path,
    edition: EditionName = "full",
    engine: Engine = here,
    advance: Callable[[int], None] = lambda _: None,
) -> BuiltSite:
    """Write the site of a corpus to a folder, which is replaced as a whole.

    Of a corpus with errors it shows what is sound, and says so; an edition that withholds words is written
    of a sound corpus alone. engine: where the pages of the parts are written. advance: called after each part, with
    the number of its documents. Raises StanceBankError where the folder holds something else or cannot be
    written, UnsoundCorpusError for such an edition of a corpus with errors.
    """
    sound, problems = sound_corpus(corpus)
    if problems and edition != "full":
        raise _unsound(edition)
    shown_as = edition_of(sound, edition, engine)
    with new_folder(folder, is_site) as beside, temporary_folder() as scratch:
        with closing(Collected(scratch / "collected.sqlite")) as collected:
            site = _Site(sound, shown_as.corpus(sound), shown_as, beside, collected)
            told = list(problem_lines(problems))
            statistics = shared_statistics(sound)
            for content in engine(site.part_pages(told), sound.part_names):
                collected.add(content)
                told += content.problems
                statistics += content.statistics
                advance(len(content.documents))
            if told and edition != "full":
                raise _unsound(edition)
            collected.index()
            site.write(told, statistics)
            documents = collected.count("documents")
        files = [path for path in beside.rglob("*") if path.is_file()]
        pages = sum(path.suffix == ".html" for path in files)
        size = sum(path.stat().st_size for path in files)
    return BuiltSite(documents, pages, size, tuple(told), site.cleared)


def is_site(folder: Path) -> bool:
    """Whether a folder holds a site that StanceBank wrote, and nothing else."""
    try:
        content = orjson.loads(read_inside(folder, MARKER)[0] or b"")
    except ValueError:
        return False
    names = {entry.name for entry in folder.iterdir()} - {".DS_Store", MARKER}
    known = all(name in _FOLDERS or name.endswith(".html") for name in names)
    return known and isinstance(content, dict) and content.get("generator") == _GENERATOR


def _unsound(edition: EditionName) -> UnsoundCorpusError:
    what = f"the corpus has errors, and what the {edition} edition must withhold cannot be told; nothing was written"
    return UnsoundCorpusError(what, "correct what stancebank validate finds")


class _Site:
    """A site that is being written."""

    def __init__(self, corpus: Corpus, shown: Corpus, edition: Edition, folder: Path, collected: Collected) -> None:
        self.corpus, self.shown, self.edition = corpus, shown, edition
        self._folder, self._collected = folder, collected
        self._labels = Labels(shown.scheme)
        used = set(corpus.seeds.table["rights"])
        self._rights = [(key, right) for key, right in shown.seeds.rights.items() if key in used]
        self._guidelines: list[Guideline] = list(guidelines(corpus.root)) if edition.full else []
        self._propositions = dict(shown.targets.select("target_id", "proposition").rows())
        self.cleared = all(right.redistribution for _, right in self._rights)
        self._common: dict[str, Any] = {
            "title": shown.settings.title,
            "edition": edition.name,
            "corpus_name": shown.settings.name,
            "corpus_version": shown.settings.version,
            "has_targets": "targets" in shown.layers,
            "guidelines_page": self._guidelines[0].page if self._guidelines else "",
            "signs": signs(shown, self._labels),
            "document_page": document_page,
            "target_page": target_page,
            "actor_page": actor_page,
        }

    def part_pages(self, told: list[str]) -> PartPages:
        """What writes the pages of a part. told: lines on what is wrong; why decisions are missing is added."""
        decisions: dict[str, list[Decision]] = {}
        try:
            for each in read_decisions(self.corpus.root):
                decisions.setdefault(each.doc_id, []).append(each)
        except StanceBankError as error:
            told.append(f"the decisions cannot be read, and are left out: {error.what}")
        remarks: dict[str, list[Remark]] = {}
        for remark in read_remarks(self.corpus.root) if self.edition.full else ():  # they quote the texts
            remarks.setdefault(remark.doc_id, []).append(remark)
        common = {name: value for name, value in self._common.items() if not callable(value)}
        return PartPages(self.corpus, self.shown, self.edition, self._folder, common, decisions, remarks)

    def write(self, problems: list[str], statistics: Statistics) -> None:
        """Write all that is over all parts. problems: lines on what is wrong with the corpus."""
        self._assets()
        collected = self._collected
        documents, actors = collected.count("documents"), collected.count_actors()
        self._list(DOCUMENTS, "documents.html", collected.documents(), documents)
        for actor in collected.actors():
            held = (("stance", each) for each in collected.held_by(actor))
            said = (("saying", each) for each in collected.said_by(actor))
            rows, count = chain(held, said), actor.stances + actor.sayings
            page = actor_page(actor.known_by, actor.identity)
            self._list(page, "actor.html", rows, count, actor=actor, propositions=self._propositions)
        self._list(ACTORS, "actors.html", collected.actors(), actors)
        self._targets()
        write_page(self._folder, LABELS, "labels.html", self._common, scheme=self.shown.scheme, labels=self._labels)
        others = [(each.page, each.title) for each in self._guidelines]
        for each in self._guidelines:
            write_page(self._folder, each.page, "guideline.html", self._common, guideline=each, guidelines=others)
        self._search()
        self._start(problems, statistics)
        marker = {"generator": _GENERATOR, "version": version("stancebank"), "edition": self.edition.name}
        marker |= {"corpus": self.shown.settings.name, "corpus_version": self.shown.settings.version}
        write_file(self._folder, MARKER, orjson.dumps(marker, option=orjson.OPT_INDENT_2) + b"\n")

    def _list(self, page: str, template: str, rows: Iterable[object], count: int, **values: object) -> None:
        write_list(self._folder, page, template, self._common, rows, count, **values)

    def _targets(self) -> None:
        rows = list(self.shown.targets.iter_rows(named=True))
        self._list(TARGETS, "targets.html", ((row, self._counts(row["target_id"])) for row in rows), len(rows))
        for row in rows:
            counts = self._counts(row["target_id"])
            held = self._collected.on_target(row["target_id"])
            total = sum(number for _, number in counts)
            self._list(target_page(row["target_id"]), "target.html", held, total, target=row, counts=counts)

    def _counts(self, target: str) -> list[tuple[str | None, int]]:
        return self._collected.label_counts(target)

    def _assets(self) -> None:
        for file in sorted((FOLDER / "assets").iterdir()):
            write_file(self._folder, f"assets/{file.name}", file.read_bytes())
        write_file(self._folder, "assets/labels.css", rendered("labels.css", palette=self._palette()))

    def _palette(self) -> list[str]:
        """The colours that stance labels are given in the scheme, by their number; empty for the style's own."""
        own = [label.colour or "" for label in self.shown.scheme.stance_labels][:COLOURS]
        return own + [""] * (COLOURS - len(own))

    def _search(self) -> None:
        """The search: documents first, as the parts have added them, then actors and targets."""
        collected = self._collected
        postings: dict[str, list[int]] = {}
        count = 0
        for words in chain((actor.called for actor in collected.actors()), self._propositions.values()):
            for term in dict.fromkeys(terms(words)):
                postings.setdefault(term, []).append(count)
            count += 1
        collected.add_terms(postings, count)
        write_index(self._folder, collected, self._items())
        write_page(self._folder, SEARCH, "search.html", self._common)

    def _items(self) -> Iterator[tuple[str, str, str, str]]:
        for each in self._collected.documents():
            yield "document", document_page(each.doc_id), each.title, f"{each.date or ''} {each.language}".strip()
        for actor in self._collected.actors():
            note = f"{counted(actor.stances, 'stance')}, {counted(actor.sayings, 'attribution')}"
            yield "actor", actor_page(actor.known_by, actor.identity), actor.called, note
        for id, proposition in self._propositions.items():
            yield "target", target_page(id), proposition, id

    def _start(self, problems: list[str], statistics: Statistics) -> None:
        layers = [
            layer for layer in self.shown.layers.all.values() if not layer.tracks and layer.name != SENTENCES.name
        ]
        records = ((statistics.records[layer.name], layer) for layer in layers)
        write_page(
            self._folder,
            START,
            "start.html",
            self._common,
            settings=self.shown.settings,
            statistics=statistics,
            numbers=[(number, layer.noun if number == 1 else layer.name) for number, layer in records if number],
            progress=statistics.progress(),
            matrix=matrix(self.shown, self._collected.cells(), self._labels),
            documents=list(islice(self._collected.documents(), _FIRST)),
            annotators=self.shown.register.annotators,
            rights=self._rights,
            meaning=MEANINGS[self.edition.name],
            problems=problems[:_PROBLEMS],
        )
