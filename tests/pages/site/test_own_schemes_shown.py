"""Corpora with schemes of somebody else: shown, searched, and as pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from site_pages import broken_links, read_pages

from own_schemes import ALL, DOC, PART, Own, new_corpus, put
from stancebank.editions.edition import EditionName
from stancebank.pages.site.page_names import document_page
from stancebank.pages.site.site_building import build_site

Run = Callable[..., CompletedProcess[str]]
EDITIONS: tuple[EditionName, ...] = ("full", "standoff", "masked")
each_scheme = pytest.mark.parametrize("own", ALL.values(), ids=ALL)


@each_scheme
def test_every_value_of_every_record_is_shown(cli: Run, own: Own, tmp_path: Path) -> None:
    corpus = put(new_corpus(tmp_path), own)
    part = corpus.read_part(PART)
    shown = " ".join(cli("show", DOC, "--root", corpus.root).stdout.split())
    built = build_site(corpus, tmp_path / "site")
    assert built.problems == ()
    pages = read_pages(tmp_path / "site")
    page = " ".join(pages[document_page(DOC)].text.split())
    for layer in corpus.layers.annotated:
        assert f"{layer}: {part[layer].height} (" in shown
        for row in part[layer].iter_rows(named=True):
            labels = [row[c.name] for c in corpus.layers[layer].columns if c.vocabulary and row[c.name] is not None]
            for label in labels:
                assert label in shown
                assert label in page
                found = cli("find", "--label", label, "--root", corpus.root, "--format", "json")
                assert found.returncode == 0
    fields = {field.name for field in corpus.scheme.fields if field.layer in corpus.layers.annotated}
    assert not {name for name in fields if not re.search(rf"\b{name}\b", shown)}


@each_scheme
def test_every_edition_of_it_is_a_whole_site(own: Own, tmp_path: Path) -> None:
    corpus = put(new_corpus(tmp_path), own)
    for edition in EDITIONS:
        build_site(corpus, tmp_path / edition, edition)
        assert broken_links(tmp_path / edition, read_pages(tmp_path / edition)) == []
