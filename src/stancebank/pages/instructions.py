"""The guidelines as one page of HTML, such as Label Studio shows to annotators of a project."""

from __future__ import annotations

import re
from pathlib import Path

from stancebank.pages.site.guideline_pages import guidelines

_TO_A_PAGE = re.compile(r'<a href="(?!https?://)[^"]*"[^>]*>(.*?)</a>', re.DOTALL)


def guideline_instructions(root: Path) -> str:
    """All guidelines of a corpus one after the other, the introduction first; empty where it has none.

    Links from page to page are their words alone, since they lead nowhere outside a site.
    """
    return "\n<hr>\n".join(_TO_A_PAGE.sub(r"\1", guideline.html) for guideline in guidelines(root))
