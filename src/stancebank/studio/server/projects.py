"""The project on a server that holds a corpus's tasks, and its export to a file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NoReturn
from xml.etree.ElementTree import ParseError, canonicalize

from stancebank.corpus.corpus import Corpus
from stancebank.faults import StanceBankError, counted, excerpt, printable
from stancebank.storage.files import file_beside
from stancebank.studio.layout.config import labelling_config
from stancebank.studio.layout.tasks import Way
from stancebank.studio.server.client import Project, Server
from stancebank.studio.server.config_change import config_change, uses
from stancebank.studio.server.studio_folder import MERGE_BASES, studio_folder

_SHOWN = 30  # lines of what changes in a config
TITLE_LENGTH = (3, 50)  # what Label Studio takes, in characters


def find_project(server: Server, corpus: Corpus, name: str | None) -> Project:
    """The project of a number or a title; without a name that with the corpus's title.

    Raises StanceBankError where there is none, or several with that title.
    """
    number = _found(server, corpus, name)
    if number is None:
        what = f"{printable(server.url)} has no project {excerpt(_title(corpus, name))}"
        raise StanceBankError(what, "send the corpus there first: stancebank studio push")
    return _read(server, number)


@dataclass(frozen=True, slots=True)
class Work:
    """The way of work of a project: corrections of the gold, or passes of a number of annotators."""

    way: Way = Way.gold
    annotators: int = 1

    @property
    def description(self) -> str:
        """What the project says of it."""
        return _DESCRIPTIONS[self.way].format(counted(self.annotators, "annotator"))


_OURS = "StanceBank: "
_DESCRIPTIONS = {
    Way.gold: f"{_OURS}corrections of the gold",
    Way.passes: f"{_OURS}passes of {{}}, each on their own",
}


def open_project(
    server: Server,
    corpus: Corpus,
    name: str | None,
    work: Work,
    *,
    update_config: bool = False,
    instructions: str = "",
) -> Project:
    """As find_project, but a project that is not there is made, with a way of work.

    One with another labelling config, or another way of work, is refused; with update_config the config is set where
    no annotation there uses what goes. instructions: what annotators of a new project, or of one whose config is set,
    can read there, as HTML. How many
    annotators are offered a task of passes is set again.
    """
    config = labelling_config(corpus.scheme)

    def number() -> int:
        found = _found(server, corpus, name)
        if found is not None:
            return found
        return server.create_project(_title(corpus, name), config, work.description, work.annotators, instructions)

    project = _read(server, server.repeat(number))
    if not same_config(project.config, config):
        _update_config(server, project, config, instructions, wanted=update_config)
        project = _read(server, project.id)
    _require_way(server, project, work)
    return project


def _update_config(server: Server, project: Project, config: str, instructions: str, *, wanted: bool) -> None:
    """Set a project's labelling config if that is wanted and nothing there uses what goes; else StanceBankError."""
    change = config_change(project.config, config)
    of = f"the labelling config of project {project.id}, {excerpt(project.title)},"
    listed = "\n".join(islice(change.lines(), _SHOWN))
    if not wanted:
        what = f"{of} is not what the scheme gives; what would change there:\n{listed}"
        fix = "set it with --update-config, or send to another project with --project TITLE"
        raise StanceBankError(what, fix)
    used: Counter[tuple[str, str]] = Counter()
    if change.gone:
        for task in server.tasks(project.id):
            used.update(set(uses(task)) & set(change.gone))
    if used:
        told = ", ".join(f"{kind} {excerpt(name)} in {counted(n, 'task')}" for (kind, name), n in used.most_common(5))
        what = f"{of} cannot be set: work there uses what goes: {told}"
        fix = "pull it, then send the documents again to another project with --project TITLE; or keep the label"
        raise StanceBankError(what, fix)
    server.change_config(project.id, config, instructions)


def _require_way(server: Server, project: Project, work: Work) -> None:
    """Nothing where the project's tasks are of that way of work, or it has none; else StanceBankError."""
    tasks = server.documents(project.id)
    ways = {Way.passes if task.way == Way.passes else Way.gold for task in tasks if task.document}
    if not tasks:  # a push that was cut off has left no more than the project
        ways = {way for way, words in _DESCRIPTIONS.items() if words.partition("{")[0] in project.description}
    other = next(iter(ways - {work.way}), None)
    if other is not None:
        kept = "passes of annotators" if other is Way.passes else "corrections of the gold"
        what = f"project {project.id}, {excerpt(project.title)}, holds {kept}, which was chosen at its first push"
        again = "add --passes N to this push" if other is Way.passes else "leave out --passes"
        raise StanceBankError(what, f"{again}; or send to another project with --project TITLE")
    ours = not project.description or project.description.startswith(_OURS)
    description = work.description if ours else project.description  # of somebody who has written their own
    if work.way is Way.passes and (description, work.annotators) != (project.description, project.most):
        server.change_project(project.id, description, work.annotators)


def merge_base_folder(root: Path, server: Server, project: int) -> Path:
    """Where what was sent to a project is kept, to tell later what has changed."""
    return studio_folder(root) / MERGE_BASES.name / f"{server.key}-{project}"


def same_config(one: str, other: str) -> bool:
    """Whether two labelling configs mean the same: as XML, with blanks, comments and order of attributes aside."""
    if one == other:
        return True
    try:
        first, second = (canonicalize(config, strip_text=True).split() for config in (one, other))
        return first == second
    except ParseError:
        return False


def _found(server: Server, corpus: Corpus, name: str | None) -> int | None:
    if name is not None and name.isascii() and name.isdecimal():
        return int(name)
    title = _title(corpus, name)
    numbers = server.projects(title)
    if len(numbers) > 1:
        listed = ", ".join(map(str, numbers))
        raise StanceBankError(f"several projects are called {excerpt(title)}: {listed}", "name one by --project NUMBER")
    return numbers[0] if numbers else None


def _read(server: Server, number: int) -> Project:
    project = server.project(number)
    if project is None:
        _no_such(server, number)
    return project


def _no_such(server: Server, number: int) -> NoReturn:
    what = f"{printable(server.url)} has no project {number}"
    raise StanceBankError(what, "look for its number in the address that it has in the browser")


def _title(corpus: Corpus, name: str | None) -> str:
    title = corpus.settings.title if name is None else name
    shortest, longest = TITLE_LENGTH
    if not shortest <= len(title) <= longest:
        what = f"{excerpt(title)} cannot be a project's title: Label Studio wants {shortest} to {longest} characters"
        raise StanceBankError(what, "name the project with --project TITLE")
    return title


def snapshot(server: Server, project: int, folder: Path) -> Path:
    """A new file in folder with all tasks of a project as JSON, which its owner alone may read; the caller removes it.

    Raises StanceBankError, with nothing left behind, where it does not arrive whole.
    """
    file = file_beside(folder / "export.json", ".json")
    try:
        server.snapshot(project, file)
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    return file
