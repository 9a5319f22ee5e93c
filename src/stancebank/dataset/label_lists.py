"""The closed lists of labels in a built dataset, with their definitions: for its card and for Croissant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from stancebank.schema.column import Category, Column, Kind, ListOf, Record
from stancebank.schema.labels import Label
from stancebank.schema.scheme import Scheme
from stancebank.views.registry import View


@dataclass(frozen=True, slots=True)
class LabelList:
    """A list of labels in order.

    name: of the vocabulary, or of the view and column that alone has the list. definitions: of its labels, by name,
    where there are any. columns: where it is used, each as view.column.
    """

    name: str
    labels: tuple[str, ...]
    definitions: dict[str, str]
    columns: list[str] = field(default_factory=list)


def label_lists(views: Iterable[View], scheme: Scheme) -> list[LabelList]:
    """The lists of labels that columns of the views have: those of the scheme first, in its order."""
    found = {
        name: LabelList(name, scheme.names(name), _definitions(labels)) for name, labels in scheme.vocabularies.items()
    }
    by_labels = {each.labels: name for name, each in reversed(found.items())}
    for view in views:
        for path, column in _leaves(view.columns):
            where = f"{view.name}.{path}"
            vocabulary = column.vocabulary
            category = _category(column.kind)
            if vocabulary is None and category is not None:
                labels = tuple(category.names(scheme))
                vocabulary = by_labels.setdefault(labels, where)
                found.setdefault(vocabulary, LabelList(where, labels, {}))
            if vocabulary in found:
                found[vocabulary].columns.append(where)
    return [each for each in found.values() if each.columns]


def list_of(column: Column, lists: Iterable[LabelList], scheme: Scheme) -> LabelList | None:
    """The list of labels that a column of a view has; None for one without labels."""
    category = _category(column.kind)
    labels = None if category is None else tuple(category.names(scheme))
    return next((each for each in lists if column.vocabulary == each.name or each.labels == labels), None)


def _definitions(labels: Iterable[Label]) -> dict[str, str]:
    return {label.name: label.definition for label in labels if label.definition}


def _category(kind: Kind) -> Category | None:
    while isinstance(kind, ListOf):
        kind = kind.item
    return kind if isinstance(kind, Category) else None


def _leaves(columns: Iterable[Column], within: str = "") -> Iterator[tuple[str, Column]]:
    """The columns that hold no records, nested ones by their path."""
    for column in columns:
        kind = column.kind
        while isinstance(kind, ListOf):
            kind = kind.item
        if isinstance(kind, Record):
            yield from _leaves(kind.columns, f"{within}{column.name}.")
        else:
            yield f"{within}{column.name}", column
