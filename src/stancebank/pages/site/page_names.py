"""Where each page of a site is, from its root. An id never becomes a path as it is."""

from __future__ import annotations

import hashlib
import re

START = "index.html"
SEARCH = "search.html"
LABELS = "labels.html"
DOCUMENTS = "documents.html"
ACTORS = "actors.html"
TARGETS = "targets.html"
MARKER = "stancebank-site.json"
"""The file by which a folder is known for a site."""

_PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")
_KEPT = 40  # characters of an id that is not plain


def slug(*ids: str) -> str:
    """A file name without ending for something with these ids, another one for any others.

    A plain id is its own; of any other, also one that differs from another by case alone, letters and digits
    are kept and a digest follows.
    """
    if len(ids) == 1 and _PLAIN.fullmatch(ids[0]):
        return ids[0]
    kept = re.sub(r"[^a-z0-9]+", "-", "-".join(ids).lower()).strip("-")[:_KEPT]
    return f"{kept or 'x'}.{hashlib.sha256(chr(0).join(ids).encode()).hexdigest()[:12]}"


def document_page(doc_id: str) -> str:
    """The page of a document."""
    return f"document/{slug(doc_id)}.html"


def passes_page(doc_id: str) -> str:
    """The page that lays the passes over a document side by side."""
    return f"passes/{slug(doc_id)}.html"


def actor_page(known_by: str, identity: str) -> str:
    """The page of whoever is one over all documents, as the view identities has it."""
    return f"actor/{slug(known_by, identity)}.html"


def target_page(target_id: str) -> str:
    """The page of a target."""
    return f"target/{slug(target_id)}.html"


def guideline_page(name: str) -> str:
    """The page of a guideline. name: of its file, without ending."""
    return f"guideline/{slug(name)}.html"


def numbered(page: str, number: int) -> str:
    """The page of that number, from 1, of several with one name; no slug has a tilde."""
    return page if number == 1 else f"{page.removesuffix('.html')}~{number}.html"
