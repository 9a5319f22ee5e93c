"""brat stand-off: a text and a file .ann with its annotations, read record by record and written.

What the format is and how StanceBank's own fields are written in it belongs here; what they mean does not.
"""

from stancebank.formats.brat.brat_reading import read_brat
from stancebank.formats.brat.brat_writing import write_brat

__all__ = ["read_brat", "write_brat"]
