"""List the layers, labels and fields of the scheme.

Labels come with their definitions, fields with their kind and meaning.
"""

from __future__ import annotations

from stancebank.commands.options import LocalRoot
from stancebank.commands.output import say


def show_scheme(root: LocalRoot = None) -> None:
    """Print them."""
    from stancebank.corpus.root_folder import find_root
    from stancebank.faults import printable, readable
    from stancebank.pages.scheme_report import description
    from stancebank.schema.scheme_reading import read_scheme

    for line in description(readable(*read_scheme(find_root(root)))):
        say(printable(line))
