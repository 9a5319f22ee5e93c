"""stancebank rule: the documentation of the checks on a terminal."""

from __future__ import annotations

import re
from collections.abc import Callable
from subprocess import CompletedProcess

import pytest
from typer.testing import CliRunner

from stancebank.checks.catalogue import all_rules, find_rule
from stancebank.checks.registry import RULES
from stancebank.commands import app
from stancebank.faults import StanceBankError

Run = Callable[..., CompletedProcess[str]]


def said(*arguments: str) -> str:
    """What a command that ends well prints."""
    result = CliRunner().invoke(app, [*arguments], catch_exceptions=False)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


@pytest.mark.deep("inputs", quick=8)
@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_a_rule_is_explained_in_full(rule) -> None:
    text = said("rule", rule.id)
    assert text.startswith(f"{rule.id} {rule.name} ({rule.severity})\n\n{rule.finds}\n\n")
    assert [line.partition(":")[0] for line in text.splitlines() if re.match(r"(Why|Example|Fix):", line)] == [
        "Why",
        "Example",
        "Fix",
    ]
    assert all(part in text for part in (rule.why, rule.example, rule.fix))


@pytest.mark.parametrize("id", ["sb301", "Sb301", "sB301"])
def test_an_id_may_be_written_in_any_case(id: str) -> None:
    assert said("rule", id) == said("rule", "SB301")


@pytest.mark.parametrize("id", ["SB999", "SB30", "SB3011", "301", "", " ", "span-text-mismatch", "SB301\n"])
def test_an_unknown_rule_is_refused(id: str) -> None:
    with pytest.raises(StanceBankError) as error:
        find_rule(id)
    assert "there is no rule" in error.value.what
    assert "stancebank rule lists" in error.value.fix


def test_an_unknown_rule_is_one_message_and_exit_code_2(cli: Run) -> None:
    done = cli("rule", "SB\x1b[31m999")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == 'stancebank: there is no rule "SB\\x1b[31m999"\n  fix: stancebank rule lists them all\n'


def test_all_rules_are_listed_by_id_with_severity_and_name() -> None:
    listed = re.findall(r"^  (SB\d{3}) (error|warning) +(\S+)$", said("rule"), re.MULTILINE)
    assert listed == [(rule.id, rule.severity, rule.name) for rule in all_rules()]
    assert [id for id, *_ in listed] == sorted(RULES)


def test_each_group_has_its_title_once() -> None:
    lines = said("rule").splitlines()
    titles = [line for line in lines if not line.startswith("  ")]
    assert len(titles) == len(set(titles)) == len({rule.id[:3] for rule in all_rules()})
    assert "Likely mistakes" in titles
    assert len(lines) == len(titles) + len(RULES)


def test_rules_need_no_corpus(cli: Run) -> None:
    done = cli("rule")
    assert (done.returncode, done.stderr) == (0, "")
    assert "  SB301 error   span-text-mismatch\n" in done.stdout


def test_wrong_usage_is_refused() -> None:
    for arguments in (["rule", "SB301", "SB302"], ["rules", "SB3"], ["rule", "--all"]):
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 2
        assert "Usage" in result.stderr


def test_the_old_name_of_the_list_says_the_new_one(cli: Run) -> None:
    done = cli("rules")
    assert (done.returncode, done.stdout) == (0, said("rule"))
    assert done.stderr.endswith("  fix: use stancebank rule\n")
