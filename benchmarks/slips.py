"""What the warnings make of likely slips: kinds of them, made in sound annotations one at a time.

Run it with the environment's Python: ``.venv/bin/python benchmarks/slips.py``. It changes the gold of this
repository's corpus and of the examples, up to ten times for each kind, and writes what the rules SB7xx find into
docs/reliability.md. The same gold and rules give the same tables.
"""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import polars as pl
from measuring import write_block
from slip_kinds import KINDS, Gold

from stancebank.checks.catalogue import all_rules
from stancebank.corpus.corpus import read_corpus
from stancebank.storage.markdown import table

PROJECT = Path(__file__).parents[1]
PAGE, MARKER = PROJECT / "docs/reliability.md", "slips"
EACH, SEED = 10, 25


def golds() -> list[Gold]:
    """The annotated documents of both corpora."""
    corpora = (read_corpus(PROJECT / root).sound() for root in (".", "examples"))
    parts = [corpus.read_part(name) for corpus in corpora for name in corpus.part_names]
    found = []
    for whole, doc_id in ((part, doc_id) for part in parts for doc_id in part["documents"]["doc_id"]):
        alone = whole.cut(pl.Series([doc_id]))
        layers = {name: alone[name].to_dicts() for name in alone.layers.annotated}
        if any(layers.values()):
            found.append(Gold(alone, alone["documents"]["text"][0], layers))
    return found


def tables() -> str:
    """What was found of each kind, and of each rule how much of what it finds is a slip."""
    documents = golds()
    before = [gold.found(gold.layers) for gold in documents]
    sound = Counter(rule for found in before for rule, *_ in found.elements())
    rows = []
    slips: Counter[str] = Counter()
    for name, kind in KINDS.items():
        made = [(number, change) for number, gold in enumerate(documents) for change in kind(gold)]
        chosen = random.Random(f"{SEED} {name}").sample(made, min(EACH, len(made)))  # noqa: S311
        found = []
        for number, change in chosen:
            layers = documents[number].copy()
            change(layers)
            found.append({rule for rule, *_ in documents[number].found(layers) - before[number]})
        by = Counter(rule for rules in found for rule in rules)
        slips.update(by)
        caught = str(sum(map(bool, found)))
        rows.append((name, str(len(chosen)), caught, ", ".join(f"{rule} {n}" for rule, n in sorted(by.items()))))
    rules = [rule.id for rule in all_rules() if rule.id.startswith("SB7")]
    of_rules = [(rule, str(slips[rule]), str(sound[rule]), _share(slips[rule], sound[rule])) for rule in rules]
    return "\n\n".join(
        (table(("slip", "made", "found", "by"), rows), table(("rule", "slips", "in sound gold", "precision"), of_rules))
    )


def _share(slips: int, sound: int) -> str:
    return f"{slips / (slips + sound):.2f}" if slips + sound else "-"


if __name__ == "__main__":
    write_block(PAGE, MARKER, tables())
