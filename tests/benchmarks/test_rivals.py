"""What StanceBank is compared with in benchmarks/ does the work that the comparison says."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from conftest import PROJECT
from overlays import composed
from stancebank.checks.registry import RULES
from stancebank.corpus.corpus import read_corpus
from stancebank.schema.layers import LAYERS
from stancebank.views.documents import documents

sys.path.insert(0, str(PROJECT / "benchmarks"))

from rivals import by_hand, with_arrow, with_generator, with_jsonschema, with_msgspec, with_pydantic

SOUND = composed("sound")
RIVALS = [
    pytest.param(with_msgspec.check, by_hand.CHECKED, id="msgspec"),
    pytest.param(with_pydantic.check, by_hand.CHECKED, id="pydantic"),
    pytest.param(partial(with_jsonschema.check, parts=1), with_jsonschema.CHECKED, id="jsonschema"),
]
# The rivals take the project's scheme, which neither a misspelt type nor a scheme's own fields fit.
OTHER_SCHEMES = {"SB102", "SB618"}


@pytest.mark.deep("packages", quick=1)
@pytest.mark.parametrize(("check", "checked"), RIVALS)
def test_a_rival_finds_what_breaks_the_rules_that_it_checks_and_nothing_else(
    check: Callable[[Path], Iterator[str]], checked: tuple[str, ...]
):
    assert list(check(SOUND)) == []
    found = {rule: list(check(composed(rule))) for rule in RULES}
    assert {rule for rule, complaints in found.items() if complaints} - OTHER_SCHEMES == set(checked)
    for rule in checked:
        named = {complaint.split()[0] for complaint in found[rule] if complaint.startswith("SB")}
        assert not named or rule in named


def test_the_records_of_the_generator_are_those_of_the_documents_view():
    (part,) = read_corpus(SOUND).part_names
    assert (
        list(with_generator.records([SOUND / "corpus" / part]))
        == documents(read_corpus(SOUND).read_part(part)).to_dicts()
    )


def test_arrow_writes_every_layer(tmp_path: Path):
    with_arrow.main(SOUND, tmp_path)
    part = read_corpus(SOUND).read_part("2026-03")
    written = {name: pq.read_table(tmp_path / name).to_pylist() for name in LAYERS}
    frames = {**part.frames, **part.corpus.shared}
    assert written == {name: frame.to_dicts() for name, frame in frames.items()}
