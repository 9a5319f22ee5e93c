"""The text of the dataset card: what to load, what is in it, what labels mean, terms, and every field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from stancebank.corpus.citation import Citation
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.statistics import Statistics
from stancebank.dataset.bibtex import bibtex
from stancebank.dataset.card_edition import edition_lines
from stancebank.dataset.data_statement import data_statement
from stancebank.dataset.label_lists import label_lists
from stancebank.dataset.manifest import Manifest
from stancebank.dataset.terms import terms
from stancebank.editions.edition import Edition
from stancebank.faults import counted
from stancebank.schema.column import Category, Column, Kind, ListOf, Record
from stancebank.schema.paths import BUILT_GUIDELINES, BUILT_LICENSE, BUILT_SCHEME
from stancebank.storage.markdown import plain, table
from stancebank.views.registry import DEFAULT, View, layers_shown, shows_unfinished, views_of

_FIRST = ("stance_detection", "ner_names", DEFAULT)
"""The views of which the card loads the first that is there, as an example."""
_COUNT_TOKENS = ("spans", "docred", "coref")


@dataclass(frozen=True, slots=True)
class CardContent:
    """What a card tells. corpus: as the edition shows it. tokeniser: whose tokens there are, in a sentence.

    examples: a row as JSON, by view. texts: in editions, what is known of the texts, as rows of a table.
    """

    corpus: Corpus
    manifest: Manifest
    statistics: Statistics
    citation: Citation
    tokeniser: str
    edition: Edition
    examples: Mapping[str, str]
    texts: tuple[tuple[str, ...], ...] = ()


def card_text(content: CardContent) -> str:
    """The card as Markdown, without its YAML block."""
    corpus, manifest, edition = content.corpus, content.manifest, content.edition
    views = [edition.view(views_of(corpus.scheme)[name]) for name in manifest.views]
    settings = corpus.settings
    lines = [f"# {plain(settings.title)} {settings.version}", "", plain(settings.description), ""]
    lines += _loading(manifest)
    lines += _configs(manifest, views)
    lines += _splits(manifest)
    lines += ["## Rights", "", *terms(corpus, manifest), "", f"[{BUILT_LICENSE}]({BUILT_LICENSE}) has the same.", ""]
    lines += edition_lines(edition, views_of(corpus.scheme).values(), manifest, content.texts)
    lines += ["## How to cite", "", "```bibtex", bibtex(settings, content.citation).replace("`", "'"), "```", ""]
    lines += _labels(content, views)
    lines += data_statement(corpus, manifest, content.statistics)
    lines += _fields(content, views)
    return "\n".join(lines)


def _loading(manifest: Manifest) -> Iterator[str]:
    name = next((view for view in _FIRST if view in manifest.views), manifest.views[0])
    split = manifest.splits(name)[0]
    yield from ("## Load", "", "```python", "from datasets import load_dataset", "")
    yield f'rows = load_dataset("OWNER/NAME", "{name}", split="{split}")  # or the path of this folder'
    yield "print(rows[0])"
    yield from ("```", "")
    tag = f"v{manifest.version}"
    yield f'`revision="{tag}"` loads this version from the Hub, and `rows.info.version` tells which one it was, since'
    yield "`load_dataset` takes whatever it has when it is offline. A split without rows is left out, since"
    yield '`load_dataset` refuses it (but with `streaming=True`): ask with `"test" in load_dataset(...)`.'
    if shared := [f"`{view}`" for view in ("targets", "actors") if view in manifest.views]:
        first = manifest.splits(shared[0].strip("`"))[0]
        yield f"All splits share {' and '.join(shared)}: one table, in the split `{first}`."
    yield from (
        "",
        "`pip install stancebank` and `stancebank verify FOLDER` check a download against `manifest.json`.",
        "",
    )


def _configs(manifest: Manifest, views: Iterable[View]) -> Iterator[str]:
    yield from ("## Configs", "")
    rows = [
        (view.name, view.purpose, view.meaning, f"{sum(shard.rows for shard in manifest.of(view.name)):,}")
        for view in views
    ]
    yield table(("config", "for", "one row is, or what it has", "rows"), rows)
    yield from (
        "",
        f"The default is `{DEFAULT}`. Each has its fields, and task views an example, at the end of this page.",
        "",
    )


def _splits(manifest: Manifest) -> Iterator[str]:
    documents = manifest.of(DEFAULT)
    if not documents:
        return
    yield from ("## Splits", "")
    splits = dict.fromkeys(shard.split for shard in documents)
    rows = [(split, f"{sum(shard.rows for shard in documents if shard.split == split):,}") for split in splits]
    yield table(("split", "documents"), rows)
    yield from ("", "A document is in one split, and so are all rows made from it.", "")


def _labels(content: CardContent, views: Iterable[View]) -> Iterator[str]:
    scheme = content.corpus.scheme
    yield from ("## Labels", "")
    yield f"Labels are those of the scheme {plain(scheme.full_name)}, format {scheme.format}."
    yield "Null in a label's field says that nobody has decided yet."
    yield "Layers have words. Task views have `ClassLabel`: the code is the place in these lists, from 0, and"
    yield "`rows.features` has the names in the same order."
    if content.edition.full:
        yield f"The scheme, with examples and further properties, is [{BUILT_SCHEME}]({BUILT_SCHEME})."
        if any(page.path.startswith(f"{BUILT_GUIDELINES}/") for page in content.manifest.pages):
            yield f"How annotators decide is in [{BUILT_GUIDELINES}]({BUILT_GUIDELINES}/)."
    for labels in label_lists(views, scheme):
        yield from ("", f"### {labels.name}", "", f"In {', '.join(f'`{column}`' for column in labels.columns)}.", "")
        rows = [
            (label, str(code), labels.definitions.get(label, "not defined")) for code, label in enumerate(labels.labels)
        ]
        yield table(("label", "code", "definition"), rows)
    yield ""


def _fields(content: CardContent, views: Iterable[View]) -> Iterator[str]:
    manifest = content.manifest
    of_tokens = [f"`{name}`" for name in _COUNT_TOKENS if name in manifest.views]
    listed = " and ".join(", ".join(of_tokens).rsplit(", ", 1))
    tokens = f"; in {listed} they count tokens" if of_tokens else ""
    yield from ("## Fields", "")
    yield f"Offsets are Unicode code points into a document's text, half open{tokens}."
    yield content.tokeniser
    yield f"Built by {manifest.software}; `manifest.json` lists every shard."
    yield ""
    for view in views:
        yield from _config_text(content, view)


def _config_text(content: CardContent, view: View) -> Iterator[str]:
    manifest = content.manifest
    rows = sum(shard.rows for shard in manifest.of(view.name))
    yield f"### {view.name}"
    yield ""
    none = "" if rows else " (`load_dataset` refuses a split without rows unless `streaming=True`)"
    yield f"{view.meaning} {rows} row{'' if rows == 1 else 's'}{none}."
    yield ""
    if view.details:
        yield view.details
        yield ""
    if view.of_layers:
        yield documents_of(view.name, content.statistics, unfinished=manifest.unfinished)
        yield ""
    if view.name in content.examples:
        yield from ("```json", content.examples[view.name], "```", "")
    yield table(("field", "type", "meaning"), [*_rows(view.columns, "")])
    yield ""


def documents_of(view: str, statistics: Statistics, *, unfinished: bool) -> str:
    """Which documents a task view shows, and how many of all."""
    of_layers = [layer for layer in layers_shown(view) if layer in statistics.annotated]
    documents, done = statistics.records["documents"], statistics.done(of_layers)
    layers = " and ".join(", ".join(of_layers).rsplit(", ", 1))
    done_in = f"{layers} are done in {done:,}"
    if unfinished and shows_unfinished(view):
        missing = "what the others lack is not annotated" if done < documents else "none is unfinished"
        return f"Shows all {counted(documents, 'document')}, done or not: {done_in}; {missing}."
    return f"Shows the documents that are done: of {counted(documents, 'document')}, {done_in}."


def _rows(columns: Iterable[Column], within: str) -> Iterator[tuple[str, str, str]]:
    """A table row for each column, nested ones under their path."""
    for column in columns:
        null = ", may be null" if column.nullable else ""
        yield f"{within}{column.name}", f"{_kind(column.kind)}{null}", column.meaning
        inner = column.kind
        while isinstance(inner, ListOf):
            inner = inner.item
        if isinstance(inner, Record):
            yield from _rows(inner.columns, f"{within}{column.name}.")


def _kind(kind: Kind) -> str:
    if isinstance(kind, ListOf):
        return f"list of {_kind(kind.item)}"
    if isinstance(kind, Record):
        return "record"
    return "ClassLabel" if isinstance(kind, Category) else kind
