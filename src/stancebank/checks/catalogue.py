"""All rules, and their documentation for people: on a terminal and as a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

# Importing a module of rules registers them.
from stancebank.checks import (  # noqa: F401
    sb1_files,
    sb2_repeated_texts,
    sb2_texts,
    sb3_spans,
    sb4_references,
    sb5_labels,
    sb6_progress,
    sb6_structure,
    sb7_likely_actors,
    sb7_likely_links,
    sb7_likely_spans,
    sb7_likely_words,
    sb8_settings,
)
from stancebank.checks.registry import RULES, Rule
from stancebank.faults import StanceBankError, excerpt


def all_rules() -> tuple[Rule, ...]:
    """Every rule, by id."""
    return tuple(RULES[id] for id in sorted(RULES))


def find_rule(id: str) -> Rule:
    """The rule of that id, in any case. Raises StanceBankError where there is none."""
    if id.upper() not in RULES:
        raise StanceBankError(f"there is no rule {excerpt(id)}", "stancebank rule lists them all")
    return RULES[id.upper()]


def explanation(rule: Rule) -> str:
    """What a rule finds, why it matters, a finding of it and how to correct it, for a terminal."""
    sections = (("Why", rule.why), ("Example", rule.example), ("Fix", rule.fix))
    said = "\n\n".join(f"{title}: {text}" for title, text in sections)
    return f"{rule.id} {rule.name} ({rule.severity})\n\n{rule.finds}\n\n{said}"


def overview() -> Iterator[str]:
    """A line for each rule, under the title of its group."""
    for group, rules in groupby(all_rules(), key=lambda rule: rule.group):
        yield f"{group[0].upper()}{group[1:]}"
        yield from (f"  {rule.id} {rule.severity:<8}{rule.name}" for rule in rules)


def rules_page() -> str:
    """The documentation of all rules as one page of Markdown."""
    rules = all_rules()
    errors = sum(rule.severity == "error" for rule in rules)
    page = [
        "<!-- Written by stancebank generate from the docstrings of the rules; edit those. -->",
        "# Rules",
        f"What `stancebank validate` checks: {errors} rules find errors, {len(rules) - errors} warn. Ids are stable: "
        "a rule that goes leaves its number unused. `stancebank rule SB301` prints an entry; "
        "[tests/invalid](../tests/invalid) has for each rule the files that turn a sound corpus into one that breaks "
        "this rule alone; `python tests/overlays.py SB301 /tmp/SB301` writes it. "
        "[How many likely slips the warnings find](reliability.md#likely-slips) is measured.",
    ]
    for group, members in groupby(rules, key=lambda rule: rule.group):
        page.append(f"## {group[0].upper()}{group[1:]}")
        page += [_entry(rule) for rule in members]
    return "\n\n".join(page) + "\n"


def _entry(rule: Rule) -> str:
    heading = f"### {rule.id} {rule.name}" + (" (warning)" if rule.severity == "warning" else "")
    finds, why, fix = (_markdown(text) for text in (rule.finds, rule.why, rule.fix))
    return f"{heading}\n\n{finds}\n\n*Why:* {why}\n\n```\n{rule.example}\n```\n\n*Fix:* {fix}"


def _markdown(text: str) -> str:
    """Plain text as Markdown that reads the same."""
    return re.sub(r"([\\`*_<>\[\]{}#|])", r"\\\1", text)
