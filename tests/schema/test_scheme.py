"""The label scheme: what the project's one says, and what is wrong with a broken one."""

import calendar
import re

import pytest

from conftest import DOC, PROJECT
from stancebank.schema.layers import LAYERS
from stancebank.schema.paths import SCHEME_FILE
from stancebank.schema.scheme import VOCABULARIES
from stancebank.schema.scheme_reading import FORMAT_VERSION, read_scheme

INVENTED = {"Ruritania", "Ruritanian", "Graustark", "Strelsau"}

# What was agreed on: the labels of each vocabulary, and what stands at the ends of each structural relation.
LABELS = {
    "entity_types": "PERSON ORG GPE LOC FAC EVENT WORK DATE",
    "mention_levels": "NAM NOM PRO",
    "relation_types": "leads represents member_of part_of located_in participates_in organizes occurs_on allied_with "
    "agree consult support concede cooperate aid retreat request accuse reject threaten protest sanction mobilize "
    "coerce assault",
    "modalities": "asserted planned possible negated",
    "attribution_kinds": "direct indirect mixed",
    "stance_labels": "favor against neutral mixed",
    "stance_bases": "direct_quote indirect_speech action narration",
    "commitments": "unconditional conditional",
    "stance_expressions": "expressed inferred",
}
ACTORS = {"PERSON", "GPE", "ORG"}  # at both ends of an interaction
ENDS = {
    "leads": ("PERSON", "GPE ORG"),
    "represents": ("PERSON GPE ORG", "PERSON GPE ORG"),
    "member_of": ("PERSON GPE ORG", "GPE ORG"),
    "part_of": ("GPE LOC ORG FAC", "GPE LOC ORG"),
    "located_in": ("EVENT FAC LOC GPE ORG", "GPE LOC FAC"),
    "participates_in": ("PERSON GPE ORG", "EVENT"),
    "organizes": ("PERSON GPE ORG", "EVENT"),
    "occurs_on": ("EVENT", "DATE"),
    "allied_with": ("GPE ORG", "GPE ORG"),
}


@pytest.fixture(scope="module")
def scheme():
    found, faults = read_scheme(PROJECT)
    assert faults == []
    return found


@pytest.fixture(scope="module")
def article() -> str:
    return (PROJECT / "seeds" / f"{DOC}.txt").read_text("utf-8")


def labelled(scheme) -> list[tuple[str, str, str]]:
    """Vocabulary, name and example of every label."""
    return [(words, label.name, label.example) for words in VOCABULARIES for label in scheme.labels(words)]


@pytest.mark.parametrize("vocabulary", LABELS)
def test_a_vocabulary_has_the_labels_that_were_agreed_on(scheme, vocabulary):
    assert scheme.names(vocabulary) == tuple(LABELS[vocabulary].split())


def test_the_scheme_has_no_vocabulary_but_those_that_were_agreed_on():
    assert set(VOCABULARIES) == set(LABELS)


def test_nine_relation_types_are_structural_and_sixteen_interactions(scheme):
    groups = [relation.group for relation in scheme.relation_types]
    assert groups == ["structural"] * 9 + ["interaction"] * 16


@pytest.mark.parametrize("name", ENDS)
def test_a_structural_relation_goes_from_its_domain_to_its_range(scheme, name):
    relation = next(relation for relation in scheme.relation_types if relation.name == name)
    assert (set(relation.domain), set(relation.range)) == tuple(set(end.split()) for end in ENDS[name])


def test_an_interaction_goes_from_an_actor_to_an_actor_and_has_its_name_in_plover(scheme):
    for relation in scheme.relation_types[9:]:
        assert {*relation.domain} == {*relation.range} == ACTORS
        assert relation.mapping["plover"].id == relation.name.upper()


def test_only_an_alliance_is_symmetric(scheme):
    assert [relation.name for relation in scheme.relation_types if relation.symmetric] == ["allied_with"]


def test_every_vocabulary_that_a_column_names_is_in_the_scheme():
    named = {column.vocabulary for layer in LAYERS.values() for column in layer.columns if column.vocabulary}
    assert named == set(VOCABULARIES)


def test_an_example_is_from_the_article_or_names_invented_places_alone(scheme, article):
    for vocabulary, name, example in labelled(scheme):
        fragment = re.sub(r"\[(?:[ht]: )?|\]", "", example)
        names = set(re.findall(r"\b[A-Z]\w*", fragment)) - {"The", *calendar.day_name}
        assert fragment in article or (names and names <= INVENTED), (vocabulary, name, fragment)


