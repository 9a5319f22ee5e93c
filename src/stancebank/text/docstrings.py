"""The words of docstrings, which are help texts, pages and descriptions of views; also under ``python -OO``."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from types import ModuleType


def docstring(of: ModuleType | Callable[..., object]) -> str:
    """The docstring of a module or function without its indentation, from the source where Python has stripped it."""
    stripped = of.__doc__ is None and sys.flags.optimize > 1
    return _from_source(of) if stripped else inspect.getdoc(of) or ""


def _from_source(of: ModuleType | Callable[..., object]) -> str:
    import ast
    import textwrap

    tree = ast.parse(textwrap.dedent(inspect.getsource(of)))
    node = tree if isinstance(of, ModuleType) else tree.body[0]
    assert isinstance(node, ast.Module | ast.FunctionDef)
    return ast.get_docstring(node) or ""
