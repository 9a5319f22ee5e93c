"""The card of a built dataset: what the Hub reads of it, and what people do."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import PROJECT, Root
from stancebank.corpus.annotators import Annotators
from stancebank.corpus.statistics import Statistics
from stancebank.dataset.built_links import with_links
from stancebank.dataset.card_block import card_block
from stancebank.dataset.hub_terms import described
from stancebank.dataset.manifest import Manifest
from stancebank.dataset.terms import hub_licence, licence_address
from stancebank.schema.scheme_reading import read_scheme
from stancebank.views.names import TASK_VIEWS, TOKEN_VIEWS
from ways_in import python

SIZES = re.compile(r"n<1K|n>1B|(1K<n<10K|10K<n<100K|100K<n<1M|1M<n<10M|10M<n<100M|100M<n<1B)")
CREATORS = {"crowdsourced", "found", "expert-generated", "machine-generated", "other"}
SCHEME, _ = read_scheme(PROJECT)


def card(folder: Path) -> tuple[dict[str, Any], str]:
    return card_block((folder / "README.md").read_text("utf-8"))


def test_the_block_is_what_the_hub_documents(editions: dict[str, Path]) -> None:
    """The rules of huggingface_hub's documentation of DatasetCardData; the Hub's own checks are not asked."""
    for folder in editions.values():
        block, _ = card(folder)
        assert all(re.fullmatch("[a-z]{2,3}", code) for code in block["language"])
        assert set(block["annotations_creators"]) <= CREATORS
        assert all(SIZES.fullmatch(size) for size in block["size_categories"])
        assert set(block["multilinguality"]) <= {"monolingual", "multilingual"}
        assert (block["license"], block["license_name"], block["license_link"]) == ("other", "see-rights", "LICENSE.md")
        assert (folder / block["license_link"]).is_file()
        assert block["source_datasets"] == ["original"]
        assert "stance-detection" in block["tags"]


def test_a_language_is_an_iso_code_and_a_finer_tag_has_a_key_of_its_own(root: Root) -> None:
    def told(*tags: str) -> tuple[object, object, object]:
        statistics = Statistics(languages=Counter(tags), records=Counter(documents=len(tags)))
        found = described(root.corpus(), statistics, ())
        return found["language"], found.get("language_bcp47"), found["multilinguality"]

    assert told("en", "en") == (["en"], None, ["monolingual"])
    assert told("en-GB", "en-US") == (["en"], ["en-GB", "en-US"], ["monolingual"])
    assert told("de", "zh-Hant-TW") == (["de", "zh"], ["de", "zh-Hant-TW"], ["multilingual"])


@given(st.integers(0, 3 * 10**9))
def test_every_number_of_documents_is_in_the_range_that_names_it(documents: int) -> None:
    class Shown:
        register = Annotators(annotators=())

    size = described(Shown(), Statistics(records=Counter(documents=documents)), ())["size_categories"][0]  # type: ignore[arg-type]
    assert SIZES.fullmatch(size)
    units = {"K": 10**3, "M": 10**6, "B": 10**9}
    bounds = [int(number) * units[unit] for number, unit in re.findall(r"(\d+)([KMB])", size)]
    low, high = (bounds[0], None) if size.startswith("n>") else (bounds[0] if bounds[1:] else 0, bounds[-1])
    assert documents >= low
    assert high is None or documents < high


def test_the_card_defines_every_label_and_says_what_each_config_is_for(editions: dict[str, Path]) -> None:
    assert SCHEME is not None
    for name, folder in editions.items():
        block, text = card(folder)
        for vocabulary, labels in SCHEME.vocabularies.items():
            section = text.split(f"### {vocabulary}\n")[1].split("\n#")[0] if f"### {vocabulary}\n" in text else ""
            assert section or name == "standoff"
            for code, label in enumerate(labels) if section else ():
                assert f"| `{label.name}` | {code} |" in section
        for config in block["configs"]:
            assert re.search(rf"^\| `{config['config_name']}` \| \S", text, re.MULTILINE)
    full = (editions["full"] / "README.md").read_text("utf-8")
    assert "The head gives way to the tail in words or rules" in full
    assert (editions["full"] / "scheme.yaml").read_bytes() == (PROJECT / "schemas/scheme.yaml").read_bytes()
    assert not (editions["standoff"] / "scheme.yaml").exists()


def test_every_task_view_has_an_example_that_is_json(editions: dict[str, Path]) -> None:
    for folder in editions.values():
        block, text = card(folder)
        views = {config["config_name"] for config in block["configs"]} & {*TASK_VIEWS, *TOKEN_VIEWS}
        found = dict(re.findall(r"^### (\w+)\n(?:(?!^### ).)*?^```json\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
        assert found.keys() == views
        assert all(json.loads(example) for example in found.values())


def test_every_link_of_the_pages_leads_to_a_file_of_the_build_or_to_an_address(editions: dict[str, Path]) -> None:
    for folder in editions.values():
        for page in folder.rglob("*.md"):
            text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
            for target in re.findall(r"\]\(([^)\s]+)\)", text):
                path = target.partition("#")[0]
                assert target.startswith(("http", "#")) or (page.parent / path).exists(), (page, target)


def test_only_an_edition_says_how_its_texts_come_back(editions: dict[str, Path]) -> None:
    for name, folder in editions.items():
        text = card(folder)[1]
        assert ("stancebank rehydrate FOLDER TEXT..." in text) == (name != "full")
        assert ("| 2025-02-17 | en |" in text) == (name != "full")
        assert ("in `spans`, `docred` and `coref` they count tokens" in text) == (name != "standoff")


@pytest.mark.deep("packages")
def test_the_lines_of_the_card_load_a_row(editions: dict[str, Path], tmp_path: Path) -> None:
    for folder in editions.values():
        (code,) = re.findall(r"^```python\n(.*?)^```", card(folder)[1], re.MULTILINE | re.DOTALL)
        assert len([line for line in code.splitlines() if line]) == 3
        shown = code.replace("print(rows[0])", "import json; print(json.dumps(rows[0]))")
        rows = shown.replace("OWNER/NAME", str(folder))
        assert python(tmp_path, rows)["doc_id"]


@pytest.mark.parametrize(
    ("terms", "address"),
    [
        ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
        ("CC-BY-NC-SA-3.0, apart from texts", "https://creativecommons.org/licenses/by-nc-sa/3.0/"),
        ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
        ("our terms (https://example.org/terms)", "https://example.org/terms"),
        ("all rights reserved", None),
    ],
)
def test_terms_that_name_a_licence_give_its_address(terms: str, address: str | None) -> None:
    assert licence_address(terms) == address


@pytest.mark.parametrize(
    ("annotations", "texts", "cleared", "licence"),
    [
        ("CC BY 4.0", "Made up; CC BY 4.0.", True, "cc-by-4.0"),
        ("CC-BY-NC-SA-4.0", "CC BY-NC-SA 4.0", True, "cc-by-nc-sa-4.0"),
        ("CC0", "Made up. CC0 1.0.", True, "cc0-1.0"),
        ("CC BY 4.0", "Made up; CC BY 4.0.", False, None),
        ("CC BY 4.0", "Made up; CC BY-SA 4.0.", True, None),
        ("CC BY 4.0", "All but the pictures are CC BY 4.0.", True, None),
        ("CC BY 4.0, apart from texts", "CC BY 4.0", True, None),
        ("CC BY 3.0", "CC BY 3.0", True, None),
        ("free", "free", True, None),
    ],
)
def test_the_card_names_a_licence_that_annotations_and_texts_share(
    root: Root, annotations: str, texts: str, cleared: bool, licence: str | None
) -> None:
    root.replace("corpus/corpus.yaml", "annotation_license: CC BY 4.0", f"annotation_license: {annotations}")
    corpus = root.corpus()
    (key,) = corpus.seeds.rights
    shown = corpus.seeds.rights[key].model_copy(update={"statement": texts})
    corpus = replace(corpus, seeds=replace(corpus.seeds, rights={key: shown}))
    assert hub_licence(corpus, Mock(spec=Manifest, redistribution={key: cleared})) == licence


def test_a_link_leads_to_the_same_file_in_the_build_or_gives_way_to_its_text() -> None:
    files = {"schemas/scheme.yaml": "scheme.yaml", "annotation/guidelines/a.md": "guidelines/a.md"}
    links = "[s](../../schemas/scheme.yaml#x) [a](a.md) [gone](../b.md) [web](https://e.org) [here](#p)"
    page = f"{links} `schemas/scheme.yaml`"
    assert with_links(page, "annotation/guidelines/b.md", "guidelines/b.md", files) == (
        "[s](../scheme.yaml#x) [a](a.md) gone [web](https://e.org) [here](#p) `scheme.yaml`"
    )


@given(st.text("ab[]()`\\ \n./", max_size=40))
def test_a_page_without_links_to_files_stays_as_it_is_and_any_page_is_changed_once(page: str) -> None:
    once = with_links(page, "p.md", "p.md", {})
    assert with_links(once, "p.md", "p.md", {}) == once or "](" in once
    if "](" not in page:
        assert once == page
