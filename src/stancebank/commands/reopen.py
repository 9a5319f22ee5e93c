"""Record that layers of documents are open: begun, and not done.

Views, agreement and statistics no longer count the documents. Records stay as they are.
Without --layer all layers are marked.
"""

from __future__ import annotations

from stancebank.commands.done import Date, Documents, Layers, Pass, Remark, record, today
from stancebank.commands.options import LocalRoot
from stancebank.schema.layers import OPEN


def reopen(
    documents: Documents,
    root: LocalRoot = None,
    layer: Layers = None,
    of_pass: Pass = None,
    date: Date = None,
    remark: Remark = None,
) -> None:
    """Mark the layers open."""
    from stancebank.corpus.states import Mark

    record(documents, root, layer, of_pass, Mark(OPEN, of_pass, date or today(), None, remark))
