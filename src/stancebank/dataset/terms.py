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
