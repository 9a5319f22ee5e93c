"""Findings in SARIF 2.1.0, for code scanning.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from itertools import islice
from typing import Any
from urllib.parse import quote

from stancebank.checks.catalogue import all_rules, explanation
from stancebank.checks.findings import Finding, Tally
from stancebank.checks.registry import Rule
from stancebank.checks.reporters.as_json import items
from stancebank.checks.reporters.github import markdown
from stancebank.faults import counted, printable

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
# GitHub rejects a file with more results in a run.
# https://docs.github.com/en/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit
MOST_RESULTS = 25_000

_SPOOL_BYTES = 1024 * 1024


def report_sarif(findings: Tally, *, prefix: str = "") -> Iterator[str]:
    """One SARIF log with one run: all rules, at most MOST_RESULTS results, errors first, a result a line.

    Where there are more findings, a notification of the run says how many. prefix:
    the corpus root from the root of the repository, as "" or "corpora/news/".
    Raises OSError where no temporary file can be written.
    """
    run = {"tool": {"driver": _driver()}, "columnKind": "unicodeCodePoints"}
    log = json.dumps({"$schema": SCHEMA, "version": "2.1.0"})
    yield f'{log[:-1]}, "runs": [{json.dumps(run)[:-1]}, "results": ['
    results = _errors_first(findings, prefix)
    yield from items(islice(results, MOST_RESULTS))
    for _ in results:
        pass  # so that all are counted
    missing = findings.hidden + max(0, findings.total - findings.hidden - MOST_RESULTS)
    yield f'], "invocations": [{json.dumps(_invocation(missing))}]}}]}}'


def _errors_first(findings: Tally, prefix: str) -> Iterator[object]:
    rules = {rule.id: index for index, rule in enumerate(all_rules())}
    with tempfile.SpooledTemporaryFile(_SPOOL_BYTES, "w+", encoding="utf-8") as warnings:
        for finding in findings:
            result = _result(finding, rules[finding.rule], prefix)
            if finding.severity == "error":
                yield result
            else:
                print(json.dumps(result), file=warnings)
        warnings.seek(0)
        yield from map(json.loads, warnings)


def _driver() -> dict[str, Any]:
    return {
        "name": "StanceBank",
        "semanticVersion": version("stancebank"),
        "rules": [_rule(rule) for rule in all_rules()],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    finds, why, example, fix = (" ".join(text.split()) for text in (rule.finds, rule.why, rule.example, rule.fix))
    sections = (("Why", why), ("Example", example), ("Fix", fix))
    said = [markdown(finds), *(f"**{title}:** {markdown(text)}" for title, text in sections)]
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": finds},
        "fullDescription": {"text": f"{finds} Why: {why}"},
        "help": {"text": explanation(rule), "markdown": "\n\n".join(said)},
        "defaultConfiguration": {"level": rule.severity},
    }


def _result(finding: Finding, index: int, prefix: str) -> dict[str, Any]:
    file = {"uri": quote(prefix + finding.file, errors="surrogatepass"), "uriBaseId": "%SRCROOT%"}
    physical: dict[str, Any] = {"artifactLocation": file}
    at = {"startLine": finding.line, "startColumn": finding.column}
    if finding.line is not None:
        physical["region"] = {key: value for key, value in at.items() if value is not None}
    location: dict[str, Any] = {"physicalLocation": physical}
    if finding.record:
        full = [part for part in (finding.document, finding.record, finding.path) if part]
        logical = {"name": finding.record, "fullyQualifiedName": "/".join(full)}
        location["logicalLocations"] = [{key: printable(name) for key, name in logical.items()}]
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": finding.severity,
        "message": {"text": _message(finding)},
        "locations": [location],
    }


def _message(finding: Finding) -> str:
    """What and fix; "](" would make a link of what the text has in brackets before it."""
    return "\n".join(printable(line).replace("](", "] (") for line in (finding.what, f"fix: {finding.fix}"))


def _invocation(missing: int) -> dict[str, Any]:
    if not missing:
        return {"executionSuccessful": True}
    text = f"and {counted(missing, 'finding')} more, which this file leaves out"
    note = {"level": "warning", "message": {"text": text}}
    return {"executionSuccessful": True, "toolExecutionNotifications": [note]}
