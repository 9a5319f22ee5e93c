"""Which rules are checked and which findings are meant: on the command line and in corpus.yaml."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from typing import Any

import pytest

from conftest import DOC, PART, Root, places
from stancebank.checks.catalogue import all_rules
from stancebank.checks.findings import Finding
from stancebank.checks.registry import RULES
from stancebank.checks.selection import ALL_RULES, ERRORS_ALONE, Exceptions, Selection, chosen_rules
from stancebank.checks.validation import check_corpus
from stancebank.corpus.corpus import read_corpus
from stancebank.corpus.settings import RuleException
from stancebank.faults import StanceBankError

MENTIONS = f"corpus/{PART}/mentions.jsonl"
OTHER = "another-document"
READING = {rule for rule in RULES if rule.startswith("SB1")}
ALWAYS = READING | {"SB401", "SB802"}


@pytest.fixture
def root(root: Root) -> Root:
    """The project's corpus with a warning that is meant, SB714 in e58."""
    root.add_meant_warning()
    return root


def chosen(selection: Selection) -> set[str]:
    return {rule.id for rule in all_rules() if rule in selection}


def of_hundred(*hundreds: int) -> set[str]:
    return {rule for rule in RULES if int(rule[2:]) // 100 in hundreds}


def configure(root: Root, validation: str) -> None:
    """Say this under validation in corpus.yaml and nothing else, indented by two."""
    file = root.path / "corpus/corpus.yaml"
    kept = file.read_text("utf-8").partition("validation:\n")[0]
    lines = "".join(f"  {line}\n" for line in validation.splitlines())
    file.write_text(f"{kept}validation:\n{lines}", "utf-8")


def blank(root: Root, row: int) -> str:
    """Let a mention start with the blank in front of it, which SB701 warns of; gives the mention's id."""
    record = root.records("mentions")[row]
    root.edit("mentions", row, start=record["start"] - 1, text=f" {record['text']}")
    return record["mention_id"]


def misspell(root: Root) -> None:
    """An error in m41: SB301."""
    root.edit("mentions", 40, text="Kiev")


def with_another_document(root: Root) -> None:
    """Add a part that repeats the project's document under another id, with its warning."""
    copy = root.path / "corpus/2025-03"
    shutil.copytree(root.path / "corpus" / PART, copy)
    for file in copy.iterdir():
        file.write_bytes(file.read_bytes().replace(DOC.encode(), OTHER.encode()))
    shutil.copy(root.path / f"seeds/{DOC}.txt", root.path / f"seeds/{OTHER}.txt")
    register = root.path / "seeds/seeds.yaml"
    entry = register.read_text("utf-8").partition("seeds:\n")[2]
    register.write_text(register.read_text("utf-8") + entry.replace(DOC, OTHER), "utf-8")


def check(root: Root, selection: Selection | None = None) -> list[Finding]:
    """The findings of a selection, without one of what corpus.yaml says; but not that a copied text repeats."""
    corpus = read_corpus(root.path)
    findings = check_corpus(corpus, selection or chosen_rules(corpus, None, None))
    return [finding for finding in findings if finding.rule != "SB211"]


def found(findings: Sequence[Finding]) -> list[tuple[str, str | None, str | None]]:
    return [(finding.rule, finding.document, finding.record) for finding in findings]


def at(root: Root, finding: Finding) -> str:
    """What corpus.yaml reads at the finding's line and column."""
    assert finding.file == "corpus/corpus.yaml"
    assert finding.line is not None
    assert finding.column is not None
    return (root.path / finding.file).read_text("utf-8").split("\n")[finding.line - 1][finding.column - 1 :]


# Selections


def test_without_a_selection_all_rules_are_checked() -> None:
    assert chosen(ALL_RULES) == chosen(Selection()) == set(RULES)


def test_errors_alone_are_checked_where_a_dataset_is_built() -> None:
    assert chosen(ERRORS_ALONE) == {rule.id for rule in all_rules() if rule.severity == "error"}


@pytest.mark.parametrize(
    ("select", "ignore", "expected"),
    [
        (["SB301"], [], {"SB301"}),
        (["SB3"], [], of_hundred(3)),
        (["SB30"], [], {rule for rule in RULES if rule.startswith("SB30")}),
        (["SB301", "SB6"], [], {"SB301"} | of_hundred(6)),
        (["SB"], [], set(RULES)),
        ([], ["SB7"], set(RULES) - of_hundred(7)),
        (["SB3"], ["SB301"], of_hundred(3) - {"SB301"}),
        (["SB301"], ["SB3"], set()),
        (["SB301"], ["SB301"], set()),
        (["SB3", "SB301"], ["SB301"], of_hundred(3) - {"SB301"}),
        ([], ["SB"], set()),
        (["SB7"], ["SB1", "SB802"], of_hundred(7)),
    ],
)
def test_rules_are_chosen_by_id_and_by_prefix_and_ignoring_beats_selecting(
    select: list[str], ignore: list[str], expected: set[str]
) -> None:
    assert chosen(Selection(tuple(select), tuple(ignore))) == expected | ALWAYS


@pytest.mark.parametrize("selection", [Selection(select=("SB603",)), Selection(ignore=("SB",))])
def test_what_cannot_be_read_is_reported_whatever_is_selected(root: Root, selection: Selection) -> None:
    path = root.layer_path("stances")
    path.write_bytes(path.read_bytes()[:-1])
    assert places(check(root, selection)) == [("SB112", "stances.jsonl", 23, "")]


def test_only_what_is_selected_is_found(root: Root) -> None:
    misspell(root)
    blank(root, 14)
    assert [rule for rule, *_ in found(check(root, Selection(select=("SB3",))))] == ["SB301"]
    assert [rule for rule, *_ in found(check(root, Selection(select=("SB7",))))] == ["SB701"]
    assert found(check(root, Selection(ignore=("SB3", "SB701")))) == []


# The command line's selection and that of corpus.yaml


def test_the_command_line_beats_corpus_yaml_option_by_option(root: Root) -> None:
    configure(root, "select: [SB3, SB6]\nignore: [SB603]")
    corpus = root.corpus()
    assert chosen_rules(corpus, None, None) == Selection(("SB3", "SB6"), ("SB603",))
    assert chosen_rules(corpus, ["SB301"], None) == Selection(("SB301",), ("SB603",))
    assert chosen_rules(corpus, None, ["SB3"]) == Selection(("SB3", "SB6"), ("SB3",))
    assert chosen_rules(corpus, ["SB7"], ["SB701"]) == Selection(("SB7",), ("SB701",))


def test_without_settings_all_rules_are_chosen(root: Root) -> None:
    (root.path / "corpus/corpus.yaml").write_text("{")
    assert chosen_rules(root.corpus(), None, None) == ALL_RULES


def test_corpus_yaml_selects(root: Root) -> None:
    misspell(root)
    blank(root, 14)
    configure(root, "select: [SB7]\nignore: [SB714]")
    assert [rule for rule, *_ in found(check(root))] == ["SB701"]


@pytest.mark.parametrize(
    "unknown",
    ["SB999", "SB9", "E501", "", " ", ",", "SB301,", "SB301,SB999", "301", "SB3011", "SB3*", "\x1b[2J", "span"],
)
def test_a_misspelt_id_on_the_command_line_is_refused(root: Root, unknown: str) -> None:
    for select, ignore in ((["SB3", unknown], None), (None, [unknown])):
        with pytest.raises(StanceBankError) as error:
            chosen_rules(root.corpus(), select, ignore)
        assert "no rule's id starts with" in str(error.value)
        assert "stancebank rule lists" in error.value.fix
        assert "\x1b" not in str(error.value)


def test_a_misspelt_id_is_named(root: Root) -> None:
    with pytest.raises(StanceBankError, match='"SB999"'):
        chosen_rules(root.corpus(), ["SB301", "SB999"], None)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["sb301"], ("SB301",)),
        (["Sb3", "sB6"], ("SB3", "SB6")),
        (["SB3,SB6"], ("SB3", "SB6")),
        (["SB3, sb603 ", "SB5"], ("SB3", "SB603", "SB5")),
    ],
)
def test_options_take_ids_in_any_case_and_several_with_commas(
    root: Root, options: list[str], expected: tuple[str, ...]
) -> None:
    assert chosen_rules(root.corpus(), options, None) == Selection(select=expected)
    assert chosen_rules(root.corpus(), None, options) == Selection(ignore=expected)


