"""What is spoken of, and how: entity types by mention levels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from stancebank.corpus.corpus import Corpus
from stancebank.corpus.statistics import Statistics
from stancebank.pages.pictures.svg import BLUE, INK, PAPER, RULE, picture, words

_TEXT, _COLUMN, _ROW, _HEAD, _FOOT, _EDGE = 130, 84, 34, 58, 44, 16  # pixels
_LETTER = 8  # pixels that a letter of a label takes at most
_DARK = 0.88  # of the blue; from here on white is easier to read on it than ink


def entity_matrix(corpus: Corpus, statistics: Statistics) -> str | None:
    """Mentions by entity type and level, as an SVG; None where there are none.

    Each cell holds its number and is the darker the greater that is; a column to
    the left counts the entities, one to the right all mentions.
    """
    counts = statistics.mentions_by_type(corpus.scheme)
    if not statistics.mentions or not counts:
        return None
    entities = statistics.by_label(corpus.scheme, "entities", "type")
    levels = list(next(iter(counts.values())))
    text = max(_TEXT, 2 * _EDGE + _LETTER * max(map(len, counts)))
    column = max(_COLUMN, _EDGE + _LETTER * max(map(len, levels)))
    return picture(
        text + column * (len(levels) + 2) + _EDGE,
        _HEAD + _ROW * (len(counts) + 1) + _FOOT,
        "Entities and mentions by type",
        "Entity types in rows, mention levels in columns; each cell says how many mentions there are.",
        _content(counts, entities, levels, text, column),
    )


def _content(
    counts: Mapping[str, Mapping[str, int]], entities: Mapping[str, int], levels: list[str], text: int, column: int
) -> Iterator[str]:
    most = max(n for row in counts.values() for n in row.values())
    middle = [text + column * index + column / 2 for index in range(len(levels) + 2)]
    for x, head in zip(middle, ("entities", *levels, "mentions"), strict=True):
        yield words(x, _HEAD - 12, head, anchor="middle", bold=True)
    for index, (name, row) in enumerate(counts.items()):
        y = _HEAD + _ROW * index
        yield words(_EDGE, y + 22, name)
        yield words(middle[0], y + 22, f"{entities.get(name, 0):,}", anchor="middle")
        for x, count in zip(middle[1:-1], row.values(), strict=True):
            share = count / most
            yield (
                f'<rect x="{x - column / 2 + 1:g}" y="{y + 1}" width="{column - 2}" height="{_ROW - 2}"'
                f' fill="{BLUE}" fill-opacity="{share:.3f}" stroke="{RULE}"/>'
            )
            yield words(x, y + 22, f"{count:,}", anchor="middle", fill=PAPER if share > _DARK else INK)
        yield words(middle[-1], y + 22, f"{sum(row.values()):,}", anchor="middle")
    y = _HEAD + _ROW * len(counts)
    yield f'<line x1="{_EDGE}" y1="{y + 4}" x2="{middle[-1] + column / 2:g}" y2="{y + 4}" stroke="{INK}"/>'
    sums = [sum(entities.values()), *(sum(row[level] for row in counts.values()) for level in levels)]
    sums.append(sum(sums[1:]))
    yield words(_EDGE, y + 26, "all", bold=True)
    for x, total in zip(middle, sums, strict=True):
        yield words(x, y + 26, f"{total:,}", anchor="middle", bold=True)
    yield words(_EDGE, y + _ROW + 28, "The darker a cell, the more mentions it counts.")
