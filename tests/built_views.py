"""The views that a build of the project's corpus has, by name."""

from __future__ import annotations

from stancebank.views.registry import VIEWS as ALL_VIEWS

VIEWS = {name: view for name, view in ALL_VIEWS.items() if name != "actors"}  # which the corpus has none of
