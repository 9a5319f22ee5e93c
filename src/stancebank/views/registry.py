"""All views: the configs of the built dataset, in the order in which the card lists them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from types import MappingProxyType

import polars as pl

from stancebank.corpus.part import Part
from stancebank.corpus.states import done
from stancebank.schema.column import Category, Column, ListOf, Record
from stancebank.schema.layers import DOCUMENTS, KNOWN_LAYERS, Layer
from stancebank.schema.scheme import Scheme
from stancebank.schema.scheme_layers import ALL_LAYERS, Layers
from stancebank.text.docstrings import docstring
from stancebank.views.documents import columns as document_columns
from stancebank.views.names import TASK_VIEWS, TOKEN_VIEWS

DEFAULT = "documents"
_JOINS = "joins and statistics"


@dataclass(frozen=True)
class View:
    """One config of the dataset: a pure function from a part to a frame.

    meaning: what one row is; details: what else is to know. purpose: the task that it is for, in some words;
    hub_tags: what the Hub calls that. columns: of the frame,
    in order. rows: the function. needs_tokens: it needs the
    extra tokens. by_part: False for what all parts share. of_layers: it shows the documents
    in which these layers are done; all documents without any. done_alone: also in builds with unfinished documents.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    rows: Callable[[Part], pl.DataFrame]
    details: str = ""
    needs_tokens: bool = False
    by_part: bool = True
    of_layers: tuple[str, ...] = ()
    done_alone: bool = False
    purpose: str = _JOINS
    hub_tags: tuple[str, ...] = ()

    def rows_of(self, part: Part, *, unfinished: bool = False) -> pl.DataFrame:
        """The rows of a part. unfinished: of documents whose layers are not done too."""
        return self.rows(part if unfinished and not self.done_alone else done(part, self.of_layers))


@dataclass(frozen=True, slots=True)
class _Task:
    """What the file of a view says. uses: by column what of the scheme it is about. own_of: whose own fields it has.

    applies: whether the labels of a scheme have the roles without which it would say nothing.
    """

    columns: tuple[Column, ...]
    rows: Callable[[Part], pl.DataFrame]
    meaning: str
    details: str
    of_layers: tuple[str, ...]
    needs: tuple[str, ...]
    uses: Mapping[str, str]
    own_of: str | None
    applies: Callable[[Scheme], bool]
    done_alone: bool
    purpose: str
    hub_tags: tuple[str, ...]


@cache
def _task(name: str) -> _Task:
    module = import_module(f"stancebank.views.{name}")
    rows = getattr(module, name)
    meaning, _, details = docstring(rows).replace("\n\n", "\0").replace("\n", " ").partition("\0")
    of_layers = getattr(module, "OF_LAYERS", ())
    return _Task(
        getattr(module, "COLUMNS", ()),
        rows,
        meaning,
        details.replace("\0", "\n\n"),
        of_layers,
        getattr(module, "NEEDS", of_layers),
        getattr(module, "USES", {}),
        getattr(module, "OWN_FIELDS_OF", None),
        getattr(module, "applies", lambda _: True),
        getattr(module, "DONE_ALONE", False),
        getattr(module, "PURPOSE", _JOINS),
        getattr(module, "TAGS_OF_HUB", ()),
    )


def _of_task(name: str, layers: Layers, scheme: Scheme | None) -> View | None:
    """A task view for a scheme: without columns that it does not use, with its own fields; None where it is no use."""
    task = _task(name)
    if not all(layers.uses(needed) for needed in task.needs) or not (scheme is None or task.applies(scheme)):
        return None
    columns = tuple(_used(task.columns, "", task, layers, scheme))
    own = [column for column in layers[task.own_of].columns if _is_own(column, task.own_of)] if task.own_of else []
    further = tuple(_classified(column) for column in own)

    def rows(part: Part) -> pl.DataFrame:
        found = task.rows(part)
        if further:
            found = found.hstack(part[str(task.own_of)].select(column.name for column in further))
        return found if columns == task.columns else _cut(found, (*columns, *further))

    of_layers = tuple(layer for layer in task.of_layers if layers.uses(layer))
    whole = columns == task.columns and not further
    needs_tokens = name in TOKEN_VIEWS
    made = task.rows if whole else rows
    view = View(name, task.meaning, (*columns, *further), made, task.details, needs_tokens)
    return replace(
        view,
        of_layers=of_layers,
        done_alone=task.done_alone,
        purpose=task.purpose,
        hub_tags=task.hub_tags,
    )