@pytest.mark.parametrize(
    ("validation", "marked"),
    [
        ("select: [SB3, SB999]", "SB999]"),
        ("ignore: [SB999, SB3]", "SB999, SB3]"),
        ("ignore:\n  - SB701\n  - E501", "E501"),
        ("select:\n- SB7\n- SB9", "SB9"),
        ('ignore: [""]', '""]'),
        ("ignore: [sb714, SB714]", "sb714, SB714]"),
        ('ignore: ["SB714,SB301", SB714]', '"SB714,SB301", SB714]'),
        ("select: [SB301]\nignore: [SB301, SB999]", "SB999]"),
        ("select: [SB999]\nignore: [SB8]", "SB999]"),
        ("ignore: [SB802, SB999]", "SB999]"),
    ],
)
def test_a_misspelt_id_in_corpus_yaml_is_found_at_its_place(root: Root, validation: str, marked: str) -> None:
    configure(root, validation)
    [finding] = [finding for finding in check(root) if finding.rule != "SB714"]
    assert (finding.rule, finding.severity) == ("SB802", "error")
    assert at(root, finding) == marked
    [finding] = check(root, Selection(select=("SB301",)))
    assert at(root, finding) == marked


def test_every_misspelt_id_in_corpus_yaml_is_found(root: Root) -> None:
    configure(root, "select: [SB998, SB3, SB999]\nignore: [SB997]")
    assert [at(root, finding) for finding in check(root)] == ["SB998, SB3, SB999]", "SB999]", "SB997]"]


