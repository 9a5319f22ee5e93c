"""The terms of a built dataset: of its annotations, with an address where one is known, and of its texts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stancebank.corpus.corpus import Corpus
from stancebank.dataset.manifest import Manifest
from stancebank.storage.markdown import plain

CLEARED = {True: "may be redistributed", False: "**not cleared for redistribution**"}
_ATTRIBUTION = re.compile(r"CC[ -](BY(?:-NC)?(?:-SA|-ND)?)[ -]([1-4]\.[05])", re.IGNORECASE)
_ZERO = re.compile(r"CC0(?:[ -]1\.0)?", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>()]+")


def licence_address(terms: str) -> str | None:
    """The address of the licence that terms name: one of Creative Commons, or the first address in them."""
    if found := _ATTRIBUTION.search(terms):
        return f"https://creativecommons.org/licenses/{found[1].lower()}/{found[2]}/"
    if _ZERO.search(terms):
        return "https://creativecommons.org/publicdomain/zero/1.0/"
    named = _ADDRESS.search(terms)
    return named[0] if named else None


def hub_licence(corpus: Corpus, manifest: Manifest) -> str | None:
    """The Hub's name of the one licence of annotations and texts, such as cc-by-4.0; None if there is no such licence.

    It is one of Creative Commons, 4.0 or CC0, that the annotations' terms are, and with which the statement of each
    key of the rights table ends, after a full stop or semicolon; and all texts may be redistributed.
    """
    statements = [corpus.seeds.rights[key].statement for key in manifest.redistribution]
    named = {_hub_name(each) for each in (corpus.settings.annotation_license, *statements)}
    cleared = all(manifest.redistribution.values())
    return named.pop() if cleared and len(named) == 1 else None


def _hub_name(terms: str) -> str | None:
    last = re.split(r"[.;]\s+", terms.strip().removesuffix("."))[-1]
    if found := _ATTRIBUTION.fullmatch(last):
        return f"cc-{found[1].lower()}-4.0" if found[2] == "4.0" else None
    return "cc0-1.0" if _ZERO.fullmatch(last) else None


def terms_page(corpus: Corpus, manifest: Manifest) -> bytes:
    """LICENSE.md of a built dataset. corpus: as the edition shows it."""
    lines = ["# Terms", "", *terms(corpus, manifest), ""]
    return "\n".join(lines).encode()


def terms(corpus: Corpus, manifest: Manifest) -> Iterator[str]:
    """Lines of Markdown: the terms of the annotations, and for each key of the rights table those of the texts."""
    own = corpus.settings.annotation_license
    address = licence_address(own)
    at = f" (<{address}>)" if address else ""
    yield f"Annotations: {plain(own)}{at}. The rights in the texts are apart from that:"
    yield ""
    for key, redistribution in manifest.redistribution.items():
        statement = plain(corpus.seeds.rights[key].statement)
        yield f"- `{key}`: {statement} Texts under this key: {CLEARED[redistribution]}."
