"""Findings for people and for programs: the same findings, rendered.

Each reporter takes a tally and gives what it has to say piece by piece, each to
be printed with a newline after it. However many findings there are, none keeps
more than a few.
"""

from stancebank.checks.findings import Tally
from stancebank.checks.reporters.as_json import findings_schema, report_json
from stancebank.checks.reporters.as_text import report_text
from stancebank.checks.reporters.github import report_github
from stancebank.checks.reporters.junit import report_junit
from stancebank.checks.reporters.sarif import report_sarif

__all__ = [
    "Tally",
    "findings_schema",
    "report_github",
    "report_json",
    "report_junit",
    "report_sarif",
    "report_text",
]
