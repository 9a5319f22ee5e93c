"""Guidelines as pages: Markdown in which no HTML is markup, and links that lead to pages of the site or to the web."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from stancebank.faults import StanceBankError
from stancebank.pages.site.page_names import guideline_page
from stancebank.pages.site.templating import visible
from stancebank.schema.paths import GUIDELINES
from stancebank.storage.files import entries, read_inside

if TYPE_CHECKING:
    from markdown_it.token import Token

_COMMENT = re.compile(r"^<!--.*?-->\s*$", re.MULTILINE)
_FIRST = "readme"
_WEB = re.compile(r"https?://", re.IGNORECASE)


class Guideline(NamedTuple):
    """A page of the guidelines. name: of its file. html: rendered and escaped."""

    name: str
    page: str
    title: str
    html: str


def guidelines(root: Path) -> Iterator[Guideline]:
    """The guidelines of a corpus, the introduction first; none where it has none, or markdown-it is not installed."""
    names = [each.name for each in entries(root / GUIDELINES) if each.name.endswith(".md") and not each.is_folder]
    names.sort(key=lambda name: (_stem(name).lower() != _FIRST, name))
    texts = {}
    for name in names:
        data, _ = read_inside(root, f"{GUIDELINES}/{name}")
        texts[name] = visible(_COMMENT.sub("", (data or b"").decode(errors="replace")))
    parsed = {name: _parsed(text) for name, text in texts.items()}
    anchors = {name: {str(t.attrGet("id")) for t in tokens if t.attrGet("id")} for name, tokens in parsed.items()}
    for name, tokens in parsed.items():
        _relink(tokens, name, anchors)
        title = next((t.content for before, t in pairwise(tokens) if before.tag == "h1"), "")
        yield Guideline(name, guideline_page(_stem(name)), title or _stem(name), _html(tokens))


def _stem(name: str) -> str:
    return name.removesuffix(".md")


def _parsed(text: str) -> list[Token]:
    """The tokens of a page, with an id for each heading as code hosts give them."""
    try:
        from markdown_it import MarkdownIt
    except ModuleNotFoundError:
        what = "markdown-it-py is needed for the guidelines of a site, and is not installed"
        raise StanceBankError(what, "pip install 'stancebank[site]'") from None
    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(text)
    seen: dict[str, int] = {}
    for token, inline in pairwise(tokens):
        if token.type == "heading_open":
            words = "".join(child.content for child in inline.children or () if child.type in ("text", "code_inline"))
            name = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-") or "heading"
            seen[name] = seen.get(name, -1) + 1
            token.attrSet("id", f"{name}-{seen[name]}" if seen[name] else name)
    return tokens


def _relink(tokens: list[Token], own: str, anchors: Mapping[str, set[str]]) -> None:
    """Lead links to pages of the site; what is on none of them, and pictures, stay as words."""
    for token in tokens:
        open_links = []
        for child in token.children or ():
            if child.type == "link_open":
                href = _href(str(child.attrGet("href") or ""), own, anchors)
                child.attrs = {"href": href, "rel": "noreferrer"} if href else {}
                child.tag = "a" if href else "span"
                open_links.append(child.tag)
            elif child.type == "link_close":
                child.tag = open_links.pop()
            elif child.type == "image":
                child.type, child.tag, child.children, child.attrs = "text", "", None, {}


def _href(href: str, own: str, anchors: Mapping[str, set[str]]) -> str:
    if _WEB.match(href):
        return href
    path, _, fragment = unquote(href).partition("#")
    name = PurePosixPath(path).name if path else own
    if name not in anchors or (path and PurePosixPath(path).parent != PurePosixPath(".")):
        return ""
    page = "" if not path else PurePosixPath(guideline_page(_stem(name))).name
    if fragment:
        return f"{page}#{fragment}" if fragment in anchors[name] else page
    return page


def _html(tokens: list[Token]) -> str:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False})
    return str(parser.renderer.render(tokens, parser.options, {}))
