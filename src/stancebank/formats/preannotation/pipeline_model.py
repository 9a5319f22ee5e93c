"""An installed pipeline of spaCy as an annotator: its entities and span groups, and what it knows of their identity."""

from __future__ import annotations

import hashlib
import re
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stancebank.faults import StanceBankError, excerpt, printable
from stancebank.formats.docbin import labelled_spans, load_spacy
from stancebank.formats.foreign_document import Attribute, Cluster, ForeignDocument, Span
from stancebank.formats.offsets import CODE_POINTS
from stancebank.schema.layers import WIKIDATA

if TYPE_CHECKING:
    from spacy.tokens import Span as SpacySpan

_ANY_LANGUAGE = "xx"
_DIGEST = 16  # hexadecimal digits of the digest of a pipeline's files that are kept
_SHOWN = 200  # code points of what spaCy says of a failure


class PipelineModel:
    """A pipeline of spaCy. name, version, settings: of the register. loads: nothing but what is installed."""

    instructions = "the text"

    def __init__(self, model: str) -> None:
        spacy = load_spacy("a pipeline needs spaCy")
        if not (Path(model).is_dir() or is_installed(model)):
            what = f"there is no package and no folder {excerpt(model)}"
            raise StanceBankError(
                what, "install the pipeline, or name its folder; gazetteer takes the corpus's own names"
            )
        try:
            self._nlp = spacy.load(model)
        except Exception as error:
            what = f"spaCy cannot load {excerpt(model)}: {_said(error)}"
            raise StanceBankError(what, "install a pipeline that fits the version of spaCy") from None
        meta = self._nlp.meta
        self.name = f"{meta['lang']}_{meta['name']}, a pipeline of spaCy"
        self.version = str(meta["version"]) or None
        steps = ", ".join(self._nlp.pipe_names) or "no components"
        self.settings = f"spaCy {spacy.__version__}; {steps}; SHA-256 of its files {_digest(self._nlp.path)}"

    def speaks(self, language: str) -> bool:
        """Whether the pipeline is for texts in a language, a BCP 47 tag."""
        return self._nlp.lang in (_ANY_LANGUAGE, language.partition("-")[0].lower())

    def annotate(self, doc_id: str, text: str) -> ForeignDocument:
        """The spans of a text. Spans with one id, of a rule or a knowledge base, are of one entity.

        Raises StanceBankError where the pipeline fails, or changes the text.
        """
        try:
            doc = self._nlp(text)
        except Exception as error:
            what = f"the pipeline fails on the document {excerpt(doc_id)}: {_said(error)}"
            raise StanceBankError(what, "correct the pipeline; nothing was written") from None
        if doc.text != text:
            what = f"the pipeline changes the text of the document {excerpt(doc_id)}"
            raise StanceBankError(what, "use one that keeps texts as they are")
        found = ForeignDocument(doc_id, doc_id, doc_id, text, unit=CODE_POINTS)
        members: dict[str, list[str]] = {}
        for index, span in enumerate(labelled_spans(doc)):
            words = f"{index}/span"
            place = ((span.start_char, span.end_char),)
            found.spans.append(Span(words, span.label_, place, span.text, f"{doc_id} {span.start_char}"))
            identity = _identity(span)
            if identity:
                members.setdefault(identity, []).append(words)
        for number, (identity, words_of) in enumerate(members.items(), 1):
            found.clusters.append(Cluster(f"e{number}", tuple(words_of), doc_id))
            if re.fullmatch(WIKIDATA, identity):
                found.attributes.append(Attribute(f"e{number}", "wikidata", identity, doc_id))
        return found


def is_installed(model: str) -> bool:
    """Whether a package of this name is installed."""
    try:
        return model.isidentifier() and find_spec(model) is not None
    except (ImportError, ValueError):
        return False


def _identity(span: SpacySpan) -> str:
    """What the pipeline says a span is: its id in a knowledge base, else that of the rule that found it; or nothing."""
    known = span.kb_id_ if span.kb_id_ != "NIL" else ""
    return str(known or span.id_ or span.ent_id_)


def _digest(folder: Path | None) -> str:
    """The digest of the files of a pipeline, by their names."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")) if folder is not None else ():
        if path.is_file() and "__pycache__" not in path.parts:
            with path.open("rb") as stream:
                content = hashlib.file_digest(stream, "sha256").hexdigest()
            digest.update(f"{path.relative_to(folder or path).as_posix()}\0{content}\n".encode())
    return digest.hexdigest()[:_DIGEST]


def _said(error: Any) -> str:  # noqa: ANN401  (whatever a pipeline raises)
    words = " ".join(str(error).split()) or type(error).__name__
    return printable(words[:_SHOWN])
