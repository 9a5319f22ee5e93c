"""The names of all views in the order of the card, for those who need no view: a command line loads them in no time.

A view is a file of its name, with its function and COLUMNS, and its name here.
"""

from stancebank.schema.layers import DOCUMENTS, KNOWN_LAYERS

TOKEN_VIEWS = ("ner", "ner_names", "spans", "docred", "coref", "attribution_tags")
"""Need the extra tokens."""
TASK_VIEWS = ("stance_detection", "stance_pairs", "stance_votes", "quotes", "document_labels")
NAMES = (
    DOCUMENTS.name,
    *(name for name, layer in KNOWN_LAYERS.items() if not layer.shared and layer is not DOCUMENTS),
    *(name for name, layer in KNOWN_LAYERS.items() if layer.shared),
    *TOKEN_VIEWS,
    *TASK_VIEWS,
)
