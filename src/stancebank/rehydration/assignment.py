"""Which of the user's texts is which document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stancebank.corpus.seeds import SeedText, read_seed
from stancebank.editions.sealing import seed_digest, text_digest
from stancebank.faults import StanceBankError, printable
from stancebank.rehydration.placement import KnownSentence, segments

_ENOUGH = 3  # sentences that a text must share with a document, where that has as many


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """A document as an edition knows it. date: None where it is undecided. sentences: in the order of the text."""

    doc_id: str
    date: str | None
    language: str
    seed_digest: str
    text_digest: str
    sentences: tuple[KnownSentence, ...]


@dataclass(frozen=True, slots=True)
class OwnText:
    """A user's copy of a text. name: how messages call it. data: its bytes. seed: what the recipe makes of them.

    seed_digest, text_digest: what an edition would know it by.
    """

    name: str
    data: bytes
    seed: SeedText
    seed_digest: str
    text_digest: str


def assigned(documents: Sequence[KnownDocument], files: Sequence[Path], corpus: str) -> dict[str, OwnText]:
    """The texts by document: by their bytes, else by what the recipe makes of them, else by most of the sentences.

    corpus: its name. Raises StanceBankError for a file that cannot be read as a text, that is no document's,
    that could be of several, or is of another day, and for a second one of a document.
    """
    by_seed: dict[str, list[str]] = {}
    by_text: dict[str, list[str]] = {}
    for document in documents:
        by_seed.setdefault(document.seed_digest, []).append(document.doc_id)
        by_text.setdefault(document.text_digest, []).append(document.doc_id)
    texts = [_read(file, corpus) for file in files]
    known = {document.doc_id: document for document in documents}
    found: dict[str, OwnText] = {}
    unknown: list[OwnText] = []
    for text in texts:
        same = by_seed.get(text.seed_digest) or by_text.get(text.text_digest)
        if same:
            # Two documents may have one text; each copy of it goes to one that has none yet.
            _give(text, next((doc_id for doc_id in same if doc_id not in found), same[0]), found)
        else:
            unknown.append(text)
    index = _sentence_index(documents) if unknown else {}
    languages = sorted({document.language for document in documents})
    for text in unknown:
        _give(text, _by_sentences(text, known, index, languages), found)
    for doc_id, text in found.items():
        if text.seed.date is not None and known[doc_id].date not in (None, text.seed.date):
            what = f"{text.name} is of {text.seed.date}, and the document {doc_id} of {known[doc_id].date}"
            raise StanceBankError(what, "name the copy of that day; nothing was changed")
    return found


def _read(file: Path, corpus: str) -> OwnText:
    name = printable(str(file))
    try:
        data = file.read_bytes()
    except OSError as error:
        what = f"{name} cannot be read: {error.strerror or error}"
        raise StanceBankError(what, "name a text file; nothing was changed") from None
    seed = read_seed(data, name)
    return OwnText(name, data, seed, seed_digest(seed.text, data, corpus), text_digest(seed.text, corpus))


def _give(text: OwnText, doc_id: str, found: dict[str, OwnText]) -> None:
    if doc_id in found:
        what = f"{text.name} and {found[doc_id].name} are both the text of the document {doc_id}"
        raise StanceBankError(what, "name one of the two; nothing was changed")
    found[doc_id] = text


def _sentence_index(documents: Sequence[KnownDocument]) -> Mapping[str, set[str]]:
    index: dict[str, set[str]] = {}
    for document in documents:
        for sentence in document.sentences:
            if sentence.digest:
                index.setdefault(sentence.digest, set()).add(document.doc_id)
    return index


def _by_sentences(
    text: OwnText,
    known: Mapping[str, KnownDocument],
    index: Mapping[str, set[str]],
    languages: Sequence[str],
) -> str:
    digests = {digest for language in languages for digest in segments(text.seed.text, language)}
    shared = Counter(doc_id for digest in digests for doc_id in index.get(digest, ()))
    fitting = []
    for doc_id, count in shared.items():
        long = len({sentence.digest for sentence in known[doc_id].sentences if sentence.digest})
        if 2 * count > long and count >= min(_ENOUGH, long):
            fitting.append((count, doc_id))
    best = [doc_id for count, doc_id in fitting if count == max(fitting)[0]]
    if len(best) == 1:
        return best[0]
    if best:
        what = f"{text.name} could be the text of {best[0]} as well as of {best[1]}"
        raise StanceBankError(what, "name a text of one of them alone; nothing was changed")
    what = f"{text.name} is the text of no document of this edition: too few of its sentences are known here"
    raise StanceBankError(what, "name copies of the edition's texts alone; nothing was changed")