def _used(
    columns: tuple[Column, ...], within: str, task: _Task, layers: Layers, scheme: Scheme | None
) -> Iterator[Column]:
    """The columns of a view that the scheme gives a meaning."""
    for column in columns:
        needed = task.uses.get(f"{within}{column.name}")
        no_labels = isinstance(column.kind, Category) and scheme is not None and not column.kind.names(scheme)
        if no_labels or (needed is not None and not layers.uses(needed)):
            continue
        if column.items:
            inner = tuple(_used(column.items, f"{within}{column.name}.", task, layers, scheme))
            yield column if inner == column.items else replace(column, kind=ListOf(Record(inner)))
        else:
            yield column


def _cut(rows: pl.DataFrame, columns: tuple[Column, ...]) -> pl.DataFrame:
    """The rows with these columns, and of the records in lists these fields."""

    def cut(column: Column) -> pl.Expr:
        names = [inner.name for inner in column.items]
        fields = [pl.element().struct.field(name) for name in names]
        return pl.col(column.name).list.eval(pl.struct(fields)) if names else pl.col(column.name)

    return rows.select(cut(column) for column in columns)


def _is_own(column: Column, layer: str) -> bool:
    return column.name not in KNOWN_LAYERS[layer].names


def _classified(column: Column) -> Column:
    """A labelled column as a class."""
    if column.vocabulary is None:
        return column
    vocabulary = column.vocabulary
    return replace(column, kind=Category(lambda scheme: scheme.names(vocabulary)), vocabulary=None)


def _flat(layer: Layer) -> View:
    def rows(part: Part) -> pl.DataFrame:
        return part[layer.name].select(part.layers[layer.name].names)

    return View(layer.name, layer.meaning, layer.columns, rows)


def _shared(layer: Layer) -> View:
    def rows(part: Part) -> pl.DataFrame:
        return part.corpus.shared[layer.name]

    return View(layer.name, layer.meaning, layer.columns, rows, by_part=False)


def _documents(layers: Layers) -> View:
    task = _task(DOCUMENTS.name)
    return View(DOCUMENTS.name, task.meaning, document_columns(layers), task.rows, task.details, purpose=task.purpose)


def _views(layers: Layers, scheme: Scheme | None) -> Iterator[View]:
    yield _documents(layers)
    yield from (_flat(layer) for layer in layers.parts.values() if layer.name != DOCUMENTS.name)
    yield from map(_shared, layers.shared.values())
    for name in (*TOKEN_VIEWS, *TASK_VIEWS):
        view = _of_task(name, layers, scheme)
        if view is not None:
            yield view


def views_of(scheme: Scheme) -> Mapping[str, View]:
    """The views of a corpus with this scheme, by name, in the order of the card."""
    return {view.name: view for view in _views(scheme.layers, scheme)}


VIEWS: Mapping[str, View] = MappingProxyType({view.name: view for view in _views(ALL_LAYERS, None)})
"""The views of a scheme that has all vocabularies, and no fields of its own."""


def shows_unfinished(name: str) -> bool:
    """Whether a task view shows documents that are not done where a build shows them at all."""
    return not _task(name).done_alone


def layers_shown(name: str) -> tuple[str, ...]:
    """The layers that must be done for a document to be in a task view; none for other views and unknown ones."""
    return _task(name).of_layers if name in (*TOKEN_VIEWS, *TASK_VIEWS) else ()
