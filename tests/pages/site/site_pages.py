"""The pages of a site as tests read them: elements, ids, links, words."""

from __future__ import annotations

import posixpath
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


@dataclass
class Page:
    """tags: how often each occurs. ids: all. links: of anchors. loads: what the page loads. text: its words."""

    tags: Counter[str] = field(default_factory=Counter)
    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    attributes: set[str] = field(default_factory=set)
    text: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.page.tags[tag] += 1
        self.page.attributes |= values.keys()
        self.page.ids += [values["id"]] if "id" in values else []
        for name in ("src", "href", "action"):
            if name in values:
                (self.page.links if tag in ("a", "form") else self.page.loads).append(values[name] or "")
        for name in ("title", "aria-label", "content", "placeholder"):
            self.page.text += f" {values.get(name) or ''} "

    def handle_data(self, data: str) -> None:
        self.page.text += data


def read_page(path: Path) -> Page:
    reader = _Reader()
    reader.feed(path.read_text("utf-8"))
    return reader.page


def read_pages(site: Path) -> dict[str, Page]:
    """All pages of a site, by their place in it."""
    return {path.relative_to(site).as_posix(): read_page(path) for path in sorted(site.rglob("*.html"))}


def broken_links(site: Path, pages: dict[str, Page]) -> list[str]:
    """Links and files of pages that lead nowhere in the site; those to the web are not followed."""
    broken = []
    for name, page in pages.items():
        for link in (*page.links, *page.loads):
            parts = urlsplit(link)
            if parts.scheme:
                continue
            target = (
                posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(parts.path))) if parts.path else name
            )
            known = (site / target).is_file()
            if not known or (parts.fragment and unquote(parts.fragment) not in pages[target].ids):
                broken.append(f"{name}: {link}")
    return broken


def tree(site: Path) -> dict[str, bytes]:
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}
