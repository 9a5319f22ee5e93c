"""Changes to the text of scheme.yaml: its owner's comments, order, layout and labels stay as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from stancebank.schema.paths import SCHEME_FILE
from stancebank.storage.yaml_edits import dumped, first_that_reads, line_end, loaded


def with_format(text: str, version: str) -> str:
    """The scheme in another format, which until 1.3 was its version."""
    content = _load(text)
    key = "format" if "format" in content else "version"
    before = content[key]
    if before == version:
        return text
    line, column = content.lc.value(key)
    lines = text.splitlines(keepends=True)
    lines[line] = lines[line][:column] + lines[line][column:].replace(before, version, 1)
    content[key] = type(before)(version)
    return _first_that_reads(content, "".join(lines))


def with_vocabulary(text: str, name: str, labels: Sequence[Mapping[str, str]]) -> str:
    """The scheme with one more vocabulary at its end, unless it has that already. labels: name, definition, example."""
    content = _load(text)
    if name in content:
        return text
    rows = [{**label, "example": DoubleQuotedScalarString(label["example"])} for label in labels]
    content[name] = CommentedSeq(CommentedMap(row) for row in rows)
    newline = line_end(text)
    block = dumped({name: content[name]}).replace("\n", newline)
    return _first_that_reads(content, f"{text}{'' if text.endswith(newline) else newline}{newline}{block}")


def with_format_and_name(text: str, name: str) -> str:
    """The scheme with its format and a name in front of its version, which was the format; unless it has a format."""
    content = _load(text)
    if "format" in content:
        return text
    version = str(content["version"])
    line, _ = content.lc.key("version")
    new = {"format": DoubleQuotedScalarString(version), "name": name}
    newline = line_end(text)
    lines = text.split(newline)
    lines[line:line] = [dumped({key: value}).rstrip("\n") for key, value in new.items()]
    for at, (key, value) in enumerate(new.items(), list(content).index("version")):
        content.insert(at, key, value)
    return _first_that_reads(content, newline.join(lines))


def with_list(text: str, name: str, items: Sequence[str], comment: str) -> str:
    """The scheme with one more list of words behind its version, unless it has that already."""
    content = _load(text)
    if name in content:
        return text
    newline = line_end(text)
    lines = text.split(newline)
    at = content.lc.value("version")[0] + 1
    lines[at:at] = [f"# {comment}", f"{name}:", *(f"  - {item}" for item in items)]
    content.insert(list(content).index("version") + 1, name, CommentedSeq(items))
    return _first_that_reads(content, newline.join(lines))


def with_keys(text: str, keys: Mapping[str, Mapping[str, Mapping[str, bool | int | str]]]) -> str:
    """The scheme with more keys in its labels, behind their names, unless they have them already.

    keys: by vocabulary and label, each key with its value. Labels that are not there are passed over.
    """
    content = _load(text)
    newline = line_end(text)
    lines = text.split(newline)
    for vocabulary, label in reversed(list(_labels(content))):  # from the end, so that lines keep their numbers
        wanted = keys.get(vocabulary, {}).get(str(label["name"]), {})
        new = {key: _scalar(value) for key, value in wanted.items() if key not in label}
        _insert(lines, label, new)
        for key, value in reversed(new.items()):
            label.insert(list(label).index("name") + 1, key, value)
    return _first_that_reads(content, newline.join(lines))


def with_label_renamed(text: str, vocabulary: str, old: str, new: str) -> str:
    """The scheme with a label of a vocabulary under another name, also where other labels name it."""
    content = _load(text)
    newline = line_end(text)
    lines = text.split(newline)
    for node, key in reversed(list(_named(content, vocabulary, old))):
        line, column = node.lc.value(key) if isinstance(node, CommentedMap) else node.lc.item(key)
        written = dumped({"x": _word(new)}).rstrip("\n").removeprefix("x: ")
        rest = lines[line][column:]
        quoted = next((form for form in (old, f'"{old}"', f"'{old}'") if rest.startswith(form)), None)
        if quoted is not None:
            lines[line] = lines[line][:column] + written + rest[len(quoted) :]
        node[key] = _word(new)
    return _first_that_reads(content, newline.join(lines))


def without_label(text: str, vocabulary: str, label: str, instead: str) -> str:
    """The scheme without a label of a vocabulary; where other labels name it, they name another in its place."""
    content = _load(text)
    for node, key in reversed(list(_named(content, vocabulary, label))):
        if isinstance(node, CommentedSeq):
            if instead in node:
                node.pop(key)
            else:
                node[key] = instead
    labels = _labels_of(content, vocabulary)
    index = next(i for i, each in enumerate(labels) if str(each.get("name")) == label)
    newline = line_end(text)
    lines = text.split(newline)
    first = labels.lc.item(index)[0]
    behind = labels.lc.item(index + 1)[0] if index + 1 < len(labels) else None
    block = not labels.fa.flow_style() and behind is not None
    labels.pop(index)
    if not block:
        return _first_that_reads(content, "")
    comments = [line for line in lines[first:behind] if line.lstrip().startswith("#")]
    return _first_that_reads(content, newline.join([*lines[:first], *comments, *lines[behind:]]))


def _named(content: CommentedMap, vocabulary: str, name: str) -> Iterator[tuple[Any, Any]]:
    """Where a label is named: as itself, and in the domains and ranges of relation types; in the order of the text."""
    for label in _labels_of(content, vocabulary):
        if str(label.get("name")) == name:
            yield label, "name"
    for relation in content.get("relation_types", ()) if vocabulary == "entity_types" else ():
        for end in ("domain", "range"):
            types = relation.get(end)
            for index, each in enumerate(types if isinstance(types, CommentedSeq) else ()):
                if str(each) == name:
                    yield types, index


def _labels_of(content: CommentedMap, vocabulary: str) -> CommentedSeq:
    """The labels of a vocabulary; of layer.field those that a field of its own has."""
    if "." not in vocabulary:
        labels: CommentedSeq = content[vocabulary]
        return labels
    layer, _, field = vocabulary.partition(".")
    own = next(each for each in content["fields"] if (str(each["layer"]), str(each["name"])) == (layer, field))
    found: CommentedSeq = own["labels"]
    return found


def _word(name: str) -> str:
    """A name as YAML holds it: in quotes unless it is a plain word."""
    if re.fullmatch(r"\w[\w -]*\w|\w", name):
        return name
    quoted: str = DoubleQuotedScalarString(name)
    return quoted


def _insert(lines: list[str], label: CommentedMap, new: Mapping[str, str]) -> None:
    """Write keys in front of the one that follows the label's name; nowhere where none follows."""
    names = list(label)
    behind = names[names.index("name") + 1 :] if new else []
    if not behind:
        return
    line, column = label.lc.key(behind[0])
    written = [dumped({key: value}).rstrip("\n") for key, value in new.items()]
    if label.fa.flow_style():
        lines[line] = lines[line][:column] + "".join(f"{each}, " for each in written) + lines[line][column:]
    else:
        lines[line:line] = [" " * column + each for each in written]


