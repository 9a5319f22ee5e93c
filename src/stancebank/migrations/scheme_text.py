"""Changes to the text of scheme.yaml: its owner's comments, order, layout and labels stay as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from io import StringIO

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from stancebank.faults import StanceBankError
from stancebank.scheme import SCHEME_FILE
from stancebank.yaml_files import load_yaml, plain_yaml


def with_version(text: str, version: str) -> str:
    """The scheme with another version."""
    content = _load(text)
    before = content["version"]
    if before == version:
        return text
    line, column = content.lc.value("version")
    lines = text.splitlines(keepends=True)
    lines[line] = lines[line][:column] + lines[line][column:].replace(before, version, 1)
    content["version"] = type(before)(version)
    return _first_that_reads(content, "".join(lines))


def with_vocabulary(text: str, name: str, labels: Sequence[Mapping[str, str]]) -> str:
    """The scheme with one more vocabulary at its end, unless it has that already. labels: name, definition, example."""
    content = _load(text)
    if name in content:
        return text
    rows = [{**label, "example": DoubleQuotedScalarString(label["example"])} for label in labels]
    content[name] = CommentedSeq(CommentedMap(row) for row in rows)
    newline = "\r\n" if "\r\n" in text else "\n"
    block = _dump({name: content[name]}).replace("\n", newline)
    return _first_that_reads(content, f"{text}{'' if text.endswith(newline) else newline}{newline}{block}")


def new_labels(before: str, after: str) -> Iterator[tuple[str, list[str]]]:
    """Each vocabulary of a scheme with the labels that it has and an earlier text has not."""
    known = dict(_names(before))
    for vocabulary, names in _names(after):
        new = [name for name in names if name not in known.get(vocabulary, ())]
        if new:
            yield vocabulary, new


def _names(text: str) -> Iterator[tuple[str, list[str]]]:
    for name, labels in _load(text).items():
        if isinstance(labels, list):
            yield name, [str(label["name"]) for label in labels if isinstance(label, Mapping) and "name" in label]


def _first_that_reads(content: CommentedMap, edited: str) -> str:
    """The edited text where it reads as the content; else, as of a file in flow style, the content written anew."""
    for text in (edited, _dump(content)):
        try:
            if _load(text) == content:
                return text
        except StanceBankError:
            continue
    raise StanceBankError(f"{SCHEME_FILE} cannot be changed in its present layout", "write it as the scheme of init")


def _load(text: str) -> CommentedMap:
    content = load_yaml(text.encode(), SCHEME_FILE, "scheme", quotes=True)
    if isinstance(content, CommentedMap):
        return content
    raise StanceBankError(f"{SCHEME_FILE}: {content.what}", content.fix)


def _dump(content: Mapping[str, object]) -> str:
    written = StringIO()
    plain_yaml().dump(content, written)
    return written.getvalue()
