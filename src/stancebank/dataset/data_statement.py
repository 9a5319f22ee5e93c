"""The part of the card that says what the data are: a data statement, the annotation process, known limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from stancebank.corpus.annotators import Annotators
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.statistics import Statistics
from stancebank.dataset.manifest import Manifest
from stancebank.faults import counted
from stancebank.schema.paths import DATASHEET
from stancebank.storage.markdown import plain

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
    Processing", TACL 6, 2018; what the corpus does not state is given as not recorded.
    """
    carried = manifest.datasheet_sha256 is not None
    people = any(each.kind == "person" for each in corpus.register.annotators)
    more = f" [{DATASHEET}]({DATASHEET}) has more." if carried else ""
    yield from ("## Data statement", "")
    yield f"- **Curation rationale.** As described at the head of this page.{more}"
    yield f"- **Language variety.** {_languages(statistics)} Varieties beyond the tag are not recorded."
    yield "- **Speaker demographic.** Not recorded, neither of those who wrote the texts nor of those they quote."
    yield f"- **Annotator demographic.** {demographic(corpus.register)}"
    yield f"- **Speech situation.** News texts, {_dates(statistics)}."
    yield f"- **Text characteristics.** {_size(corpus, statistics)}."
    yield progress_line(manifest, statistics)
    yield "- **Recording quality.** Does not apply to text. Code points are kept as they came; nothing is normalised."
    yield "- **Provenance.** Origins of the texts, as the corpus records them:"
    yield from _origins(corpus)
    yield from ("", "## Annotation process", "")
    yield from _process(corpus, carried=carried, people=people)
    yield from _left_out(manifest)
    yield from ("", "## Known limits", "")
    yield from (f"- {limit}" for limit in LIMITS)
    yield f"- {_rests_on(statistics)}"
    if carried:
        yield f"- [{DATASHEET}]({DATASHEET}) lists further limits, and how to contest an annotation."
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
    undated = f"; {counted(statistics.undated, 'document')} of no date" if statistics.undated else ""
    if statistics.first_date is None:
        return "of no date"
    if statistics.first_date == statistics.last_date:
        return f"published on {statistics.first_date}{undated}"
    return f"published from {statistics.first_date} to {statistics.last_date}{undated}"


def _size(corpus: Corpus, statistics: Statistics) -> str:
    counts = ", ".join(f"{layer} {statistics.records[layer]:,}" for layer in corpus.layers)
    return f"{counted(statistics.characters, 'character')}; records: {counts}"


def _rests_on(statistics: Statistics) -> str:
    documents, done = statistics.records["documents"], statistics.done(statistics.annotated)
    all_done = "" if done == documents else f", of which {done:,} {'is' if done == 1 else 'are'} done in all layers"
    return f"All there is rests on {counted(documents, 'document')}{all_done}."


def progress_line(manifest: Manifest, statistics: Statistics) -> str:
    """How far the documents are, and which of them the build shows."""
    shown = "Task views show the documents in which their layers are done; all others show all documents."
    if manifest.unfinished:
        shown = "Task views of this build show **unfinished** documents too, in which a missing record says nothing."
    return f"- **Progress.** {statistics.progress_line()} {shown}"


def _left_out(manifest: Manifest) -> Iterator[str]:
    """The passes that are not in this build."""
    for part in manifest.parts:
        for annotator, errors in part.left_out.items():
            yield ""
            yield f"Left out, for its {counted(errors, 'error')}: the pass of `{annotator}` over `{part.name}`."


def _origins(corpus: Corpus) -> Iterator[str]:
    yield from (f"  - {plain(origin)} ({counted(count, 'text')})" for origin, count in origins(corpus))


