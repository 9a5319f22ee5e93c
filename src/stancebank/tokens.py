"""Tokens of a text, by spaCy's blank tokenisers. Needs the extra ``tokens``."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from stancebank.faults import StanceBankError

if TYPE_CHECKING:
    from spacy.tokenizer import Tokenizer


def tokens_available() -> bool:
    """Whether the extra ``tokens`` is installed."""
    return find_spec("spacy") is not None


def tokens(documents: pl.DataFrame, sentences: pl.DataFrame) -> pl.DataFrame:
    """The tokens of all sentences, blanks left out; no token runs over the end of a sentence.

    doc_id; sentence: index of the sentence in its document; token: index in the
    sentence; start, end: code points in the document; text. Raises StanceBankError
    where spaCy, or what it needs for the language, is not installed.
    """
    texts = documents.select("doc_id", "language", document="text")
    index = pl.int_range(pl.len(), dtype=pl.Int64).over("doc_id")
    rows = sentences.select("doc_id", "start", "end", sentence=index).join(texts, on="doc_id", maintain_order="left")
    reads = pl.col("document").str.slice(pl.col("start"), pl.col("end") - pl.col("start"))
    rows = rows.select("doc_id", "language", "sentence", base="start", text=reads)
    arrays = [_token_spans(text, language) for language, text in rows.select("language", "text").iter_rows()]
    counts = pl.Series([len(array) for array in arrays], dtype=pl.UInt32)
    spans = np.concatenate(arrays) if arrays else np.empty((0, 2), np.int64)
    repeated = rows.with_columns(count=counts).filter(pl.col("count") > 0)
    repeated = repeated.with_columns(token=pl.int_ranges("count", dtype=pl.Int64)).explode("token")
    first, length = pl.Series(spans[:, 0]), pl.Series(spans[:, 1])
    return repeated.select(
        "doc_id",
        "sentence",
        "token",
        start=pl.col("base") + first,
        end=pl.col("base") + first + length,
        text=pl.col("text").str.slice(first, length),
    )


def _token_spans(text: str, language: str) -> npt.NDArray[np.int64]:
    """First code point and length of each token that is no blank, as an array of two columns."""
    found = _tokenizer(language.split("-")[0].lower())(text)
    array: npt.NDArray[np.int64] = found.to_array(["IDX", "LENGTH", "IS_SPACE"]).astype(np.int64)
    return array[array[:, 2] == 0, :2]


@lru_cache(maxsize=8)
def _tokenizer(language: str) -> Tokenizer:
    try:
        import spacy
    except ImportError:
        raise StanceBankError("tokens need spaCy, which is not installed", "pip install 'stancebank[tokens]'") from None
    from spacy.util import get_lang_class

    try:
        known = get_lang_class(language) is not None
    except ImportError:
        known = False
    try:
        return spacy.blank(language if known else "xx").tokenizer
    except ImportError as error:
        what = f"spaCy's tokeniser for the language {language} needs another package: {str(error).splitlines()[0]}"
        raise StanceBankError(what, "install that package, or name views without tokens with --view") from None
