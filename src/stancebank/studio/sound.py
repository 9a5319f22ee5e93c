"""What leaves for Label Studio is sound: the server accepts what it then cannot show, or never exports again."""

from __future__ import annotations

from collections.abc import Callable

from stancebank.checks.selection import ERRORS_ALONE
from stancebank.checks.validation import check_corpus
from stancebank.corpus import Corpus
from stancebank.engines import Engine, here
from stancebank.faults import StanceBankError, counted


class UnsoundCorpusError(StanceBankError):
    """The corpus has errors; nothing was sent."""

    exit_code = 1


def require_sound(corpus: Corpus, engine: Engine = here, advance: Callable[[int], None] = lambda _: None) -> None:
    """Nothing where the corpus breaks no rule that finds errors; else UnsoundCorpusError.

    engine, advance: as check_corpus takes them.
    """
    errors = sum(1 for _ in check_corpus(corpus, ERRORS_ALONE, engine, advance))
    if errors:
        what = f"the corpus has {counted(errors, 'error')}, and nothing was sent"
        raise UnsoundCorpusError(what, "run stancebank validate and correct what it finds")