def origins(corpus: Corpus) -> Iterator[tuple[str, int]]:
    """Where texts are from, with the number of texts; of many origins the first, and how many more there are."""
    found = Counter(corpus.seeds.table["origin"])
    shown = list(found.items())[:_ORIGINS]
    yield from ((" ".join(origin.split()), count) for origin, count in shown)
    if len(found) > _ORIGINS:
        rest = f"and {len(found) - _ORIGINS:,} more in the corpus's register of seeds"
        yield rest, sum(found.values()) - sum(count for _, count in shown)


def _process(corpus: Corpus, *, carried: bool, people: bool) -> Iterator[str]:
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


VOTES = "stance_votes"


def responsible_ai(corpus: Corpus, manifest: Manifest, statistics: Statistics) -> dict[str, Any]:
    """The properties with the prefix rai, by name."""
    annotators = corpus.register.annotators
    limits = [*LIMITS, _rests_on(statistics)]
    said: dict[str, Any] = {
        "dataCollectionRawData": "; ".join(f"{text} ({counted(n, 'text')})" for text, n in origins(corpus)),
        "dataPreprocessingProtocol": _preprocessing(manifest),
        "dataAnnotationProtocol": _protocol(corpus, carried=manifest.datasheet_sha256 is not None),
        "dataAnnotationAnalysis": _analysis(manifest),
        "annotationsPerItem": _per_item(corpus, manifest),
        "annotatorDemographics": demographic(corpus.register),
        "machineAnnotationTools": [
            f"{each.name} ({each.kind}, pass {each.id}, {each.date})" for each in annotators if each.kind != "person"
        ],
        "dataLimitations": limits,
    }
    if statistics.records["stances"]:
        said["personalSensitiveInformation"] = (
            "Political opinions: stances are annotated as texts ascribe them to people and bodies that they name."
        )
        said["dataSocialImpact"] = (
            "Records state positions of named people and bodies on political questions, and can be taken for"
            f" facts about them. {LIMITS[0]} {LIMITS[1]}"
        )
    return {f"rai:{name}": value for name, value in said.items() if value}


def _preprocessing(manifest: Manifest) -> str:
    recipes = sorted({recipe for part in manifest.parts for recipe in part.origin.recipes})
    if not recipes:
        return ""
    return (
        f"Texts were made of the raw files by {', '.join(recipes)}; a text with what was cut from its front gives"
        " the raw file back byte for byte. Nothing is normalised."
    )


def _protocol(corpus: Corpus, *, carried: bool) -> str:
    annotators = corpus.register.annotators
    if not annotators:
        return ANNOTATORS_UNKNOWN
    said = ["Passes over the texts were made by:"]
    said += [
        f"{each.id}, {each.kind}: {each.name}, {each.date}. Made from: {each.instructions}. {each.note}"
        for each in annotators
    ]
    if all(each.kind != "person" for each in annotators):
        said.append(NO_PERSON)
    if carried:
        said.append(f"{DATASHEET} says how the annotations were made.")
    return " ".join(said)


def _analysis(manifest: Manifest) -> str:
    decisions = sum(part.decisions for part in manifest.parts)
    if not decisions:
        return ""
    said = f"Where passes differ, the gold follows from {counted(decisions, 'recorded decision')}; who decided is not"
    votes = f" {VOTES} has every pass's label beside the gold." if VOTES in manifest.views else ""
    return f"{said} recorded.{votes}"


def _per_item(corpus: Corpus, manifest: Manifest) -> str:
    """How many passes there are over each document: by people, as the property is defined, and by others."""
    people = {each.id for each in corpus.register.annotators if each.kind == "person"}
    found: Counter[tuple[int, int]] = Counter()
    for part in manifest.parts:
        by_people = len(people & part.origin.passes.keys())
        documents = sum(count for layer, count in part.statistics["records"] if layer == "documents")
        found[by_people, len(part.origin.passes) - by_people] += documents
    return "; ".join(
        f"over {counted(documents, 'document')}: passes by people {by_people}, by others {others}"
        for (by_people, others), documents in sorted(found.items())
    )
