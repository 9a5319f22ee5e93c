"""Foreign files into a corpus: recognised, mapped, placed, and written all or nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from stancebank.corpus.annotators import GOLD
from stancebank.corpus.corpus import read_corpus
from stancebank.faults import StanceBankError, did_you_mean, excerpt
from stancebank.formats.archives import unpacked
from stancebank.formats.foreign_document import ForeignDocument, Item, Refused
from stancebank.formats.foreign_import import Choices, ForeignImport
from stancebank.formats.given_files import Given
from stancebank.formats.import_files import Follow, import_files, with_labels
from stancebank.formats.label_map import FoundLabels, proposal, settled_map
from stancebank.formats.ledger import Ledger
from stancebank.formats.offsets import CHOICES
from stancebank.formats.recognition import USE_CAS, WEBANNO
from stancebank.formats.registry import FORMATS, READ, Format, require_format
from stancebank.storage.files import write_files

ADD, PROPOSE = "add", "propose"
"""What may be said of labels in place of a map: they are the scheme's from now on; or a map is only proposed."""


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What an import did, or would do.

    files: those that changed, by path from the root. refused: documents and files that are left out. listed: items that
    are left out. repaired: what was read otherwise than it is written, with its place. notes: what is worth a look in
    new texts.
    proposal: a map of the labels, where one was asked for; nothing else was done then.
    """

    files: tuple[str, ...]
    ledger: Ledger
    refused: tuple[Refused, ...] = ()
    listed: tuple[str, ...] = ()
    repaired: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    proposal: str | None = None

    def without(self, folder: str) -> ImportOutcome:
        """The same, with names of files that do not begin with the folder where they were unpacked."""
        refused = tuple(
            each._replace(place=each.place.replace(folder, ""), what=each.what.replace(folder, ""))
            for each in self.refused
        )
        listed, repaired, notes = (
            tuple(each.replace(folder, "") for each in found) for found in (self.listed, self.repaired, self.notes)
        )
        return replace(self, refused=refused, listed=listed, repaired=repaired, notes=notes)


def known_format(name: str, names: Sequence[str]) -> Format:
    """The format of a name. Raises StanceBankError where it is not one of the names."""
    if name not in names:
        if name.casefold().startswith(WEBANNO):
            raise StanceBankError("WebAnno TSV is not read or written", USE_CAS)
        what = f"there is no format {excerpt(name)}{did_you_mean(name, names)}"
        raise StanceBankError(what, f"use one of {', '.join(names)}")
    return FORMATS[name]


def import_foreign(
    root: Path,
    given: Given,
    format: str,
    choices: Choices,
    *,
    day: str,
    labels: Path | str | None = None,
    follow: Follow = lambda _: {},
    dry_run: bool = False,
) -> ImportOutcome:
    """Bring documents and annotations of a foreign format into a corpus: all files that change, or none.

    given: files, folders and ZIP archives. labels: a map, add or propose. day: of the import. follow: what is generated
    from the scheme, for labels that are added to it. Raises StanceBankError for another format, an archive that may do
    harm, labels that nothing tells of, and where writing fails.
    """
    with unpacked(given) as (inside, folder):
        try:
            outcome = _import(root, inside, format, choices, day=day, labels=labels, follow=follow, dry_run=dry_run)
        except StanceBankError as error:
            raise StanceBankError(error.what.replace(folder, ""), error.fix) from None
        return outcome.without(folder)


def _import(
    root: Path,
    given: Given,
    format: str,
    choices: Choices,
    *,
    day: str,
    labels: Path | str | None,
    follow: Follow,
    dry_run: bool,
) -> ImportOutcome:
    chosen = known_format(format, READ)
    _require_choices(choices, chosen, given)
    if labels == ADD and not chosen.adds_labels:
        what = f"the labels of {chosen.name} cannot be added: the scheme's own labels of stances have roles"
        raise StanceBankError(what, "write a map with --labels propose, correct it and give it with --labels")
    corpus = read_corpus(root).sound()
    require_format(chosen, given)
    read = chosen.reader()
    found = FoundLabels()
    for document in read(given):
        if isinstance(document, ForeignDocument):
            found.count(document)
    if labels == PROPOSE:
        return ImportOutcome((), Ledger(), proposal=proposal(found, corpus.scheme))
    path = Path(labels) if labels is not None and labels != ADD else None
    settled, missing = settled_map(found, corpus.scheme, path, add=labels == ADD)
    scheme, files = with_labels(corpus, missing, follow)
    corpus = replace(corpus, scheme=scheme)
    work = ForeignImport(corpus, settled, format, choices)
    for document in _checked(read(given), given):
        work.take(document)
    accepted = work.accepted()
    names: list[str] = []

    def contents() -> Iterator[tuple[str, bytes | Iterable[bytes]]]:
        for name, content in chain(files.items(), import_files(work, accepted, day)):
            names.append(name)
            yield name, content

    if accepted and dry_run:
        deque(contents(), maxlen=0)
    elif accepted:
        write_files(corpus.root, contents())
    return ImportOutcome(
        *(tuple(names), work.ledger(accepted), tuple(work.refused), tuple(work.listed), tuple(work.repaired)),
        notes=(*settled.notes, *work.notes),
    )


def _require_choices(choices: Choices, chosen: Format, given: Given) -> None:
    for each in choices.offsets:
        if each not in CHOICES:
            raise StanceBankError(f"{excerpt(each)} is nothing that offsets count", f"use {', '.join(CHOICES)}")
    if choices.annotator == GOLD:
        raise StanceBankError(f"no pass can be called {GOLD}", "leave --as out for the corpus's own annotations")
    if given.blank_lines is not None and not chosen.splits_files:
        what = f"--documents is for files whose texts have no names, and {chosen.name} has none"
        raise StanceBankError(what, "leave it out")
    if given.dialect is not None and given.dialect not in chosen.dialects:
        known = ", ".join(chosen.dialects) or "none"
        raise StanceBankError(f"{chosen.name} has no dialect {excerpt(given.dialect)}", f"it has {known}")


def _checked(documents: Iterator[Item], given: Given) -> Iterator[Item]:
    """The documents; StanceBankError where there is none, or a pattern for annotators matches no file."""
    number = unmatched = 0
    for document in documents:
        number += 1
        unmatched += isinstance(document, Refused) and "does not match the name" in document.what
        yield document
    if not number:
        raise StanceBankError("there is no document in the files", "name files that have some")
    if given.annotator is not None and unmatched == number:
        raise StanceBankError(
            f"the pattern {excerpt(given.annotator.pattern)} matches no name of a file; nothing was written",
            "give a pattern for whole names without their endings",
        )
