"""Changes to scheme.yaml keep what its owner wrote, however it is laid out."""

from __future__ import annotations

import pytest
from earlier_schemes import as_1_0, as_1_1, as_1_2, as_1_3, as_migrated
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from conftest import PROJECT
from stancebank.faults import StanceBankError
from stancebank.migrations.migration import STEPS
from stancebank.migrations.scheme_text import new_keys, new_labels, with_format, with_keys, with_list, with_vocabulary
from stancebank.schema.paths import SCHEME_FILE
from stancebank.schema.scheme_reading import FORMAT_VERSION, parse_scheme
from stancebank.storage.careful_yaml import load_yaml

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
    assert with_format(OWN, "1.1") == OWN.replace("1.0", "1.1")


@pytest.mark.parametrize("quote", ["", "'", '"'])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_quotes_and_line_ends_are_the_owners(quote: str, newline: str) -> None:
    text = f"# version 1.0{newline}version: {quote}1.0{quote} # 1.0{newline}a: [b]{newline}"
    assert with_format(text, "1.1") == text.replace(f"version: {quote}1.0", f"version: {quote}1.1")
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
    changed = with_vocabulary(with_format(text, "1.1"), "more", LABELS)
    assert read(changed) == {"version": "1.1", "a": ["b", "c"], "more": [dict(LABELS[0])]}
    assert [line for line in text.split("\n") if "#" in line and line not in changed.split("\n")] == []
    listed = with_list(text, "some", ("x.y", "z"), "Why.")
    assert read(listed) == {"version": "1.0", "some": ["x.y", "z"], "a": ["b", "c"]}
    assert with_list(listed, "some", ("other",), "Why.") == listed


def test_what_is_there_already_stays() -> None:
    assert with_format(NOW, FORMAT_VERSION) == NOW
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


def test_the_projects_scheme_is_what_the_steps_make_of_the_earliest_one() -> None:
    earliest = as_1_0(NOW)
    (fault,) = parse_scheme(earliest.encode())[1]
    assert (fault.kind, fault.line, fault.fix) == ("scheme-version", 5, "run stancebank migrate")
    known = {"1.1": as_1_1(NOW), "1.2": as_1_2(NOW), "1.3": as_1_3(NOW), FORMAT_VERSION: as_migrated(NOW)}
    text = earliest
    for step in STEPS:
        text = with_format(step.scheme(text), step.after)
        assert text == known.get(step.after, text)


KEYS = {
    "modalities": {"asserted": {"counts_as_fact": True, "mark": "0"}, "folded": {"rank": -1}, "not there": {"a": 1}}
}


def test_keys_go_behind_the_name_and_all_else_stays() -> None:
    assert with_keys(OWN, KEYS) == OWN.replace(
        "name: asserted, ", 'name: asserted, counts_as_fact: true, mark: "0", '
    ).replace("name: folded\n", "name: folded\n  rank: -1\n")
    assert with_keys(with_keys(OWN, KEYS), KEYS) == with_keys(OWN, KEYS)
    assert dict(new_keys(OWN, with_keys(OWN, KEYS))) == {"modalities": ["asserted", "folded"]}


def test_a_key_that_the_owner_has_stays_as_it_is() -> None:
    own = OWN.replace("name: asserted,", "name: asserted, counts_as_fact: false,")
    assert "counts_as_fact: false" in with_keys(own, KEYS)
    assert "true" not in with_keys(own, KEYS)


@pytest.mark.parametrize(
    "label",
    [
        "- definition: d\n  name: asserted\n",
        "- definition: d\n  name: asserted\n  # the end\n",
        "- name: asserted\n",
        "- {name: asserted}\n",
        "- {definition: d, name: asserted}\n",
        "- {definition: d,\n   name: asserted,\n   example: x}\n",
        "-\n  name: asserted\n  definition: d\n",
        "- ? name\n  : asserted\n  ? definition\n  : d\n",
        "- name: >-\n    asserted\n  definition: d\n",
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_layout_of_a_label_can_be_changed(label: str, newline: str) -> None:
    text = f"version: '1.1'\nmodalities:\n{label}".replace("\n", newline)
    before, after = read(text)["modalities"][0], read(with_keys(text, KEYS))["modalities"][0]
    assert after == before | {"counts_as_fact": True, "mark": "0"}
    assert ("# the end" in text) == ("# the end" in with_keys(text, KEYS))