def _scalar(value: bool | int | str) -> str:
    """A value as it is written: text in quotes unless it is a word."""
    if isinstance(value, str) and not re.fullmatch(r"[a-z][a-z0-9]*", value):
        quoted: str = DoubleQuotedScalarString(value)
        return quoted
    return str(value).lower()


def new_labels(before: str, after: str) -> Iterator[tuple[str, list[str]]]:
    """Each vocabulary of a scheme with the labels that it has and an earlier text has not."""
    known = dict(_names(before))
    for vocabulary, names in _names(after):
        new = [name for name in names if name not in known.get(vocabulary, ())]
        if new:
            yield vocabulary, new


def new_keys(before: str, after: str) -> Iterator[tuple[str, list[str]]]:
    """Each vocabulary of a scheme with those of its labels that have keys which they did not have before."""
    known = {(vocabulary, str(label["name"])): label.keys() for vocabulary, label in _labels(_load(before))}
    found: dict[str, list[str]] = {}
    for vocabulary, label in _labels(_load(after)):
        name = str(label["name"])
        if label.keys() - known.get((vocabulary, name), label.keys()):
            found.setdefault(vocabulary, []).append(name)
    yield from found.items()


def _names(text: str) -> Iterator[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for vocabulary, label in _labels(_load(text)):
        found.setdefault(vocabulary, []).append(str(label["name"]))
    yield from found.items()


def _labels(content: CommentedMap) -> Iterator[tuple[str, CommentedMap]]:
    """Each label that has a name, with its vocabulary."""
    for vocabulary, labels in content.items():
        for label in labels if isinstance(labels, CommentedSeq) else ():
            if isinstance(label, CommentedMap) and "name" in label:
                yield vocabulary, label


def _load(text: str) -> CommentedMap:
    return loaded(text, SCHEME_FILE)


def _first_that_reads(content: CommentedMap, edited: str) -> str:
    return first_that_reads(SCHEME_FILE, edited, content)
