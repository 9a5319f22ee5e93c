"""How attributions nest, and which one a stance rests on: derived, never stored."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from stancebank.corpus.part import Part, once
from stancebank.schema.frames import changes, lists, natural_order
from stancebank.views.named_entities import named_entities
from stancebank.views.text_line import documents_of

WRITER = "writer"


@once
def chains(part: Part) -> pl.DataFrame:
    """The sources of each attribution, outermost first, in the order of the layer.

    doc_id, attribution_id; chain: list of names, from "writer" to the attribution's
    own source ("unnamed" where it has none). An attribution is nested in another
    whose content holds its cue.
    """
    count = part["attributions"].height
    steps = np.insert(_nested(part), 0, count, axis=1)
    names = part["entities"]["name"].gather(named_entities(part, "attributions", "source")).fill_null("unnamed")
    names = names.append(pl.Series([WRITER]))
    chain = lists(names.gather(steps[steps >= 0]), np.nonzero(steps >= 0)[0], count)
    return part["attributions"].select("doc_id", "attribution_id", chain=chain)


def chained_attributions(part: Part) -> pl.DataFrame:
    """The attributions through which the text gives each attribution, in the order of the layer.

    doc_id, attribution_id; chain: list of ids, outermost first, the attribution itself last.
    """
    steps = _nested(part)
    ids = part["attributions"]["attribution_id"]
    chain = lists(ids.gather(steps[steps >= 0]), np.nonzero(steps >= 0)[0], len(ids))
    return part["attributions"].select("doc_id", "attribution_id", chain=chain)


def _nested(part: Part) -> npt.NDArray[np.int64]:
    """For each attribution the rows of those around it, outermost first, and its own last; -1 where there is none."""
    cues = part["attributions"].select("start", "end", entity=pl.lit(None, pl.UInt32)).with_row_index("row")
    found = _around(part, "attributions", cues).filter(pl.col("attribution") != pl.col("row"))
    count = part["attributions"].height
    parent = np.append(_innermost(found, count), -1)
    path: list[npt.NDArray[np.int64]] = [np.arange(count)]
    while np.any(path[-1] >= 0):
        outer = parent[path[-1]]
        # Two cues may stand in each other's content; the chain ends before it would repeat.
        path.append(np.where(np.any(np.stack(path) == outer, axis=0), -1, outer))
    return np.stack(path[::-1], axis=1)


@once
def rests_on(part: Part) -> pl.DataFrame:
    """The attribution that each stance rests on, in the order of the layer.

    doc_id, stance_id, attribution_id; attribution: its row; both null for none. It is
    the innermost attribution around the evidence whose source is the holder, else the
    innermost one.
    """
    evidence = part["stances"].select("start", "end", entity=named_entities(part, "stances", "holder"))
    found = _innermost(_around(part, "stances", evidence.with_row_index("row")), part["stances"].height)
    rows = pl.Series(found).replace(-1, None)
    name = part["attributions"]["attribution_id"].gather(rows)
    return part["stances"].select("doc_id", "stance_id", attribution_id=name, attribution=rows)


def _around(part: Part, layer: str, spans: pl.DataFrame) -> pl.DataFrame:
    """The spans of a layer, each once for every attribution with a content span around it.

    The spans' columns, which are row, start, end and entity; attribution: its row;
    from_, to: its content; rank: of its id in natural order; source: its source's entity.
    """
    attributions = part["attributions"]
    content = attributions.select(
        "content",
        document=documents_of(part, "attributions"),
        attribution=pl.int_range(pl.len(), dtype=pl.Int64),
        rank=attributions.select(pl.arg_sort_by(natural_order("attribution_id"))).to_series().arg_sort(),
        source=named_entities(part, "attributions", "source"),
    )
    content = (
        content.explode("content", empty_as_null=False).unnest("content").drop("text", strict=False)
    )  # some editions have none
    spans = spans.with_columns(document=documents_of(part, layer))
    around = spans.join(content.rename({"start": "from_", "end": "to"}), on="document")
    return around.filter(pl.col("from_") <= pl.col("start"), pl.col("end") <= pl.col("to"))


def _innermost(around: pl.DataFrame, count: int) -> npt.NDArray[np.int64]:
    """For each row the attribution with the shortest content, those of the entity first; -1 for none."""
    by_another = (pl.col("source") == pl.col("entity")).fill_null(value=False).not_()
    ordered = around.sort("row", by_another, pl.col("to") - pl.col("from_"), pl.col("from_").neg(), "rank")
    first = ordered.filter(changes(ordered.select("row")))
    found = np.full(count, -1)
    found[first["row"].to_numpy()] = first["attribution"].to_numpy()
    return found