def test_an_example_of_a_relation_marks_one_head_and_one_tail_and_others_one_span(scheme):
    for vocabulary, name, example in labelled(scheme):
        expected = ["[h: ", "[t: "] if vocabulary in ("relation_types", "modalities") else ["["]
        assert sorted(re.findall(r"\[(?:[ht]: )?", example)) == expected, name
        assert example.count("]") == len(expected), name


@pytest.mark.deep("inputs", quick=8)
# In the new text ‸ stands on the line that the fault must name.
@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        pytest.param("ORG, FAC]", "‸ORG, FOO]", "$.relation_types[3].domain[3]", id="unknown type in a domain"),
        pytest.param("range: [DATE]", "range: [‸TIME]", "$.relation_types[7].range[0]", id="unknown type in a range"),
        pytest.param("name: conditional", "‸name: unconditional", "$.commitments[1].name", id="label twice"),
        pytest.param("metric: true", "metric: true\n    ‸x: 1", "$.relation_types[8].x", id="unknown key"),
        pytest.param("version:", "‸extra: 1\nversion:", "$.extra", id="unknown key at the top"),
        pytest.param("- name: NOM\n    definition", "- ‸definition", "$.mention_levels[1].name", id="missing key"),
        pytest.param("metric: true", "metric: ‸perhaps", "$.relation_types[8].symmetric", id="neither true nor false"),
        pytest.param(f'format: "{FORMAT_VERSION}"', "‸format: 1.1.0", "$.format", id="a format of three numbers"),
        pytest.param("\nversion: ", "\n‸version: of ", "$.version", id="a version with blanks"),
        pytest.param("name: PRO\n", "name: ‸I, you\n", "$.mention_levels[2].name", id="a name with a comma"),
        pytest.param("name: PRO\n", "‸name: ' PRO'\n", "$.mention_levels[2].name", id="a name with a blank before it"),
        pytest.param("name: PRO\n", "name: ‸nam\n", "$.mention_levels[2].name", id="equal up to case"),
        pytest.param("domain: [EVENT]", "‸domain: []", "$.relation_types[7].domain", id="an empty domain"),
        pytest.param(
            "is_person: true", "is_person: ‸maybe", "$.entity_types[0].is_person", id="a role that is no truth value"
        ),
        pytest.param("value: timex3", "value: ‸time", "$.entity_types[7].value", id="a role with an unknown value"),
        pytest.param("denies: true", "‸form: name", "$.modalities[3].form", id="a role of another vocabulary"),
        pytest.param("rank: -1", "rank: ‸-100", "$.stance_labels[1].rank", id="a rank that is too low"),
        pytest.param("rank: 1\n", "rank: ‸1.5\n", "$.stance_labels[0].rank", id="a rank that is no whole number"),
        pytest.param('mark: "0"', 'mark: ‸"+"', "$.stance_labels[2].mark", id="a mark that another label has"),
        pytest.param('mark: "0"', 'mark: ‸"zero"', "$.stance_labels[2].mark", id="a mark that is too long"),
        pytest.param('"#767676"', "‸grey", "$.stance_labels[2].colour", id="a colour that is none"),
        pytest.param(
            "stance_bases:\n",
            "  - {name: x, definition: x, example: x,\n     is_conflict: ‸true}\nstance_bases:\n",
            "$.stance_labels[4].is_conflict",
            id="two labels of a conflict",
        ),
        pytest.param("exact, id: P1344,", "‸none, id: P1344,", "$.relation_types[5].mapping.wikidata", id="id of none"),
    ],
)
def test_a_fault_in_the_scheme_has_its_line_and_path(root, old, new, path):
    root.replace(SCHEME_FILE, old, new)
    text = (root.path / SCHEME_FILE).read_text("utf-8")
    line = text[: text.index("‸")].count("\n") + 1
    root.replace(SCHEME_FILE, "‸", "")
    scheme, faults = read_scheme(root.path)
    assert scheme is None
    assert [(fault.kind, fault.file, fault.line, fault.path) for fault in faults] == [
        ("scheme", SCHEME_FILE, line, path)
    ]


def test_a_missing_scheme_is_a_fault(root):
    (root.path / SCHEME_FILE).unlink()
    scheme, faults = read_scheme(root.path)
    assert scheme is None
    assert [(fault.kind, fault.file, fault.line) for fault in faults] == [("scheme", SCHEME_FILE, None)]
