"""udtools' validator, ``udvalidate``, on files that ``stancebank export --format conllu`` has written.

It is run as a command of an environment of its own. Its tests of entities need more than the corpus has: a tree of each
sentence, a head of each mention, ids of entities that are unique in all files, and types from a list of its own. Here
every word hangs from the first, the first word of a mention is its head, and no entity has a type.
"""

from __future__ import annotations

import re
from pathlib import Path

_ENTITIES = {"# global.Entity = eid-etype-other": "# global.Entity = eid-etype-head-other"}
_OPENED = re.compile(r"\b(e[0-9]+)-[^-]*-")
_CLOSED = re.compile(r"\b(e[0-9]+)\)")
_POSTAG, _HEAD, _DEPREL, _MISC = 3, 6, 7, 9


def prepare(exported: Path, out: Path) -> list[Path]:
    """Write the files of an export as the validator needs them."""
    out.mkdir(parents=True)
    return [_prepared(file, out / file.name) for file in sorted(exported.glob("*.conllu"))]


def _prepared(file: Path, target: Path) -> Path:
    document = re.sub(r"\W", "", file.stem)
    lines = (_line(line, document) for line in file.read_text("utf-8").split("\n"))
    target.write_text("\n".join(lines), "utf-8")
    return target


def _line(line: str, document: str) -> str:
    fields = line.split("\t")
    if len(fields) <= _MISC:
        return _ENTITIES.get(line, line)
    fields[_POSTAG] = "X"
    fields[_HEAD], fields[_DEPREL] = ("0", "root") if fields[0] == "1" else ("1", "dep")
    fields[_MISC] = _CLOSED.sub(rf"{document}\1)", _OPENED.sub(rf"{document}\1--1-", fields[_MISC]))
    return "\t".join(fields)


def command(programs: Path, files: list[Path], *options: str) -> tuple[str | Path, ...]:
    """The validator over some files, tests of coreference included. programs: where the program is."""
    return (programs / "udvalidate", "--lang", "ud", "--coref", *options, *files)
