"""Changes to the text of a settings file: comments, order and layout of everything else stay as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from stancebank.faults import Fault, FaultKind, StanceBankError, printable
from stancebank.storage.careful_yaml import load_yaml, plain_yaml
from stancebank.storage.quick_yaml import quick_yaml
from stancebank.storage.yaml_files import Location


@dataclass(frozen=True)
class YamlText:
    """The text of a YAML file, which holds a mapping. Every change gives another text.

    A change is made to the lines that it concerns. Where the file is laid out so that this does
    not give the intended content, as in flow style, all of it is written again.
    """

    file: str
    text: str

    def with_value(self, place: Location, value: str) -> YamlText:
        """Another text in the place of a plain or quoted one of one line."""
        content = self._content()
        holder, key = _holder(content, place)
        before = holder[key]
        line, column = holder.lc.value(key) if isinstance(holder, CommentedMap) else holder.lc.item(key)
        holder[key] = type(before)(value) if isinstance(before, str) else value
        lines = self.text.splitlines(keepends=True)
        lines[line] = lines[line][:column] + lines[line][column:].replace(str(before), value, 1)
        return self._edited(lines, content)

    def without_item(self, place: Location) -> YamlText:
        """The text without an item of a list; a list that loses its last item is written as an empty one."""
        content = self._content()
        holder, index = _holder(content, place)
        first = holder.lc.item(index)[0]
        lines = self.text.splitlines(keepends=True)
        end = _block_end(lines, first)
        last = len(holder) == 1
        del holder[index]
        del lines[first:end]
        if last:
            of_list, key = _holder(content, place[:-1])
            of_list[key] = CommentedSeq()
            line = of_list.lc.key(key)[0] if isinstance(of_list, CommentedMap) else first
            lines[line] = f"{lines[line].rstrip()} []{line_end(self.text)}"
        return self._edited(lines, content)

    def with_entry(self, place: Location, key: str, entry: Mapping[str, str]) -> YamlText:
        """One more entry at the end of a list that the mapping at a place has under a key, or gets."""
        content = self._content()
        holder = _at(content, place)
        lines = self.text.splitlines(keepends=True)
        if lines and not lines[-1].endswith("\n"):
            lines[-1] += line_end(self.text)
        indent = " " * (holder.lc.col if isinstance(holder, CommentedMap) else 0)
        if holder.get(key):
            items = holder[key]
            at = _block_end(lines, items.lc.item(len(items) - 1)[0])
            dash = " " * (items.lc.item(len(items) - 1)[1] - 2)
            written = []
        else:
            items = holder[key] = CommentedSeq()
            at = max(_block_end(lines, holder.lc.key(name)[0]) for name in holder.lc.data if name != key)
            dash, written = f"{indent}  ", [f"{indent}{key}:"]
        items.append(CommentedMap(entry))
        marks = ("- ", *["  "] * len(entry))
        written += [f"{dash}{mark}{name}: {value}" for mark, (name, value) in zip(marks, entry.items(), strict=False)]
        lines[at:at] = [f"{line}{line_end(self.text)}" for line in written]
        return self._edited(lines, content)

    def data(self) -> bytes:
        """The bytes of the file."""
        return self.text.encode()

    def _content(self) -> CommentedMap:
        return loaded(self.text, self.file)

    def _edited(self, lines: Sequence[str], content: CommentedMap) -> YamlText:
        return YamlText(self.file, first_that_reads(self.file, "".join(lines), content))


def first_that_reads(file: str, edited: str, content: CommentedMap) -> str:
    """The edited text if it reads as the content; otherwise, as in flow style, the content written again.

    Raises StanceBankError where neither does.
    """
    for text in (edited, dumped(content)):
        data = text.encode()
        if (quick_yaml(data) or load_yaml(data, file, "settings", quotes=True)) == content:
            return text
    what = f"{file} cannot be changed in its present layout"
    raise StanceBankError(what, "write plain keys, values and lists, without anchors; nothing was changed")


def _holder(content: CommentedMap, place: Location) -> tuple[Any, Any]:
    return _at(content, place[:-1]), place[-1]


def _at(content: CommentedMap, place: Location) -> Any:  # noqa: ANN401  (a mapping, a list or a text)
    found: Any = content
    for step in place:
        found = found[step]
    return found


def _block_end(lines: Sequence[str], first: int) -> int:
    """The line behind a block that starts on a line: the first with as little indent, blank lines left out."""
    depth = _indent(lines[first])
    end = first + 1
    while end < len(lines) and (not lines[end].strip() or _indent(lines[end]) > depth):
        end += 1
    while not lines[end - 1].strip():
        end -= 1
    return end


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def line_end(text: str) -> str:
    """The line end that a text has."""
    return "\r\n" if "\r\n" in text else "\n"


def loaded(text: str, file: str, kind: FaultKind = "settings") -> CommentedMap:
    """The mapping in a text, its strings with the quotes around them. StanceBankError where it holds none."""
    content = load_yaml(text.encode(), file, kind, quotes=True)
    if isinstance(content, Fault):
        raise StanceBankError(f"{printable(file)}: {content.what}", content.fix)
    return content


def dumped(content: Mapping[str, object]) -> str:
    """A mapping as YAML."""
    written = StringIO()
    plain_yaml().dump(content, written)
    return written.getvalue()
