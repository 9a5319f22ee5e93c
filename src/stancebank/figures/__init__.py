"""Pictures of a corpus, drawn as SVG: one file per picture."""

from stancebank.figures.agreement import agreement_dots
from stancebank.figures.entities import entity_matrix
from stancebank.figures.relations import relation_bars
from stancebank.figures.stances import stance_matrix

__all__ = ["agreement_dots", "entity_matrix", "relation_bars", "stance_matrix"]
