"""Tokens of a text, by spaCy's blank tokenisers. Needs the extra ``tokens``."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from stancebank.faults import StanceBankError

if TYPE_CHECKING:
    from stancebank.text.tokenisers import TextTokeniser

INSTALL_TOKENS = "pip install 'stancebank[tokens]'"
_NO_TOKENS = pl.Schema({"place": pl.Int64, "first": pl.Int64, "length": pl.Int64, "text": pl.String}).to_frame()


def tokens_available() -> bool:
    """Whether the extra ``tokens`` is installed."""
    return find_spec("spacy") is not None


def tokens(documents: pl.DataFrame, sentences: pl.DataFrame) -> pl.DataFrame:
    """The tokens of all sentences in their order, blanks left out; no token runs over the end of a sentence.

    row: of the sentence in its layer; doc_id; sentence: its index in the document;
    token: index in the sentence; start, end: code points in the document; text.
    Raises StanceBankError where spaCy, or what it needs for the language, is not installed.
    """
    texts = documents.select("doc_id", "language", document="text")
    index = pl.int_range(pl.len(), dtype=pl.Int64)
    rows = sentences.select("doc_id", "start", "end", row=index, sentence=index.over("doc_id"))
    rows = rows.join(texts, on="doc_id", maintain_order="left").with_columns(place=index)
    reads = pl.col("document").str.slice(pl.col("start"), pl.col("end") - pl.col("start"))
    by_language = rows.select("place", "language", text=reads).partition_by("language", maintain_order=True)
    found = pl.concat([_NO_TOKENS, *map(_tokens_in_one_language, by_language)])
    found = found if len(by_language) < 2 else found.sort("place", maintain_order=True)
    at = found["place"]
    begins = np.flatnonzero(np.diff(at, prepend=-1))  # of sentences
    base = rows["start"].gather(at)
    return pl.DataFrame(
        {
            "row": rows["row"].gather(at),
            "doc_id": rows["doc_id"].gather(at),
            "sentence": rows["sentence"].gather(at),
            "token": np.arange(len(at)) - np.repeat(begins, np.diff(begins, append=len(at))),
            "start": base + found["first"],
            "end": base + found["first"] + found["length"],
            "text": found["text"],
        }
    )


def _tokens_in_one_language(sentences: pl.DataFrame) -> pl.DataFrame:
    tokeniser = _tokeniser(sentences["language"][0].split("-")[0].lower())
    found = tokeniser(sentences["text"])
    return found.with_columns(sentences["place"].gather(found["place"]))


@lru_cache(maxsize=8)
def _tokeniser(language: str) -> TextTokeniser:
    try:
        import spacy
    except ModuleNotFoundError:
        raise StanceBankError("tokens need spaCy, which is not installed", INSTALL_TOKENS) from None
    from spacy.tokenizer import Tokenizer
    from spacy.util import get_lang_class

    from stancebank.text.tokenisers import TextTokeniser, WordTokeniser

    try:
        known = get_lang_class(language) is not None
    except ImportError:
        known = False
    try:
        found = spacy.blank(language if known else "xx").tokenizer
    except ImportError as error:
        what = f"spaCy's tokeniser for the language {language} needs another package: {str(error).splitlines()[0]}"
        raise StanceBankError(what, "install that package, or name views without tokens with --view") from None
    # Those of some languages are others, which look beyond a word.
    return WordTokeniser(found) if type(found) is Tokenizer else TextTokeniser(found)
