"""Links of pages that a built dataset takes from its corpus: each leads to a file of the build, or nowhere any more."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

_LINK = re.compile(r"(?<!\\)\[([^\[\]\n]*)\]\(([^()\s]+)\)")
_CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_ABROAD = re.compile(r"[a-z][a-z0-9+.-]*:|#|//", re.IGNORECASE)


def with_links(page: str, at: str, built_at: str, files: Mapping[str, str]) -> str:
    """A page of the corpus with links that hold in the build.

    at: its path from the corpus's root. built_at: from the dataset's folder. files: by path in the corpus the path of
    the same file, or folder, in the build. Addresses stay; of a link to anything else only the text is left.
    """

    def built(target: str) -> str | None:
        path, mark, part = target.partition("#")
        place = posixpath.normpath(posixpath.join(posixpath.dirname(at), path))
        found = files.get(place)
        here = None if found is None else posixpath.relpath(found, posixpath.dirname(built_at) or ".")
        return None if here is None else f"{here}{mark}{part}"

    def link(match: re.Match[str]) -> str:
        text, target = match.groups()
        if _ABROAD.match(target):
            return match[0]
        place = built(target)
        return text if place is None else f"[{text}]({place})"

    def code(match: re.Match[str]) -> str:
        found = files.get(match[1].rstrip("/"))
        return match[0] if found is None else f"`{found}`"

    return _CODE.sub(code, _LINK.sub(link, page))
