"""What Croissant's vocabulary for responsible AI asks: who annotated, how, and what one must not conclude.

http://mlcommons.org/croissant/RAI/1.0. Only what the corpus records is said.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from stancebank.build.data_statement import ANNOTATORS_UNKNOWN, LIMITS, NO_PERSON, demographic, origins
from stancebank.build.manifest import Manifest
from stancebank.corpus import Corpus
from stancebank.datasheet import DATASHEET
from stancebank.faults import counted
from stancebank.statistics import Statistics

VOTES = "stance_votes"


def responsible_ai(corpus: Corpus, manifest: Manifest, statistics: Statistics) -> dict[str, Any]:
    """The properties with the prefix rai, by name."""
    assert corpus.register is not None
    annotators = corpus.register.annotators
    limits = [*LIMITS, f"All there is rests on {counted(statistics.records['documents'], 'document')}."]
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
            "Records say of named people and bodies where they stand on political questions, and can be taken for"
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
    assert corpus.register is not None
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
    votes = f" What every pass says of a stance stands beside the gold in {VOTES}." if VOTES in manifest.views else ""
    return f"{said} recorded.{votes}"


def _per_item(corpus: Corpus, manifest: Manifest) -> str:
    """How many passes there are over each document: by people, as the property is defined, and by others."""
    assert corpus.register is not None
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
