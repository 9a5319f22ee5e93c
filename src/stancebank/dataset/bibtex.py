"""A corpus as an entry of a bibliography."""

from __future__ import annotations

from stancebank.corpus.citation import Citation
from stancebank.corpus.settings import CorpusSettings


def bibtex(settings: CorpusSettings, citation: Citation) -> str:
    """A BibTeX entry of what is known, in one line. The year is that of a release of this version."""
    authors = " and ".join(
        author.full_name if author.is_person else f"{{{author.full_name}}}" for author in citation.authors
    )
    released = citation.date_released if citation.version == settings.version else None
    values = {
        "title": settings.title,
        "author": authors,
        "version": settings.version,
        "year": str(released.year if released else ""),
        "url": citation.url or "",
    }
    written = ", ".join(f"{key} = {{{_balanced(value)}}}" for key, value in values.items() if value)
    return f"@misc{{{settings.name}, {written}}}"


def _balanced(value: str) -> str:
    """A value whose braces are balanced."""
    return value if value.count("{") == value.count("}") else value.replace("{", "").replace("}", "")
