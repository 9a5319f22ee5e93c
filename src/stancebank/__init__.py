"""StanceBank: political news annotated with entities, relations, attributions and stances."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stancebank.checks.findings import Finding, UnsoundCorpusError
    from stancebank.faults import StanceBankError
    from stancebank.interface import schemas
    from stancebank.interface.annotator_pass import Pass
    from stancebank.interface.document import Document
    from stancebank.interface.loading import dataset_path, load
    from stancebank.interface.open_corpus import OpenCorpus, create, open  # noqa: A004  (the name of the function)
    from stancebank.interface.record_kinds import (
        Attribution,
        Classification,
        Entity,
        Mention,
        Relation,
        Sentence,
        Stance,
    )
    from stancebank.interface.shared_records import Actor, Target
    from stancebank.interface.word_places import Span
    from stancebank.scores.scoring import TaskScores, score
    from stancebank.text.quoted_places import Placed, Quotation

__all__ = [
    "Actor",
    "Attribution",
    "Classification",
    "Document",
    "Entity",
    "Finding",
    "Mention",
    "OpenCorpus",
    "Pass",
    "Placed",
    "Quotation",
    "Relation",
    "Sentence",
    "Span",
    "Stance",
    "StanceBankError",
    "Target",
    "TaskScores",
    "UnsoundCorpusError",
    "__version__",
    "create",
    "dataset_path",
    "load",
    "open",
    "schemas",
    "score",
]

_KINDS = ("Attribution", "Classification", "Entity", "Mention", "Relation", "Sentence", "Stance")
_HOMES = {
    **{"Finding": "checks.findings", "UnsoundCorpusError": "checks.findings", "StanceBankError": "faults"},
    **{"OpenCorpus": "interface.open_corpus", "create": "interface.open_corpus", "open": "interface.open_corpus"},
    **{"Document": "interface.document", "Pass": "interface.annotator_pass", "Span": "interface.word_places"},
    **dict.fromkeys(_KINDS, "interface.record_kinds"),
    **dict.fromkeys(("Actor", "Target"), "interface.shared_records"),
    **dict.fromkeys(("Placed", "Quotation"), "text.quoted_places"),
    **dict.fromkeys(("dataset_path", "load"), "interface.loading"),
    **dict.fromkeys(("TaskScores", "score"), "scores.scoring"),
}
"""The module of each name. It is imported when the name is first asked for: until then nothing heavy is loaded."""


def __getattr__(name: str) -> Any:  # noqa: ANN401  (whatever the name is of)
    if name == "schemas":
        return import_module("stancebank.interface.schemas")
    if name in _HOMES:
        return getattr(import_module(f"stancebank.{_HOMES[name]}"), name)
    # Looking the version up takes longer than all else that `stancebank --help` does.
    if name == "__version__":
        from importlib.metadata import version

        return version("stancebank")
    raise AttributeError(f"module 'stancebank' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
