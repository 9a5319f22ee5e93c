"""The table of likely slips in docs/reliability.md is what the rules make of them."""

from __future__ import annotations

import pytest

from conftest import PROJECT


@pytest.mark.deep("mutations-2")
def test_the_tables_of_slips_are_what_the_warnings_find(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(PROJECT / "benchmarks")
    import slips

    _, _, page = slips.PAGE.read_text("utf-8").partition(f"<!-- {slips.MARKER} -->\n")
    assert page.partition(f"<!-- end of {slips.MARKER} -->")[0].strip() == slips.tables(), "run benchmarks/slips.py"
