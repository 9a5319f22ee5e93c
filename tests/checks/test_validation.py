"""Findings as a whole: where they stand, what they show, in which order, and which rules build on which."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from conftest import DOC, PART, PROJECT, Record, Root, places
from stancebank.checks.findings import Finding
from stancebank.checks.registry import DOCUMENT_KEY, RULES
from stancebank.checks.selection import ERRORS_ALONE, Selection
from stancebank.checks.validation import check_corpus, check_part
from stancebank.corpus.additions import add_texts
from stancebank.corpus.corpus import read_corpus
from stancebank.corpus.part import Part
from stancebank.pages.new_corpus import make_corpus


def only_finding(root: Root) -> Finding:
    [finding] = root.findings()
    return finding


def only_error(root: Root) -> Finding:
    [finding] = [finding for finding in root.findings() if finding.severity == "error"]
    return finding


def add_part(root: Root, name: str, text: str = "Nothing happened in {}.") -> None:
    """Add a part with one document, named like it."""
    seed = root.path.parent / f"{name}.txt"
    seed.write_text(text.format(name), "utf-8", newline="\n")
    add_texts(root.path, [seed], part=name, date="2025-02-20")


# Where a finding stands and what it shows


def test_a_finding_says_what_where_and_how_to_mend_it(root: Root) -> None:
    root.edit("mentions", 40, text="Kiev")
    finding = only_finding(root)
    assert (finding.rule, finding.name, finding.severity) == ("SB301", "span-text-mismatch", "error")
    assert (finding.file, finding.line) == (f"corpus/{PART}/mentions.jsonl", 41)
    assert (finding.path, finding.record) == ("$.text", "m41")
    assert finding.what == 'text is "Kiev", the document reads "Kyiv" at 654..658'
    assert finding.fix == 'set the text to "Kyiv", or move the offsets'


CONTINENT = (
    '... Trump next week, said Sunday that Europe was facing a "once in a generation moment" for the collective '
    "security of the [continent] and it must work closely with the United States."
)
STARMER = (
    "[Starmer], who is expected to travel to Washington to meet Trump next week, said Sunday that Europe was facing a "
    '"once in a gener...'
)
KYIV = (
    "Washington sent a questionnaire to European capitals to ask what they could contribute to security guarantees "
    "for [Kyiv]."
)


@pytest.mark.parametrize(
    ("row", "context"),
    [
        pytest.param(41, STARMER, id="at the start of a long sentence"),
        pytest.param(47, CONTINENT, id="inside a long sentence"),
        pytest.param(40, KYIV, id="at the end of a sentence"),
        pytest.param(
            149, '"Everybody should be able to take part in the conversation," [he] said.', id="in a short one"
        ),
    ],
)
def test_a_finding_shows_the_span_in_its_sentence_up_to_120_code_points_on_either_side(
    root: Root, row: int, context: str
) -> None:
    root.edit("mentions", row, text="x")
    finding = only_error(root)
    assert finding.context == context
    assert finding.context_span is not None
    start, end = finding.context_span
    assert (context[start - 1], context[end]) == ("[", "]")


def test_what_no_sentence_holds_is_shown_in_its_paragraph(root: Root) -> None:
    root.edit("mentions", 149, start=3303, end=3372, text="x")
    root.edit("sentences", 20, end=3371)
    found = [finding for finding in root.findings() if (finding.rule, finding.record) == ("SB306", "m150")]
    assert [finding.context for finding in found] == [
        '["Everybody should be able to take part in the conversation," he said.]'
    ]


def test_a_relation_shows_its_head_and_an_entity_its_first_mention(root: Root) -> None:
    root.edit("relations", 20, type="?")
    root.edit("entities", 7, wikidata="?")
    europe, ukraine = "[it] must work closely with the United States.", "peacekeeping troops in [Ukraine]."
    assert [finding.context[-len(end) :] for finding, end in zip(root.findings(), (ukraine, europe), strict=True)] == [
        ukraine,
        europe,
    ]


@pytest.mark.parametrize(
    ("layer", "values"),
    [("targets", {"proposition": ""}), ("documents", {"recipe": "?"}), ("entities", {"wikidata": "?"})],
)
def test_a_finding_that_has_no_place_in_a_text_shows_none(root: Root, layer: str, values: Record) -> None:
    if layer == "entities":
        root.change(layer, lambda records: records.append(records[-1] | {"entity_id": "e59", "name": "x"}))
    root.edit(layer, -1, **values)
    errors = [finding for finding in root.findings() if finding.severity == "error"]
    assert {(finding.context, finding.context_span) for finding in errors} == {("", None)}


def test_a_span_outside_the_text_shows_no_text(root: Root) -> None:
    root.edit("sentences", 20, end=4000)
    assert only_finding(root).context == ""


@pytest.mark.parametrize(
    "name",
    ["Kyiv", "K\u00ffiv", "\u041a\u0438\u0457\u0432", "\U0001d4a6\U0001f1fa\U0001f1e6", "\u05e7\u05d9\u05d9\u05d1"],
)
def test_columns_count_code_points(root: Root, name: str) -> None:
    root.edit("entities", 7, name=name, wikidata="wrong")
    line = root.layer_path("entities").read_text("utf-8").split("\n")[7]
    assert only_finding(root).column == line.index('"wrong"') + 1


def test_columns_count_an_escape_as_it_is_written(root: Root) -> None:
    root.edit("entities", 7, wikidata="wrong")
    root.replace(f"corpus/{PART}/entities.jsonl", '"Ukraine"', '"\\ud83c\\uddfakraine"')
    line = root.layer_path("entities").read_text("utf-8").split("\n")[7]
    assert only_finding(root).column == line.index('"wrong"') + 1


# Order


def test_findings_stand_in_the_order_of_the_files_and_their_lines(root: Root) -> None:
    root.edit("stances", 22, label="?")
    root.edit("stances", 2, text="?")
    root.edit("entities", 57, name="")
    root.edit("entities", 11, value="last week")
    root.edit("targets", 8, proposition="")
    root.edit("mentions", 100, level="?")
    root.edit("documents", 0, recipe="other/1")
    assert places(root.findings()) == [
        ("SB502", "targets.jsonl", 9, "proposition"),
        ("SB206", "documents.jsonl", 1, "recipe"),
        ("SB504", "entities.jsonl", 12, "value"),
        ("SB502", "entities.jsonl", 58, "name"),
        ("SB501", "mentions.jsonl", 101, "level"),
        ("SB301", "stances.jsonl", 3, "text"),
        ("SB501", "stances.jsonl", 23, "label"),
    ]


def test_the_faults_of_a_file_stand_in_the_order_of_lines_and_columns(root: Root) -> None:
    root.edit("mentions", 5, level=1, text=None)
    root.edit("mentions", 2, start="23")
    assert places(root.findings()) == [
        ("SB118", "mentions.jsonl", 3, "start"),
        ("SB118", "mentions.jsonl", 6, "text"),
        ("SB118", "mentions.jsonl", 6, "level"),
    ]


def test_many_findings_in_one_layer_are_all_found(root: Root) -> None:
    root.change("mentions", lambda records: [record.update(level="?", text="x") for record in records])
    errors = Counter(finding.rule for finding in root.findings())
    assert (errors["SB501"], errors["SB301"]) == (150, 150)


def test_checking_twice_finds_the_same(root: Root) -> None:
    root.change("mentions", lambda records: records.reverse())
    assert root.findings() == root.findings()


# Rules build on each other


def test_a_broken_line_does_not_make_references_dangle(root: Root) -> None:
    path = root.layer_path("entities")
    path.write_bytes(path.read_bytes().replace(b'"e1"', b'"e1', 1))
    assert places(root.findings()) == [("SB113", "entities.jsonl", 1, "")]


def test_a_missing_layer_does_not_make_references_dangle(root: Root) -> None:
    root.layer_path("mentions").unlink()
    assert places(root.findings()) == [("SB104", "mentions.jsonl", None, "")]


@pytest.mark.parametrize(
    "file", ["corpus/corpus.yaml", "schemas/scheme.yaml", "seeds/seeds.yaml", "corpus/targets.jsonl"]
)
def test_nothing_is_checked_against_a_file_that_cannot_be_read(root: Root, file: str) -> None:
    root.edit("mentions", 0, level="?")
    (root.path / file).write_text("{", "utf-8")
    assert [finding.file for finding in root.findings()] == [file]


def test_every_file_that_cannot_be_read_is_named(root: Root) -> None:
    for file in ("corpus/corpus.yaml", "corpus/targets.jsonl", "schemas/scheme.yaml", "seeds/seeds.yaml"):
        (root.path / file).unlink()
    expected = [("SB101", "corpus.yaml"), ("SB104", "targets.jsonl"), ("SB102", "scheme.yaml"), ("SB103", "seeds.yaml")]
    assert [(finding.rule, Path(finding.file).name) for finding in root.findings()] == expected


def insert_a_word(root: Root) -> None:
    text = root.records("documents")[0]["text"]
    root.edit("documents", 0, text=f"A {text}")


def test_no_span_is_judged_by_a_text_that_is_not_the_one_annotated(root: Root) -> None:
    root.add_passes()
    spans = root.part().spans.height
    insert_a_word(root)
    first, second = root.findings()
    assert places([first, second]) == [
        ("SB205", "documents.jsonl", 1, "text"),
        ("SB201", "documents.jsonl", 1, "text_sha256"),
    ]
    assert f"so its {spans} spans are not checked, nor are those of passes" in second.what
    assert first.what.startswith('at 0 the text is "A British')
    assert '"British' in first.what


def test_what_has_nothing_to_do_with_the_text_is_found_all_the_same(root: Root) -> None:
    insert_a_word(root)
    root.edit("mentions", 3, level="NAME")
    root.edit("stances", 0, target="nothing")
    found = [finding.rule for finding in root.findings()]
    assert found == ["SB205", "SB201", "SB501", "SB404"]


def test_a_document_beside_one_with_another_text_is_checked(root: Root) -> None:
    add_part(root, PART)
    root.edit("sentences", -1, end=5)
    insert_a_word(root)
    assert {(finding.rule, finding.document) for finding in root.findings()} == {
        ("SB205", DOC),
        ("SB201", DOC),
        ("SB308", PART),
    }


def test_spans_are_judged_where_nobody_would_be_told_why_not(root: Root) -> None:
    insert_a_word(root)
    rules = {finding.rule for finding in check_corpus(root.corpus(), Selection(("SB3",)))}
    assert "SB301" in rules


# Parts


def test_a_sound_corpus_of_several_parts_has_no_findings(root: Root) -> None:
    add_part(root, "2025-03")
    add_part(root, "a-part")
    assert root.corpus().part_names == (PART, "2025-03", "a-part")
    assert root.findings() == []


def test_a_document_of_two_parts_is_found_in_the_later_one(root: Root) -> None:
    add_part(root, "2025-03")
    for layer in ("documents", "sentences"):
        path = root.path / "corpus/2025-03" / f"{layer}.jsonl"
        path.write_bytes(root.layer_path(layer).read_bytes() + path.read_bytes())
    finding = only_finding(root)
    assert (finding.rule, finding.file, finding.line) == ("SB406", "corpus/2025-03/documents.jsonl", 1)
    assert finding.record == DOC
    assert PART in finding.what


def test_a_broken_part_does_not_hide_the_findings_of_another(root: Root) -> None:
    add_part(root, "2025-03")
    root.layer_path("mentions").unlink()
    (root.path / "corpus/2025-03/sentences.jsonl").write_bytes(b"")
    expected = [("SB104", f"corpus/{PART}/mentions.jsonl"), ("SB308", "corpus/2025-03/documents.jsonl")]
    assert [(finding.rule, finding.file) for finding in root.findings()] == expected


def test_a_document_is_known_to_stand_twice_although_its_part_is_broken(root: Root) -> None:
    shutil.copytree(root.path / "corpus" / PART, root.path / "corpus/2025-03")
    root.layer_path("mentions").unlink()
    assert [finding.rule for finding in root.findings()] == ["SB104", "SB406"]


def test_an_empty_corpus_is_found_empty(tmp_path: Path) -> None:
    make_corpus(tmp_path / "new", PROJECT / "schemas/scheme.yaml")
    findings = list(check_corpus(read_corpus(tmp_path / "new")))
    assert places(findings) == [("SB601", "corpus", None, "")]


def test_checking_a_part_gives_its_findings_and_documents(root: Root) -> None:
    root.edit("mentions", 40, text="Kiev")
    result = check_part(root.part(), ERRORS_ALONE)
    assert places(result.findings) == [("SB301", "mentions.jsonl", 41, "text")]
    assert result.documents is not None
    [key] = result.documents.select(DOCUMENT_KEY).iter_rows()
    assert key == (DOC, f"{DOC}.txt", root.records("documents")[0]["text_sha256"])
    again = check_part(root.part(), ERRORS_ALONE)
    assert again.findings == result.findings
    assert again.documents.equals(result.documents)


def test_a_sound_part_has_no_findings(gold: Part) -> None:
    assert check_part(gold).findings == ()
    assert check_part(gold, ERRORS_ALONE).findings == ()


def test_a_part_whose_documents_cannot_be_read_has_none_that_are_known(root: Root) -> None:
    root.layer_path("documents").write_text("{}\n", "utf-8")
    result = check_part(root.part())
    assert {finding.rule for finding in result.findings} == {"SB117"}
    assert result.documents is None


def test_an_empty_part_has_no_documents(root: Root) -> None:
    for layer in root.part().frames:
        root.write(layer, [])
    result = check_part(root.part())
    assert result.findings == ()
    assert result.documents is not None
    assert result.documents.is_empty()


# Severity


def test_decomposed_text_is_a_warning_and_no_error(root: Root) -> None:
    add_part(root, "2025-03", "Cafe\u0301 talks in Kyiv.")
    finding = only_finding(root)
    assert (finding.rule, finding.severity) == ("SB208", "warning")
    assert finding.file == "corpus/2025-03/documents.jsonl"


def test_what_is_likely_wrong_or_does_no_harm_is_a_warning_and_all_else_an_error() -> None:
    warnings = {rule.id for rule in RULES.values() if rule.severity == "warning"}
    unfinished = {"SB508", "SB611", "SB612", "SB613", "SB615", "SB616"}
    texts = {"SB208", "SB210", "SB211", "SB212", "SB213"}
    assert warnings == {*texts, *unfinished, "SB509", *(rule for rule in RULES if rule.startswith("SB7"))}
