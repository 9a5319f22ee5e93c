"""Pictures of a corpus, drawn as SVG: one file per picture."""

from stancebank.pages.pictures.agreement_picture import agreement_dots
from stancebank.pages.pictures.entity_picture import entity_matrix
from stancebank.pages.pictures.relation_picture import relation_bars
from stancebank.pages.pictures.stance_picture import stance_matrix

__all__ = ["agreement_dots", "entity_matrix", "relation_bars", "stance_matrix"]
