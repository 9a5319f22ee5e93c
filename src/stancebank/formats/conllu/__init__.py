"""CoNLL-U with coreference in the attribute Entity, as CorefUD and GUM have it: read by the package conllu, written.

What the format is belongs here; what mentions and entities mean to StanceBank does not.
"""

from stancebank.formats.conllu.conllu_reading import read_conllu
from stancebank.formats.conllu.conllu_writing import write_conllu

__all__ = ["read_conllu", "write_conllu"]
