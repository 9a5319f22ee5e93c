"""The part of the card that says what the data are: a data statement, the annotation process, known limits."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator

from stancebank.annotators import Annotators
from stancebank.build.manifest import Manifest
from stancebank.corpus import Corpus
from stancebank.datasheet import DATASHEET
from stancebank.faults import counted
from stancebank.layers import LAYERS
from stancebank.statistics import Statistics

LIMITS = (
    "A stance is what a text gives as said, done or told; it is not what somebody holds.",
    "Judging a person or state that is named in the texts takes more than what these texts say of them.",
    "What a text does not say is not annotated: a missing record is no evidence that something is not so.",
)
ANNOTATORS_UNKNOWN = "The corpus does not record who or what annotated it, or whether anybody has reviewed it."
NO_PERSON = "No registered annotator is a person, and no review by a person is recorded."

_ORIGINS = 20  # origins of seeds that the card names; a corpus may have thousands


def data_statement(corpus: Corpus, manifest: Manifest, statistics: Statistics) -> Iterator[str]:
    """Lines of Markdown, with what the corpus itself records and no more.

    The fields are those of Bender and Friedman, "Data Statements for Natural Language
    Processing", TACL 6, 2018; what the corpus has no word on is said to be not recorded.
    """
    assert corpus.settings is not None
    assert corpus.register is not None
    carried = manifest.datasheet_sha256 is not None
    people = any(each.kind == "person" for each in corpus.register.annotators)
    more = f" [{DATASHEET}]({DATASHEET}) has more." if carried else ""
    yield from ("## Data statement", "")
    yield f"- **Curation rationale.** {plain(corpus.settings.description)}{more}"
    yield f"- **Language variety.** {_languages(statistics)} Varieties beyond the tag are not recorded."
    yield "- **Speaker demographic.** Not recorded, neither of those who wrote the texts nor of those they quote."
    yield f"- **Annotator demographic.** {demographic(corpus.register)}"
    yield f"- **Speech situation.** News texts, {_dates(statistics)}."
    yield f"- **Text characteristics.** {_size(statistics)}."
    yield "- **Recording quality.** Does not apply to text. Code points are kept as they came; nothing is normalised."
    yield "- **Provenance.** Origins of the texts, as the corpus records them:"
    yield from _origins(corpus)
    yield from ("", "## Annotation process", "")
    yield from _process(corpus, carried=carried, people=people)
    yield from ("", "## Known limits", "")
    yield from (f"- {limit}" for limit in LIMITS)
    yield f"- All there is rests on {counted(statistics.records['documents'], 'document')}."
    if carried:
        yield f"- [{DATASHEET}]({DATASHEET}) says what else one must not conclude, and how to contest an annotation."
    yield ""


def _languages(statistics: Statistics) -> str:
    found = sorted(statistics.languages.items())
    return "; ".join(f"`{tag}` (BCP 47): {counted(n, 'document')}" for tag, n in found) + "." if found else "No texts."


def demographic(register: Annotators) -> str:
    """What is recorded of those who annotated."""
    annotators = register.annotators
    people = sum(each.kind == "person" for each in annotators)
    if not annotators:
        return "Not recorded: no annotator is registered."
    if not people:
        return "Does not apply: none of the registered annotators is a person."
    return f"Not recorded; {people:,} of {counted(len(annotators), 'registered annotator')} are people."


def _dates(statistics: Statistics) -> str:
    if statistics.first_date == statistics.last_date:
        return f"published on {statistics.first_date}" if statistics.first_date else "of no date"
    return f"published from {statistics.first_date} to {statistics.last_date}"


def _size(statistics: Statistics) -> str:
    counts = ", ".join(f"{layer} {statistics.records[layer]:,}" for layer in LAYERS)
    return f"{counted(statistics.characters, 'character')}; records: {counts}"


def _origins(corpus: Corpus) -> Iterator[str]:
    yield from (f"  - {plain(origin)} ({counted(count, 'text')})" for origin, count in origins(corpus))


def origins(corpus: Corpus) -> Iterator[tuple[str, int]]:
    """Where texts are from, with the number of texts; of many origins the first, and how many more there are."""
    assert corpus.seeds is not None
    found = Counter(corpus.seeds.table["origin"])
    shown = list(found.items())[:_ORIGINS]
    yield from ((" ".join(origin.split()), count) for origin, count in shown)
    if len(found) > _ORIGINS:
        rest = f"and {len(found) - _ORIGINS:,} more in the corpus's register of seeds"
        yield rest, sum(found.values()) - sum(count for _, count in shown)


def _process(corpus: Corpus, *, carried: bool, people: bool) -> Iterator[str]:
    assert corpus.register is not None
    if not corpus.register.annotators:
        yield ANNOTATORS_UNKNOWN
        return
    yield "Passes over the texts were made by:"
    yield ""
    for each in corpus.register.annotators:
        yield (
            f"- `{each.id}`, {each.kind}: {plain(each.name)}, {each.date}."
            f" Made from: {plain(each.instructions)}. {plain(each.note)}"
        )
    if not people:
        yield ""
        yield f"**{NO_PERSON}**"
    if carried:
        yield ""
        yield f"[{DATASHEET}]({DATASHEET}) says how the annotations were made."


def plain(text: str) -> str:
    """A text from settings as one line of Markdown in which nothing is markup."""
    return re.sub(r"([\\`*_\[\]#|!~])", r"\\\1", html.escape(" ".join(text.split()), quote=False))