def test_a_misspelt_id_that_stands_twice_is_found_in_both_places(root: Root) -> None:
    configure(root, "select: [SB999, SB3, SB999]")
    assert [at(root, finding) for finding in check(root)] == ["SB999, SB3, SB999]", "SB999]"]


@pytest.mark.parametrize(
    ("validation", "path"),
    [
        ("select: SB301", "validation.select"),
        ("selct: [SB301]", "validation.selct"),
        ("select: [[SB301]]", "validation.select[0]"),
        ("strict: perhaps", "validation.strict"),
        ("max: -1", "validation.max"),
        ("max: many", "validation.max"),
        ("max: 1.5", "validation.max"),
        ("exceptions: none", "validation.exceptions"),
        ("exceptions: [SB701]", "validation.exceptions[0]"),
    ],
)
def test_settings_that_say_nothing_that_can_be_done_are_found(root: Root, validation: str, path: str) -> None:
    configure(root, validation)
    [finding] = check(root)
    assert (finding.rule, finding.path) == ("SB101", f"$.{path}")
    assert finding.line is not None


@pytest.mark.parametrize("validation", ["select: []", "{}", "max: 0", "strict: true", "exceptions: []"])
def test_settings_that_leave_all_rules_are_sound(root: Root, validation: str) -> None:
    configure(root, validation)
    assert [rule for rule, *_ in found(check(root))] == ["SB714"]


def test_an_empty_validation_is_sound_or_found_but_does_not_end_in_an_error(root: Root) -> None:
    configure(root, "")
    assert {finding.rule for finding in check(root)} <= {"SB101", "SB714"}


# Exceptions


def excepting(root: Root, *entries: str, before: str = "ignore: [SB714]\n") -> None:
    """Write these exceptions, each as the inside of {...}; SB714 is left out unless before says otherwise."""
    configure(root, f"{before}exceptions:\n" + "".join(f"  - {{{entry}}}\n" for entry in entries))


@pytest.mark.parametrize(
    "place",
    [
        "record: m15",
        f"document: {DOC}",
        f"file: {MENTIONS}",
        f"document: {DOC}, record: m15",
        f"document: {DOC}, record: m15, file: {MENTIONS}",
    ],
)
def test_an_exception_covers_a_warning(root: Root, place: str) -> None:
    assert blank(root, 14) == "m15"
    excepting(root, f"rule: SB701, {place}, reason: It is meant.")
    assert found(check(root)) == []


@pytest.mark.parametrize(
    "place",
    [
        "record: m16",
        "record: M15",
        "document: another",
        "file: corpus/2025-02/stances.jsonl",
        "file: mentions.jsonl",
        f"document: {DOC}, record: m16",
        "document: another, record: m15",
        f"record: m15, document: {DOC}, file: corpus/2025-03/mentions.jsonl",
    ],
)
def test_an_exception_for_another_place_covers_nothing_and_is_found(root: Root, place: str) -> None:
    blank(root, 14)
    excepting(root, f"rule: SB701, {place}, reason: It is meant.")
    assert found(check(root)) == [("SB701", DOC, "m15"), ("SB801", None, None)]


def test_an_exception_covers_no_other_rule(root: Root) -> None:
    blank(root, 14)
    excepting(root, "rule: SB702, record: m15, reason: It is meant.")
    assert [rule for rule, *_ in found(check(root))] == ["SB701", "SB801"]


def test_an_exception_covers_every_finding_of_its_place(root: Root) -> None:
    for row in (14, 40):
        blank(root, row)
    excepting(root, f"rule: SB701, file: {MENTIONS}, reason: They are meant.")
    assert found(check(root)) == []


