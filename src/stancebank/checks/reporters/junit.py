"""Findings as JUnit XML, for the test reports of GitLab and others.

https://docs.gitlab.com/ci/testing/unit_test_reports
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby

from stancebank.checks.findings import Finding, Tally
from stancebank.checks.reporters.as_text import block
from stancebank.faults import counted, printable

_SUITE = "stancebank validate"
_SPOOL_BYTES = 1024 * 1024


def report_junit(findings: Tally, *, prefix: str = "", strict: bool = False) -> Iterator[str]:
    """One suite with a test case for each finding, or one that passes where there are none.

    An error is a failure. A warning is a skipped test, the one state besides
    failure whose text GitLab shows; with strict it is a failure too. prefix: the
    corpus root from the root of the repository, as "" or "corpora/news/". ASCII, and
    without the characters that XML forbids. GitLab takes files of less than 30 MB,
    which is some 50,000 findings. Raises OSError where no temporary file can be written.
    """
    outcomes: Counter[str] = Counter()
    with tempfile.SpooledTemporaryFile(_SPOOL_BYTES, "w+", encoding="ascii") as cases:
        for case, outcome in _cases(findings, prefix, strict):
            outcomes[outcome] += 1
            print(case, file=cases)
        counts = {
            "tests": outcomes.total(),
            "failures": outcomes["failure"],
            "errors": 0,
            "skipped": outcomes["skipped"],
            "time": 0,
        }
        attributes = _attributes(name=_SUITE, **counts)
        yield '<?xml version="1.0" encoding="utf-8"?>'
        yield f"<testsuites{attributes}>\n<testsuite{attributes}>"
        cases.seek(0)
        yield from (line.rstrip("\n") for line in cases)
        yield "</testsuite>\n</testsuites>"


def _cases(findings: Tally, prefix: str, strict: bool) -> Iterator[tuple[str, str]]:
    """Each test case, and whether it is a failure, skipped or passes.

    Of cases with one name GitLab shows only the first, so that those on one place are numbered.
    """
    failed = 0
    for _, here in groupby(findings, key=lambda finding: (finding.file, finding.line)):
        names: Counter[str] = Counter()
        for finding in here:
            name = _name(finding)
            names[name] += 1
            name += f" ({names[name]})" if names[name] > 1 else ""
            outcome = _outcome(finding.severity, strict)
            failed += outcome == "failure"
            at = {"classname": prefix + finding.file, "name": name, "file": prefix + finding.file, "line": finding.line}
            text = "\n".join(block(finding))
            yield _case(at, outcome, finding.severity, finding.what, text), outcome
    if findings.hidden:
        all_failures = findings.errors + (findings.warnings if strict else 0)
        severity = "error" if all_failures > failed else "warning"
        outcome = _outcome(severity, strict)
        text = f"and {counted(findings.hidden, 'finding')} more"
        yield _case({"classname": _SUITE, "name": text}, outcome, severity, text, f"{text}; all: {findings}"), outcome
    elif not findings.total:
        yield f"<testcase{_attributes(classname=_SUITE, name=str(findings), time=0)}/>", "passed"


def _name(finding: Finding) -> str:
    place = ":".join(str(at) for at in (finding.line, finding.column) if at is not None)
    return " ".join(part for part in (finding.rule, finding.name, place, finding.record) if part)


def _outcome(severity: str, strict: bool) -> str:
    return "failure" if severity == "error" or strict else "skipped"


def _case(at: Mapping[str, object], outcome: str, type: str, message: str, text: str) -> str:
    from xml.sax.saxutils import escape  # which loads what fetches pages

    inside = f"<{outcome}{_attributes(type=type, message=message)}>{_ascii(escape(text))}</{outcome}>"
    return f"<testcase{_attributes(**at, time=0)}>{inside}</testcase>"


def _attributes(**values: object) -> str:
    from xml.sax.saxutils import quoteattr

    given = {key: quoteattr(printable(str(value))) for key, value in values.items() if value is not None}
    return _ascii("".join(f" {key}={value}" for key, value in given.items()))


def _ascii(text: str) -> str:
    return text.encode("ascii", "xmlcharrefreplace").decode()
