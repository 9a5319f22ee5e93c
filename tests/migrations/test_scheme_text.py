"""Changes to scheme.yaml keep what its owner wrote, however it is laid out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from conftest import PROJECT
from stancebank.faults import StanceBankError
from stancebank.migrations.scheme_text import new_labels, with_version, with_vocabulary
from stancebank.migrations.v1_0_to_v1_1 import STEP
from stancebank.scheme import SCHEME_FILE, parse_scheme
from stancebank.yaml_files import load_yaml

NOW = (PROJECT / "schemas/scheme.yaml").read_text("utf-8")
LABELS = ({"name": "one", "definition": "It is: one.", "example": 'the "one" # [x]'},)
ADDED = """
more:
  - name: one
    definition: 'It is: one.'
    example: "the \\"one\\" # [x]"
"""
OWN = """\
# ours
version: 1.0   # since March
modalities:
- {name: asserted, definition: It holds., example: x}
- name: folded
  definition: >-
    over
    two lines
  example: 'it''s
    over two'
"""


def read(text: str) -> object:
    return YAML(typ="safe", pure=True).load(text)


def test_the_owners_text_stays_byte_for_byte() -> None:
    assert with_vocabulary(OWN, "more", LABELS) == OWN + ADDED
    assert with_version(OWN, "1.1") == OWN.replace("1.0", "1.1")


@pytest.mark.parametrize("quote", ["", "'", '"'])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_quotes_and_line_ends_are_the_owners(quote: str, newline: str) -> None:
    text = f"# version 1.0{newline}version: {quote}1.0{quote} # 1.0{newline}a: [b]{newline}"
    assert with_version(text, "1.1") == text.replace(f"version: {quote}1.0", f"version: {quote}1.1")
    assert with_vocabulary(text, "more", LABELS) == text + ADDED.replace("\n", newline)


@pytest.mark.parametrize(
    "text",
    [
        '{"version": "1.0", "a": ["b", "c"]}\n',
        'version: "1.0"\na: [b, c]\n...\n',
        '--- # start\nversion: "1.0"\na: [b, c]\n',
        'a: [b, c]\nversion: "1.0"',
        '"version": "1.0"\na:\n  - b\n  - c\n\n\n# the end\n',
        '? version\n: "1.0"\n? a\n: [b, c]\n',
    ],
)
def test_every_layout_of_a_mapping_can_be_changed(text: str) -> None:
    changed = with_vocabulary(with_version(text, "1.1"), "more", LABELS)
    assert read(changed) == {"version": "1.1", "a": ["b", "c"], "more": [dict(LABELS[0])]}
    assert [line for line in text.split("\n") if "#" in line and line not in changed.split("\n")] == []


def test_what_is_there_already_stays() -> None:
    assert with_version(NOW, "1.1") == NOW
    assert with_vocabulary(NOW, "stance_expressions", LABELS) == NOW


def test_text_that_is_no_mapping_is_refused() -> None:
    with pytest.raises(StanceBankError, match="expected a mapping"):
        with_vocabulary("- a\n", "more", LABELS)


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1)


@given(texts, texts)
def test_labels_are_written_so_that_they_are_read_again(definition: str, example: str) -> None:
    label = {"name": "one", "definition": definition, "example": example}
    content = load_yaml(with_vocabulary(OWN, "more", [label]).encode(), SCHEME_FILE, "scheme")
    assert content["more"] == [label]


def test_new_labels_are_named_by_vocabulary() -> None:
    more = with_vocabulary(OWN.replace("name: asserted", "name: denied"), "more", LABELS)
    assert dict(new_labels(OWN, more)) == {"modalities": ["denied"], "more": ["one"]}
    assert dict(new_labels(OWN, OWN)) == {}


def test_the_projects_scheme_is_what_the_step_makes_of_the_earlier_one() -> None:
    earlier = NOW[: NOW.index("\nstance_expressions:")].replace('version: "1.1"', 'version: "1.0"')
    (fault,) = parse_scheme(earlier.encode())[1]
    assert (fault.kind, fault.line, fault.fix) == ("scheme-version", 4, "run stancebank migrate")
    assert with_version(STEP.scheme(earlier), "1.1") == NOW
