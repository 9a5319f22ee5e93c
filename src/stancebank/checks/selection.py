"""Which rules are checked, and which records are excepted from a rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from stancebank.checks import catalogue  # noqa: F401  (registers all rules)
from stancebank.checks.findings import Finding
from stancebank.checks.registry import RULES, Rule, unknown_rules
from stancebank.corpus.corpus import Corpus, Faulty
from stancebank.corpus.settings import RuleException, Validation
from stancebank.faults import StanceBankError, excerpt

# Files that cannot be read, ids that nothing can be joined by, and a selection that selects nothing: always reported.
_ALWAYS = ("SB1", "SB401", "SB802")


@dataclass(frozen=True)
class Selection:
    """Rules by id or the start of ids (SB301, SB3): all of select, or all rules where it is empty, but those of ignore.

    warnings: whether rules that warn are among them. of_pass: whether it is for a pass, which stays
    as it was made, so that of the rules that warn only those of bookkeeping are among them.
    What cannot be read is reported whatever is selected, since nothing else can be
    checked; and so is a selection in corpus.yaml that names no rule.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    warnings: bool = True
    of_pass: bool = False

    def __contains__(self, rule: Rule) -> bool:
        chosen = not self.select or rule.id.startswith(self.select)
        warns = self.warnings and (rule.bookkeeping or not self.of_pass)
        chosen = chosen and not rule.id.startswith(self.ignore) and (warns or rule.severity == "error")
        return chosen or rule.id.startswith(_ALWAYS)


ALL_RULES = Selection()
ERRORS_ALONE = Selection(warnings=False)


def chosen_rules(corpus: Corpus | Faulty, select: Sequence[str] | None, ignore: Sequence[str] | None) -> Selection:
    """The selection of a command line, for what it leaves open that of corpus.yaml.

    Raises StanceBankError where the command line names what no rule's id starts with.
    """
    said = corpus.settings.validation if corpus.settings else Validation()
    chosen = Selection(
        said.select if select is None else _prefixes(select), said.ignore if ignore is None else _prefixes(ignore)
    )
    unknown = unknown_rules([*_prefixes(select or ()), *_prefixes(ignore or ())])
    if unknown:
        raise StanceBankError(f"no rule's id starts with {excerpt(unknown[0])}", "stancebank rule lists them all")
    return chosen


def _prefixes(rules: Sequence[str]) -> tuple[str, ...]:
    """The ids of options that may be given several times or hold several ids with commas between them, in any case."""
    return tuple(prefix.strip().upper() for rule in rules for prefix in rule.split(","))


class Exceptions:
    """The exceptions of a corpus, and which of them have covered a finding.

    complete: whether all files could be read; where one could not, an exception
    may be for what was not checked.
    """

    def __init__(self, exceptions: Sequence[RuleException], selection: Selection) -> None:
        self.complete = True
        self._exceptions = exceptions
        self._places: dict[tuple[str, str | None, str | None, str | None], list[int]] = {}
        for index, each in enumerate(exceptions):
            self._places.setdefault((each.rule, each.document, each.record, each.file), []).append(index)
        self._selection = selection
        self._used: set[int] = set()

    def leave(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """The findings that no exception covers. Only warnings can be covered."""
        for finding in findings:
            if not self.covers(finding.rule, finding.document, finding.record, finding.file):
                yield finding

    def covers(self, rule: str, document: str | None, record: str | None, file: str) -> bool:
        """Whether an exception covers what the rule finds there; those that do count as used."""
        if not self._places or RULES[rule].severity != "warning":
            return False
        keys = {(rule, *place) for place in product((None, document), (None, record), (None, file))}
        covering = {index for key in keys for index in self._places.get(key, ())}
        self._used |= covering
        return bool(covering)

    def excuse(self, places: Iterable[int]) -> None:
        """Count exceptions as used, by their places in the list, whose rule was not tried where they may be needed."""
        self._used.update(places)

    def unused(self) -> tuple[int, ...]:
        """The places in the list of those that covered nothing so far, although their rule was checked."""
        return tuple(
            index
            for index, each in enumerate(self._exceptions)
            if self.complete and index not in self._used and self._warns(each.rule)
        )

    def _warns(self, rule: str) -> bool:
        """Whether this is a rule that warns, and is checked; SB802 speaks of the others."""
        return rule in RULES and RULES[rule].severity == "warning" and RULES[rule] in self._selection
