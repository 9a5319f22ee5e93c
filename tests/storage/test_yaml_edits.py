"""Changes to YAML files: the lines that they concern change, and no other."""

from __future__ import annotations

import pytest

from stancebank.faults import StanceBankError
from stancebank.storage.careful_yaml import load_yaml
from stancebank.storage.yaml_edits import YamlText

PLAIN = """\
# first
seeds:
  # of a
  - file: a.txt  # the name
    note: >-
      Two lines,

      a blank one between.
  - file: 'b.txt'

  # of c
  - {file: c.txt, note: "flow"}
# last
"""


def text(content: str) -> YamlText:
    return YamlText("seeds/seeds.yaml", content)


def read(edited: YamlText) -> object:
    return load_yaml(edited.data(), edited.file, "settings")


def test_a_value_changes_in_its_place():
    edited = text(PLAIN).with_value(("seeds", 1, "file"), "d.txt").with_value(("seeds", 0, "file"), "e.txt")
    assert edited.text == PLAIN.replace("'b.txt'", "'d.txt'").replace("a.txt  #", "e.txt  #")


def test_an_item_goes_with_its_lines_alone():
    lines = PLAIN.splitlines(keepends=True)
    assert text(PLAIN).without_item(("seeds", 0)).text == "".join(lines[:3] + lines[8:])
    assert text(PLAIN).without_item(("seeds", 1)).text == "".join(lines[:8] + lines[9:])
    assert text(PLAIN).without_item(("seeds", 2)).text == "".join(lines[:11] + lines[12:])


def test_the_last_item_leaves_an_empty_list():
    edited = text(PLAIN)
    for _ in range(3):
        edited = edited.without_item(("seeds", 0))
    assert edited.text == "# first\nseeds: []\n  # of a\n\n  # of c\n# last\n"


def test_entries_come_at_the_end_of_their_list():
    edited = text(PLAIN).with_entry(("seeds", 0), "earlier", {"sha256": "1", "until": "2025-01-01"})
    edited = edited.with_entry(("seeds", 0), "earlier", {"sha256": "2", "until": "2025-01-02"})
    added = "    earlier:\n      - sha256: 1\n        until: 2025-01-01\n      - sha256: 2\n        until: 2025-01-02\n"
    assert edited.text == PLAIN.replace("between.\n", f"between.\n{added}")


@pytest.mark.parametrize(
    "content", ['{"seeds":[{"file":"a.txt"},{"file":"b.txt"}]}', "seeds: [{file: a.txt}, {file: b.txt}]\n"]
)
def test_in_flow_style_the_content_is_as_intended(content):
    edited = (
        text(content).with_entry(("seeds", 1), "earlier", {"sha256": "1"}).with_value(("seeds", 1, "file"), "c.txt")
    )
    assert read(edited.without_item(("seeds", 0))) == {"seeds": [{"file": "c.txt", "earlier": [{"sha256": "1"}]}]}


def test_line_ends_stay_as_they_are():
    crlf = PLAIN.replace("\n", "\r\n")
    edited = text(crlf).with_entry(("seeds", 1), "earlier", {"sha256": "1"}).without_item(("seeds", 0))
    assert edited.text.count("\n") == edited.text.count("\r\n")


def test_what_is_no_mapping_is_refused():
    with pytest.raises(StanceBankError, match="expected a mapping"):
        text("- a\n").without_item((0,))
