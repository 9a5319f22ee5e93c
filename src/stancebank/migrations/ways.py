"""All steps, and the way that they make from one version of the scheme to another."""

from __future__ import annotations

from collections.abc import Sequence

from stancebank.faults import StanceBankError, excerpt
from stancebank.migrations import v1_0_to_v1_1
from stancebank.migrations.step import Step
from stancebank.scheme import SchemeVersion

STEPS: tuple[Step, ...] = (v1_0_to_v1_1.STEP,)


def way(before: SchemeVersion, after: str, steps: Sequence[Step] = STEPS) -> tuple[Step, ...]:
    """The steps from a version to another, in their order; none where both are the same.

    Raises StanceBankError for a version that nothing leads to or from, or that would lead back.
    """
    known = [steps[0].before, *(step.after for step in steps)]
    if after not in known:
        what = f"no scheme {excerpt(after)} is known; there are {', '.join(known)}"
        raise StanceBankError(what, "name one of them, or leave --to out")
    if before.numbers > SchemeVersion(version=known[-1]).numbers:
        what = f"this corpus has scheme {before.version}; the newest that this StanceBank knows is {known[-1]}"
        raise StanceBankError(what, "install a newer StanceBank")
    if before.version not in known:
        what = f"this corpus has scheme {before.version}, and no migration leads from it; they lead from {known[0]}"
        raise StanceBankError(what, f"change the corpus to scheme {known[0]} by hand, then run it again")
    if known.index(after) < known.index(before.version):
        what = f"this corpus has scheme {before.version}; no migration leads back to {after}"
        raise StanceBankError(what, "take the corpus as it was from git, or from where it was published")
    return tuple(steps[known.index(before.version) : known.index(after)])
