"""UIMA CAS as INCEpTION reads and writes it: one document in XMI or JSON, and the layers that its types are of.

What the format is and how StanceBank's own fields are written in it belongs here; what they mean does not.
"""

from stancebank.formats.cas.cas_reading import read_cas
from stancebank.formats.cas.cas_writing import write_cas

__all__ = ["read_cas", "write_cas"]
