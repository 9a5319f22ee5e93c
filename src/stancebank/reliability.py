"""How far the registered passes agree: a few main figures, what they must reach, and what others reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from stancebank.corpus import Corpus, require_readable


@dataclass(frozen=True, slots=True)
class Anchor:
    """What the annotators of a published corpus reached. corpus: its name. number: of the same figure there."""

    corpus: str
    number: str

    @property
    def value(self) -> float:
        """The number as one; the text has its digits."""
        return float(self.number)


@dataclass(frozen=True, slots=True)
class MainFigure:
    """A figure that stands for a layer.

    layer, name: as stancebank agree prints them. least: below it the guidelines are
    not clear enough; None where nothing is asked. anchor: None where no published
    value was recomputed.
    """

    layer: str
    name: str
    least: float | None = None
    anchor: Anchor | None = None


# PolNeAR (Newell, Margolin and Ruths 2018) and GWSD (Luo, Card and Jurafsky 2020): recomputed from their public files
# when this project was planned.
POLNEAR, GWSD = "PolNeAR", "GWSD"
ANCHORS_ARE = {
    POLNEAR: "attributions in political news, on its training articles",
    GWSD: "stances on global warming, nominal alpha of 8 raters",
}
MAIN_FIGURES = (
    MainFigure("entities", "CoNLL average", least=0.85),
    MainFigure("mentions", "span, exact", least=0.90),
    MainFigure("relations", "with modality", least=0.80),
    MainFigure("attributions", "source, exact", anchor=Anchor(POLNEAR, "0.78")),
    MainFigure("attributions", "cue, exact", anchor=Anchor(POLNEAR, "0.70")),
    MainFigure("attributions", "content, exact", anchor=Anchor(POLNEAR, "0.66")),
    MainFigure("attributions", "token role, alpha", anchor=Anchor(POLNEAR, "0.754")),
    MainFigure("stances", "holder, target and label, per document", least=0.80),
    MainFigure("stances", "label, nominal alpha, per document", anchor=Anchor(GWSD, "0.33")),
)


@dataclass(frozen=True, slots=True)
class PairOfPasses:
    """Two passes over the same parts. values: of the main figures, in their order; None where one is undefined."""

    a: str
    b: str
    values: tuple[float | None, ...]


def pairs_of_passes(corpus: Corpus) -> tuple[PairOfPasses, ...]:
    """Every two registered passes with a part in common, compared; empty where there are fewer than two.

    Raises StanceBankError where a pass cannot be read or the extras agreement and tokens are missing.
    """
    assert corpus.register is not None
    registered = [annotator for annotator in corpus.annotators if annotator in corpus.register.by_id]
    return tuple(
        PairOfPasses(a, b, _values(corpus, a, b))
        for a, b in combinations(registered, 2)
        if set(corpus.pass_parts(a)) & set(corpus.pass_parts(b))
    )


def lowest(pairs: Sequence[PairOfPasses], index: int) -> float | None:
    """The lowest value of a main figure in any pair; None where it is undefined in all."""
    values = [pair.values[index] for pair in pairs]
    return min((value for value in values if value is not None), default=None)


def _values(corpus: Corpus, a: str, b: str) -> tuple[float | None, ...]:
    from stancebank.agreement.report import agreement
    from stancebank.agreement.sources import read_annotations

    require_readable(corpus.faults)
    first, second = read_annotations(corpus, [a, b])
    found = {(f.layer, f.name): f.value for f in agreement(first, second)}
    return tuple(found[main.layer, main.name] for main in MAIN_FIGURES)
