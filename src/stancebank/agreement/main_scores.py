"""How far the registered passes agree: a few main scores, what they must reach, and what others reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from stancebank.agreement.agreement_scores import agreement
from stancebank.agreement.annotation import done_by_all, made_from, read_annotations
from stancebank.corpus.corpus import Corpus


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
class MainScore:
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
MAIN_SCORES = (
    MainScore("entities", "CoNLL average", least=0.85),
    MainScore("mentions", "span, exact", least=0.90),
    MainScore("relations", "with modality", least=0.80),
    MainScore("attributions", "source, exact", anchor=Anchor(POLNEAR, "0.78")),
    MainScore("attributions", "cue, exact", anchor=Anchor(POLNEAR, "0.70")),
    MainScore("attributions", "content, exact", anchor=Anchor(POLNEAR, "0.66")),
    MainScore("attributions", "token role, alpha", anchor=Anchor(POLNEAR, "0.754")),
    MainScore("stances", "holder, target and label, per document", least=0.80),
    MainScore("stances", "label, nominal alpha, per document", anchor=Anchor(GWSD, "0.33")),
)


@dataclass(frozen=True, slots=True)
class PairOfPasses:
    """Two passes over the same documents.

    values: of the main figures, in their order; None where one is undefined. documents: how many
    both have done in the layer of each. made_from: what one of the two was made from, other than
    a blank text, so that they are not independent.
    """

    a: str
    b: str
    values: tuple[float | None, ...]
    documents: tuple[int, ...]
    made_from: tuple[str, ...] = ()


def pairs_of_passes(corpus: Corpus) -> tuple[PairOfPasses, ...]:
    """Every two registered passes with a document that both have done, compared.

    Raises StanceBankError where a pass cannot be read or the extras agreement and tokens are missing.
    """
    registered = [annotator for annotator in corpus.annotators if annotator in corpus.register.by_id]
    pairs = [
        _pair(corpus, a, b)
        for a, b in combinations(registered, 2)
        if set(corpus.pass_parts(a)) & set(corpus.pass_parts(b))
    ]
    return tuple(pair for pair in pairs if any(pair.documents))


def lowest(pairs: Sequence[PairOfPasses], index: int) -> float | None:
    """The lowest value of a main figure in any pair; None where it is undefined in all."""
    values = [pair.values[index] for pair in pairs]
    return min((value for value in values if value is not None), default=None)


def _pair(corpus: Corpus, a: str, b: str) -> PairOfPasses:
    first, second = parts = read_annotations(corpus, [a, b])
    found = {(f.layer, f.name): f.value for f in agreement(first, second)}
    values = tuple(found.get((main.layer, main.name)) for main in MAIN_SCORES)
    documents = done_by_all(parts)
    origins = dict.fromkeys(origin for part in parts for origin in made_from(part, documents))
    return PairOfPasses(a, b, values, tuple(len(documents.get(main.layer, ())) for main in MAIN_SCORES), tuple(origins))
