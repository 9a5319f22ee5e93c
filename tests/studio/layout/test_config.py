"""The labelling config: what the scheme asks for, with a key for everything, as Label Studio's own parser reads it."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from label_studio_sdk.label_interface import LabelInterface

from conftest import PROJECT
from stancebank.corpus.corpus import read_corpus
from stancebank.faults import StanceBankError
from stancebank.pages.generated import drifted, generated_files
from stancebank.pages.new_corpus import make_corpus
from stancebank.schema.labels import EntityType, StanceLabel
from stancebank.schema.paths import CONFIG_FILE, SCHEME_FILE
from stancebank.schema.scheme import Scheme
from stancebank.schema.scheme_reading import read_scheme
from stancebank.studio.layout.config import labelling_config
from stancebank.studio.layout.controls import CONTROLS, LABEL, LINKS, TEXT, region_labels, relation_labels
from stancebank.studio.layout.tasks import export_tasks


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    scheme, _ = read_scheme(PROJECT)
    assert scheme is not None
    return scheme


def with_types(scheme: Scheme, *names: str) -> Scheme:
    """The scheme with more entity types."""
    more = tuple(EntityType(name=name, definition="Another one.", example="[one]") for name in names)
    return scheme.model_copy(update={"entity_types": scheme.entity_types + more})


def elements(scheme: Scheme, *tags: str) -> Iterator[ElementTree.Element]:
    return (element for element in ElementTree.fromstring(labelling_config(scheme)).iter() if element.tag in tags)


def values(scheme: Scheme, tag: str) -> list[str]:
    return [element.attrib["value"] for element in elements(scheme, tag)]


def keys(scheme: Scheme) -> list[str]:
    return [element.attrib["hotkey"] for element in elements(scheme, "Label", "Choice")]


def test_the_file_in_the_repository_is_what_the_scheme_gives(scheme):
    assert (PROJECT / CONFIG_FILE).read_text("utf-8") == labelling_config(scheme)


def test_a_config_that_drifted_is_found(root):
    (root.path / CONFIG_FILE).parent.mkdir(parents=True)
    (root.path / CONFIG_FILE).write_text(labelling_config(root.corpus().scheme), "utf-8")
    assert CONFIG_FILE not in drifted(root.path, generated_files(root.corpus()))
    root.replace(SCHEME_FILE, "definition: All of the content is", "definition: All of it is")
    assert CONFIG_FILE in drifted(root.path, generated_files(root.corpus()))


def test_a_new_corpus_has_its_config(tmp_path, scheme):
    make_corpus(tmp_path / "news", PROJECT / SCHEME_FILE)
    assert (tmp_path / "news" / CONFIG_FILE).read_text("utf-8") == labelling_config(scheme)


def test_label_studio_reads_the_scheme_in_it(scheme):
    interface = LabelInterface(labelling_config(scheme))
    assert [tag.name for tag in interface.objects] == [TEXT]
    read = {tag.name: tag for tag in interface.controls}
    assert set(read) == {LABEL, *CONTROLS}
    assert list(read[LABEL].labels) == list(region_labels(scheme))
    for control in CONTROLS.values():
        tag = read[control.name]
        assert tag.tag.lower() == control.tag
        assert tag.to_name == [TEXT]
        if control.options is not None:
            assert tag.attr["value"] == f"${control.options}"
        if control.vocabulary is not None:
            assert tuple(tag.labels) == scheme.names(control.vocabulary)
        if control.choice is not None:
            assert list(tag.labels) == [control.choice]


def test_links_come_first_then_each_type_then_its_modalities(scheme):
    plain = list(scheme.names("relation_types"))
    names = values(scheme, "Relation")
    assert names == [*LINKS, *relation_labels(scheme)]
    assert names[len(LINKS) : len(LINKS) + len(plain)] == plain


def test_each_control_is_for_the_regions_of_its_group(scheme):
    groups = region_labels(scheme)
    found = {}
    for element in elements(scheme, "Choices", "Taxonomy", "TextArea"):
        assert (element.get("perRegion"), element.get("visibleWhen")) == ("true", "region-selected")
        assert element.get("whenTagName") == LABEL
        found[element.attrib["name"]] = element.attrib["whenLabelValue"].split(",")
    expected = {c.name: [label for label, of in groups.items() if of == c.group] for c in CONTROLS.values()}
    assert found == expected


def test_what_is_required_says_what_is_missing(scheme):
    required = {
        element.attrib["name"]: element.attrib["requiredMessage"]
        for element in elements(scheme, "Choices", "Taxonomy", "TextArea")
        if element.get("required") == "true"
    }
    assert required == {c.name: f"{c.title} is missing" for c in CONTROLS.values() if c.required}


def test_titles_and_the_date_are_shown(scheme):
    headers = values(scheme, "Header")
    assert {control.title for control in CONTROLS.values()} <= set(headers)
    assert any("$date" in header for header in headers)


def test_definitions_and_examples_are_hints(scheme):
    hints = {element.attrib["value"]: element.attrib["hint"] for element in elements(scheme, "Label")}
    for label in scheme.entity_types:
        assert label.definition in hints[label.name]
        assert label.example in hints[label.name]
    assert all(element.get("hint") for element in elements(scheme, "Label", "Choice"))


def test_keys_are_those_that_hands_know(scheme):
    of = {(element.tag, element.attrib["value"]): element.attrib["hotkey"] for element in elements(scheme, "Label")}
    assert [of["Label", name] for name in region_labels(scheme)] == [*"12345678", "shift+z", "9", "0", "s"]
    choices = {
        parent.attrib["name"]: "".join(choice.attrib["hotkey"] for choice in parent)
        for parent in elements(scheme, "Choices")
    }
    assert choices == {
        **{"level": "qwe", "kind": "dix", "no_source": "l"},
        **{"stance": "fanm", "basis": "zcvb", "commitment": "jk", "no_holder": "g", "expression": "ty"},
    }


@pytest.mark.parametrize("types", [0, 9, 14, 20, 35])
def test_everything_has_a_key_of_its_own_that_the_editor_leaves_free(scheme, types):
    more = max(0, types - len(scheme.entity_types))
    bigger = with_types(scheme, *(f"TYPE{number}" for number in range(more)))
    found = keys(bigger)
    assert len(found) == len(set(found)) == len(keys(scheme)) + more
    # Letters and digits, alone or with shift: all else that the editor listens to needs ctrl or alt, or has a name.
    assert all(key.removeprefix("shift+") in [*"abcdefghijklmnopqrstvwxyz0123456789"] for key in found)
    assert [tag.name for tag in LabelInterface(labelling_config(bigger)).objects] == [TEXT]


def test_fewer_types_leave_the_other_keys_where_they_are(scheme):
    smaller = scheme.model_copy(update={"entity_types": scheme.entity_types[:2]})
    assert keys(smaller) == [*"12", *keys(scheme)[len(scheme.entity_types) :]]


def test_of_more_labels_than_keys_the_last_have_none(scheme):
    many = with_types(scheme, *(f"TYPE{number}" for number in range(60)))
    found = [element.get("hotkey") for element in elements(many, "Label", "Choice")]
    given = [key for key in found if key]
    assert len(given) == len(set(given)) < len(found)
    assert [tag.name for tag in LabelInterface(labelling_config(many)).objects] == [TEXT]


def test_a_label_has_the_key_and_the_colour_that_the_scheme_gives_it(scheme):
    own = EntityType(name="für", key="p", colour="#123456")
    changed = scheme.model_copy(update={"entity_types": (own, *scheme.entity_types)})
    [label] = [each for each in elements(changed, "Label") if each.get("value") == "für"]
    assert (label.get("hotkey"), label.get("background"), label.get("hint")) == ("p", "#123456", None)
    assert len(keys(changed)) == len(set(keys(changed)))


@pytest.mark.parametrize("name", ["CUE", "CONTENT", "STANCE"])
def test_a_type_called_like_a_label_of_ours_is_refused(scheme, name):
    with pytest.raises(StanceBankError, match=f"entity type {name}"):
        labelling_config(with_types(scheme, name))


def test_text_from_the_scheme_is_escaped(scheme):
    definition = """Such as <b>&amp;"'</b> & ]]> $text é 😀."""
    odd_type, odd = (kind(name="ODD", definition=definition, example="[<x>]") for kind in (EntityType, StanceLabel))
    changed = scheme.model_copy(update={"entity_types": (odd_type,), "stance_labels": (odd, *scheme.stance_labels)})
    for tag in ("Label", "Choice"):
        [hint] = [element.get("hint") for element in elements(changed, tag) if element.get("value") == "ODD"]
        assert hint == f"{definition} Example: [<x>]"
    assert LabelInterface(labelling_config(changed)).get_control(LABEL).labels[0] == "ODD"


def test_control_characters_are_written_as_escapes(scheme):
    odd = EntityType(name="ODD", definition="One\x00and\x1b[2J.", example="[x]")
    changed = scheme.model_copy(update={"commitments": (odd,)})
    [hint] = [element.get("hint") for element in elements(changed, "Choice") if element.get("value") == "ODD"]
    assert hint == r"One\x00and\x1b[2J. Example: [x]"


def test_the_corpus_fits_it(scheme):
    interface = LabelInterface(labelling_config(scheme))
    [task] = export_tasks(read_corpus(PROJECT))
    assert interface.validate_task({"data": task["data"]})
    for annotation in task["annotations"]:
        assert interface.validate_annotation(annotation)
        relations = [item for item in annotation["result"] if item["type"] == "relation"]
        assert {label for item in relations for label in item["labels"]} <= set(values(scheme, "Relation"))


def test_a_task_that_does_not_fit_is_found(scheme):
    """The check above can fail: another label is refused."""
    interface = LabelInterface(labelling_config(scheme))
    [task] = export_tasks(read_corpus(PROJECT))
    task["annotations"][0]["result"][0]["value"]["labels"] = ["ANIMAL"]
    assert not interface.validate_annotation(task["annotations"][0])
