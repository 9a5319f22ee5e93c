"""The project on a server that holds a corpus's tasks."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn
from xml.etree.ElementTree import ParseError, canonicalize

from stancebank.corpus import Corpus
from stancebank.faults import StanceBankError, excerpt, printable
from stancebank.studio.client import Project, Server
from stancebank.studio.config import labelling_config
from stancebank.studio.folder import BASES, studio_folder

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


def open_project(server: Server, corpus: Corpus, name: str | None) -> Project:
    """As find_project, but a project that is not there is made, and one with another labelling config is refused."""
    assert corpus.scheme is not None
    config = labelling_config(corpus.scheme)

    def number() -> int:
        found = _found(server, corpus, name)
        return server.create_project(_title(corpus, name), config) if found is None else found

    project = _read(server, server.repeat(number))
    if not same_config(project.config, config):
        what = f"the labelling config of project {project.id}, {excerpt(project.title)}, is not what the scheme gives"
        fix = "send to another project with --project TITLE; or write the config with stancebank generate, and put it"
        raise StanceBankError(what, f"{fix} into that project's settings")
    return project


def base_folder(root: Path, server: Server, project: int) -> Path:
    """Where what was sent to a project is kept, to tell later what has changed."""
    return studio_folder(root) / BASES.name / f"{server.key}-{project}"


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
    assert corpus.settings is not None
    title = corpus.settings.title if name is None else name
    shortest, longest = TITLE_LENGTH
    if not shortest <= len(title) <= longest:
        what = f"{excerpt(title)} cannot be a project's title: Label Studio wants {shortest} to {longest} characters"
        raise StanceBankError(what, "name the project with --project TITLE")
    return title