def test_two_exceptions_for_one_finding_are_both_used(root: Root) -> None:
    blank(root, 14)
    excepting(root, "rule: SB701, record: m15, reason: One.", f"rule: SB701, document: {DOC}, reason: Two.")
    assert found(check(root)) == []


def test_each_of_several_exceptions_covers_its_own(root: Root) -> None:
    for row in (14, 40, 31):
        blank(root, row)
    excepting(
        root,
        "rule: SB701, record: m15, reason: One.",
        "rule: SB701, record: m99, reason: None.",
        "rule: SB701, record: m41, reason: Two.",
    )
    findings = check(root)
    assert found(findings) == [("SB701", DOC, "m32"), ("SB801", None, None)]
    assert "rule: SB701, record: m99, reason: None." in at(root, findings[1])


def test_an_unused_exception_is_found_at_its_line_and_column(root: Root) -> None:
    configure(
        root,
        "ignore: [SB714]\nexceptions:\n"
        "  # A comment.\n"
        "  - rule: SB701\n    record: m15\n    reason: One.\n\n"
        "  - record: m41\n    reason: Two.\n    rule: SB702\n",
    )
    first, second = check(root)
    assert (first.rule, first.severity, at(root, first)) == ("SB801", "error", "rule: SB701")
    assert (second.rule, at(root, second)) == ("SB801", "record: m41")
    assert first.path == "$.validation.exceptions[0]"
    assert "SB701" in first.what
    assert "SB702" in second.what


@pytest.mark.parametrize(
    "selection",
    [Selection(select=("SB3", "SB8")), Selection(ignore=("SB701", "SB714")), Selection(ignore=("SB7",)), ERRORS_ALONE],
)
def test_an_exception_from_a_rule_that_was_not_checked_may_well_be_needed(root: Root, selection: Selection) -> None:
    excepting(root, "rule: SB701, record: m15, reason: It is meant.")
    assert found(check(root, selection)) == []


def test_unused_exceptions_can_be_left_out_themselves(root: Root) -> None:
    excepting(root, "rule: SB701, record: m15, reason: It is meant.")
    assert [rule for rule, *_ in found(check(root))] == ["SB801"]
    assert found(check(root, Selection(ignore=("SB714", "SB801")))) == []


def test_an_exception_may_be_for_what_could_not_be_read(root: Root) -> None:
    excepting(root, "rule: SB701, record: m15, reason: It is meant.")
    root.layer_path("stances").write_bytes(b"{\n")
    assert [rule for rule, *_ in found(check(root))] == ["SB113"]


def test_an_exception_may_be_for_what_could_not_be_read_in_any_part(root: Root) -> None:
    with_another_document(root)
    excepting(root, "rule: SB701, record: m15, reason: It is meant.")
    assert [rule for rule, *_ in found(check(root))] == ["SB801"]
    for part in (PART, "2025-03"):
        file = root.path / "corpus" / part / "stances.jsonl"
        sound = file.read_bytes()
        file.write_bytes(b"{\n")
        assert [rule for rule, *_ in found(check(root))] == ["SB113"]
        file.write_bytes(sound)


@pytest.mark.parametrize(
    ("rule", "message"),
    [("SB999", "there is no rule"), ("SB7", "there is no rule"), ("sb701", "there is no rule"), ('""', "no rule")],
)
def test_an_exception_from_no_rule_is_found_at_its_place(root: Root, rule: str, message: str) -> None:
    excepting(root, f"rule: {rule}, record: m15, reason: It is meant.")
    [finding] = check(root)
    assert finding.rule == "SB802"
    assert message in finding.what
    assert at(root, finding).removeprefix("rule: ").startswith(rule)


def test_an_exception_from_an_error_is_found_and_hides_nothing(root: Root) -> None:
    misspell(root)
    excepting(root, "rule: SB301, record: m41, reason: The seed has it so.")
    findings = check(root)
    assert found(findings) == [("SB301", DOC, "m41"), ("SB802", None, None)]
    assert "errors, which cannot be excepted" in findings[1].what
    assert at(root, findings[1]).removeprefix("rule: ").startswith("SB301")


@pytest.mark.deep("inputs", quick=15)
@pytest.mark.parametrize("rule", [rule.id for rule in all_rules() if rule.severity == "error"])
def test_no_error_has_an_exception(root: Root, rule: str) -> None:
    excepting(root, f"rule: {rule}, file: corpus/corpus.yaml, reason: It is meant.")
    assert [rule for rule, *_ in found(check(root, Selection(select=("SB8",))))] == ["SB802"]


