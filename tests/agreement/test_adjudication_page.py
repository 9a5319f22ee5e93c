"""The page on adjudication has an example for each decision, and each of them is one."""

from __future__ import annotations

import json
import re

from conftest import PROJECT
from stancebank.agreement.decisions import Decision
from stancebank.schema.layers import LAYERS

PAGE = (PROJECT / "docs/adjudication.md").read_text("utf-8")
EXAMPLES = [line for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]


def test_every_example_is_a_decision_with_values_that_fit() -> None:
    for line in EXAMPLES:
        decision = Decision.model_validate_json(line)
        assert set(decision.values) in (set(), set(decision.fields)), line
        assert all(LAYERS[decision.layer][name].fits(value) for name, value in decision.values.items()), line


def test_there_is_an_example_for_each_decision_and_each_key_is_explained() -> None:
    decisions = [json.loads(line) for line in EXAMPLES]
    assert {each["decision"] for each in decisions} == {"a", "b", "other", "drop"}
    assert {key for each in decisions for key in each} == set(Decision.model_fields)
    table = PAGE[PAGE.index("| key |") : PAGE.index("One example for")]
    assert all(f"`{key}`" in table for key in Decision.model_fields)
