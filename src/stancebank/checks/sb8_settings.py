"""SB8xx: the settings in corpus.yaml for the checks themselves."""

from __future__ import annotations

from collections.abc import Iterator

from stancebank.checks.registry import RULES, Checked, corpus_rule, unknown_rules
from stancebank.corpus.corpus import Corpus
from stancebank.faults import Fault, excerpt
from stancebank.schema.paths import CORPUS_FILE
from stancebank.storage.json_positions import JsonPath, json_path
from stancebank.storage.yaml_files import line_and_column


@corpus_rule("SB801", "exception-unused")
def exception_unused(corpus: Corpus, checked: Checked) -> Iterator[Fault]:
    """An exception in corpus.yaml covers no finding.

    Why: the finding was corrected or has moved; if the exception stays, it hides the next mistake there.
    Example: corpus/corpus.yaml:11:7 SB208 finds nothing there that the exception could cover
    Fix: remove it, or correct its document, record or file.
    """
    for index in checked.unused_exceptions():
        rule = corpus.settings.validation.exceptions[index].rule
        yield _fault(
            corpus,
            ("validation", "exceptions", index),
            f"{rule} finds nothing there that the exception could cover",
            "remove it, or correct its document, record or file",
        )


@corpus_rule("SB802", "rule-not-selectable")
def rule_not_selectable(corpus: Corpus, _: Checked) -> Iterator[Fault]:
    """corpus.yaml selects or ignores a rule that does not exist, or makes an exception for an error.

    Why: a misspelt id checks less than intended. Errors cannot be excepted, since builds rely on their absence.
    Example: corpus/corpus.yaml:10:19 no rule's id starts with "SB999"
    Fix: correct the id (stancebank rule lists them), or correct what the error reports.
    """
    validation = corpus.settings.validation
    for key in ("select", "ignore"):
        for index, rule in enumerate(getattr(validation, key)):
            if unknown_rules([rule]):
                what = f"no rule's id starts with {excerpt(rule)}"
                yield _fault(corpus, ("validation", key, index), what, "correct the id")
    for index, exception in enumerate(validation.exceptions):
        path = ("validation", "exceptions", index, "rule")
        if exception.rule not in RULES:
            yield _fault(corpus, path, f"there is no rule {excerpt(exception.rule)}", "correct the id")
        elif RULES[exception.rule].severity == "error":
            what = f"{exception.rule} reports errors, which cannot be excepted"
            yield _fault(corpus, path, what, "correct what it reports, and remove the exception")


def _fault(corpus: Corpus, path: JsonPath, what: str, fix: str) -> Fault:
    line, column = line_and_column(corpus.root, CORPUS_FILE, path)
    return Fault("corpus", CORPUS_FILE, what, fix, line, column, json_path(path))
