"""Every rule finds what it is for, at its place, and nothing else."""

from __future__ import annotations

import json
import re

import pytest
from breakages import BREAKAGES, Breakage, reads_at

from conftest import Record, Root, places
from stancebank.checks.registry import RULES, Rule
from stancebank.schema.layers import LAYERS
from strategies import ACTORS


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_rule_is_documented_and_well_named(rule: Rule) -> None:
    assert all((rule.group, rule.finds, rule.why, rule.example, rule.fix))
    assert re.fullmatch(r"SB\d{3}", rule.id)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)


def test_no_two_rules_share_a_name() -> None:
    names = [rule.name for rule in RULES.values()]
    assert sorted(names) == sorted(set(names))


@pytest.mark.deep("inputs", quick=25)
@pytest.mark.parametrize("breakage", BREAKAGES, ids=str)
def test_a_breakage_is_found_at_its_place_and_nothing_else(root: Root, breakage: Breakage) -> None:
    breakage.change(root)
    findings = root.findings()
    assert sorted(places(findings)) == sorted([breakage.place, *breakage.also])
    found = findings[places(findings).index(breakage.place)]
    if breakage.at is None:
        assert found.column is None
    else:
        assert reads_at(root, found).startswith(breakage.at)


def test_a_sound_corpus_has_no_findings(root: Root) -> None:
    assert root.findings() == []


def test_two_records_on_a_line_do_not_make_up_for_a_line_without_one(root: Root) -> None:
    root.change_lines("mentions", lambda lines: lines.insert(0, lines.pop(0).rstrip(b"\n")))
    root.change_lines("mentions", lambda lines: lines.insert(1, b" \n"))
    assert places(root.findings()) == [("SB113", "mentions.jsonl", 1, ""), ("SB111", "mentions.jsonl", 2, "")]


@pytest.mark.parametrize("form", ["{}\n", "\t{} \n"], ids=["as one block", "with blanks around"])
def test_the_form_of_a_line_is_free(root: Root, form: str) -> None:
    root.write("actors", ACTORS)
    for layer in LAYERS:
        lines = [form.format(rewritten(record)) for record in root.records(layer)]
        root.layer_path(layer).write_text("".join(lines), "utf-8", newline="\n")
    assert root.findings() == []


def rewritten(record: Record) -> str:
    """A record with its keys in another order, blanks between tokens, and escapes in keys and values."""
    line = json.dumps(dict(reversed(record.items())), separators=(" ,\t", " : "))
    return line.replace('_id"', '_\\u0069d"').replace("Ukraine", "\\u0055kraine").replace("/", "\\/")
