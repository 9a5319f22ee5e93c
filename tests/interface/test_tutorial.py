"""The tutorial of the Python interface: its blocks, run in order in an empty folder, print what the page shows."""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from conftest import PROJECT, offline

BLOCK = re.compile(r"```python\n(.*?)```(?:\n\n```text\n(.*?)```)?", re.DOTALL)


@pytest.mark.deep("packages")
def test_the_blocks_of_the_tutorial_print_what_it_shows(tmp_path: Path) -> None:
    pytest.importorskip("spacy")
    blocks = BLOCK.findall((PROJECT / "docs/python.md").read_text("utf-8"))
    assert len(blocks) > 8
    names: dict[str, Any] = {}
    checker = doctest.OutputChecker()
    with contextlib.chdir(tmp_path), patch.dict(os.environ, offline(tmp_path), clear=True):
        for code, expected in blocks:
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                exec(compile(code, "docs/python.md", "exec"), names)
            assert checker.check_output(expected, printed.getvalue(), doctest.ELLIPSIS), (
                f"{code}\nprinted\n{printed.getvalue()}\nthe page shows\n{expected}"
            )
