"""Report what is wrong with the scheme, and what it lacks.

Errors name file and line, what is allowed and the nearest name. Labels without a definition are warnings.
"""

from __future__ import annotations

import typer

from stancebank.commands.options import LocalRoot
from stancebank.commands.output import say


def check_scheme(root: LocalRoot = None) -> None:
    """Print errors and warnings."""
    from stancebank.corpus.root_folder import find_root
    from stancebank.faults import counted, printable
    from stancebank.pages.scheme_report import warnings
    from stancebank.schema.scheme_reading import read_scheme

    scheme, faults = read_scheme(find_root(root))
    for fault in faults:
        say(printable(f"{fault.file}:{fault.line or 1}:{fault.column or 1}  error  {fault.what}"))
        say(printable(f"  fix: {fault.fix}"))
    found = list(warnings(scheme)) if scheme else []
    for line in found:
        say(printable(f"warning  {line}"))
    say(f"{counted(len(faults), 'error')}, {counted(len(found), 'warning')}")
    if faults:
        raise typer.Exit(1)