def test_an_exception_from_what_cannot_be_read_hides_nothing(root: Root) -> None:
    excepting(root, "rule: SB113, file: corpus/2025-02/stances.jsonl, reason: It is meant.")
    root.layer_path("stances").write_bytes(b"{\n")
    assert [rule for rule, *_ in found(check(root))] == ["SB113", "SB802"]


@pytest.mark.parametrize(
    ("entry", "path"),
    [
        ("rule: SB701, reason: Nowhere.", ""),
        ("rule: SB701, document: null, reason: Nowhere.", ""),
        ("rule: SB701, record: m15", ".reason"),
        ("rule: SB701, record: m15, reason: ''", ".reason"),
        ("record: m15, reason: What?", ".rule"),
        ("rule: SB701, record: m15, line: 15, reason: By line.", ".line"),
        ("rule: [SB701], record: m15, reason: A list.", ".rule"),
    ],
)
def test_an_exception_that_does_not_say_enough_is_found_at_its_line(root: Root, entry: str, path: str) -> None:
    excepting(root, "rule: SB701, record: m15, reason: Sound.", entry)
    findings = check(root)
    assert {finding.rule for finding in findings} == {"SB101"}
    lines = (root.path / "corpus/corpus.yaml").read_text("utf-8").splitlines()
    assert {finding.line for finding in findings} == {lines.index(f"    - {{{entry}}}") + 1}
    assert f"$.validation.exceptions[1]{path}" in {finding.path for finding in findings}


def test_a_reason_of_blanks_is_none(root: Root) -> None:
    excepting(root, "rule: SB701, record: m15, reason: '   '")
    assert [rule for rule, *_ in found(check(root))] == ["SB101"]


# Several documents and parts


def test_a_record_id_means_that_record_in_every_document(root: Root) -> None:
    with_another_document(root)
    excepting(root, "rule: SB714, record: e58, reason: It is meant.", before="")
    assert found(check(root)) == []


@pytest.mark.parametrize(("excepted", "left"), [(DOC, OTHER), (OTHER, DOC)])
def test_an_exception_for_one_document_leaves_the_others(root: Root, excepted: str, left: str) -> None:
    with_another_document(root)
    excepting(root, f"rule: SB714, document: {excepted}, record: e58, reason: It is meant.", before="")
    assert found(check(root)) == [("SB714", left, "e58")]


def test_an_exception_for_a_file_leaves_the_same_file_of_other_parts(root: Root) -> None:
    with_another_document(root)
    excepting(root, "rule: SB714, file: corpus/2025-03/entities.jsonl, reason: It is meant.", before="")
    assert found(check(root)) == [("SB714", DOC, "e58")]


def test_an_exception_that_is_used_in_one_part_alone_is_used(root: Root) -> None:
    with_another_document(root)
    blank(root, 14)
    excepting(root, "rule: SB701, record: m15, reason: It is meant.")
    assert found(check(root)) == []


def test_the_findings_of_settings_stand_behind_those_of_parts(root: Root) -> None:
    misspell(root)
    excepting(root, "rule: SB701, record: m15, reason: It is meant.", "rule: SB999, record: m15, reason: No.")
    assert [rule for rule, *_ in found(check(root))] == ["SB301", "SB801", "SB802"]


# Exceptions by themselves


def warning(**changed: Any) -> Finding:
    place: dict[str, Any] = {"file": "f", "line": 1, "column": 1, "path": "", "document": "d", "record": "r"}
    rule = {"rule": "SB701", "name": "span-with-blanks", "severity": "warning"}
    return Finding(**(rule | place | {"what": "", "fix": ""} | changed))


def exception(**changed: Any) -> RuleException:
    return RuleException(**({"rule": "SB701", "record": "r", "reason": "x"} | changed))


@pytest.mark.parametrize(
    ("finding", "covered"),
    [
        (warning(), True),
        (warning(record="r2"), False),
        (warning(record=None), False),
        (warning(rule="SB702"), False),
        (warning(document=None), True),
    ],
)
def test_what_an_exception_covers(finding: Finding, covered: bool) -> None:
    exceptions = Exceptions([exception()], ALL_RULES)
    assert list(exceptions.leave([finding])) == ([] if covered else [finding])
    assert exceptions.unused() == (() if covered else (0,))


def test_what_is_unused_is_known_as_the_findings_pass() -> None:
    exceptions = Exceptions([exception(), exception(record="s")], ALL_RULES)
    findings = exceptions.leave(iter([warning(), warning(record="t")]))
    assert exceptions.unused() == (0, 1)
    assert next(findings).record == "t"
    assert exceptions.unused() == (1,)
