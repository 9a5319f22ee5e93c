"""The site in a real browser, from a file address: with mouse, with keys alone, narrow, dark, and heard."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_core_python.selenium import Axe
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait
from test_site import planted

from conftest import PROJECT, copied_root
from stancebank.corpus.corpus import read_corpus
from stancebank.pages.site.site_building import build_site
from studio.server.browser import browser, browser_programs

pytestmark = pytest.mark.deep("servers")

EXAMPLES = PROJECT / "examples"
KINDS = {
    "start": "index.html",
    "documents": "documents.html",
    "actors": "actors.html",
    "targets": "targets.html",
    "labels": "labels.html",
    "document": "document/grain-vote.html",
    "arabic": "document/hisar-marsa.html",
    "passes": "passes/grain-vote.html",
    "target": "target/early-elections.html",
    "search": "search.html?q=election",
}


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    if browser_programs() is None:
        pytest.skip("needs chromium and chromedriver")
    with browser(tmp_path_factory.mktemp("browser")) as driver:
        yield driver


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the examples' site, in a folder whose name needs escapes."""
    folder = tmp_path_factory.mktemp("a site") / "with ünusual name"
    build_site(read_corpus(EXAMPLES), folder)
    return folder.as_uri()


Look = Callable[..., None]
STILL = {"name": "prefers-reduced-motion", "value": "reduce"}
"""Nothing is clicked while it moves."""


@pytest.fixture
def look(driver: Chrome) -> Look:
    def look(width: int = 1280, *, dark: bool = False) -> None:
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme, STILL]})

    look()
    return look


def wait(driver: Chrome, until: Callable[[], Any]) -> Any:
    return WebDriverWait(driver, 60).until(lambda _: until())


def find(driver: Chrome, selector: str) -> WebElement:
    return driver.find_element(By.CSS_SELECTOR, selector)


def selected(driver: Chrome) -> list[str]:
    """The words of the segments that are selected."""
    return [each.text for each in driver.find_elements(By.CSS_SELECTOR, ".text .sel")]


def hits(driver: Chrome, question: str, site: str) -> list[str]:
    driver.get(f"{site}/index.html")
    find(driver, "#q").send_keys(question, Keys.ENTER)
    wait(driver, lambda: "search.html" in driver.current_url and "hit" in find(driver, "#found").text)
    return [each.text for each in driver.find_elements(By.CSS_SELECTOR, "#hits a")]


def test_the_search_finds_words_prefixes_labels_and_any_script(driver: Chrome, site: str, look: Look) -> None:
    assert hits(driver, "bread wolle", site) == []
    assert "Ardelvia backs cheaper grain as Quist opens fight for early elections" in hits(
        driver, "cheaper bread", site
    )
    assert len(hits(driver, "#against", site)) == 6
    (german, *_) = hits(driver, "klimaab MITTE", site)
    assert german.startswith("Streit um Klimaabgabe")
    assert any("رحلان" in each for each in hits(driver, "الحصار", site))
    assert any("водного" in each for each in hits(driver, "водного", site))
    assert "Marda Quist" in hits(driver, "Quist", site)
    driver.find_elements(By.CSS_SELECTOR, "#hits a")[0].click()
    wait(driver, lambda: driver.execute_script("return CSS.highlights.has('found')"))


def test_layers_are_switched_off_and_on(driver: Chrome, site: str, look: Look) -> None:
    driver.get(f"{site}/document/grain-vote.html")
    stance = find(driver, ".text .st")
    before = stance.value_of_css_property("background-color")
    find(driver, "input[data-layer=s]").click()
    assert stance.value_of_css_property("background-color") != before
    assert not find(driver, ".text a.badge.s").is_displayed()
    assert find(driver, ".text a.badge.a").is_displayed()
    find(driver, "input[data-layer=s]").click()
    assert stance.value_of_css_property("background-color") == before


def test_a_relation_a_stance_and_a_mention_are_selected(driver: Chrome, site: str, look: Look) -> None:
    driver.get(f"{site}/document/grain-vote.html")
    driver.execute_script("document.querySelector('[id=\"r.r1\"] .go').click()")
    assert selected(driver) == ["Ardelvia", "parliament"]
    find(driver, '.text a.badge.s[href="#s.s11"]').click()
    assert "".join(selected(driver)).startswith("would suit an adversarial power")
    linked = {each.text for each in driver.find_elements(By.CSS_SELECTOR, ".text .lnk")}
    assert {"Lisk", "says"} & linked or "she" in linked
    assert find(driver, ".chosen").get_attribute("textContent").startswith("s11 Dorothea Lisk: against")
    driver.get(f"{site}/document/grain-vote.html#s.s2")
    wait(driver, lambda: selected(driver))
    assert "".join(selected(driver)).startswith("All")


def test_the_page_is_worked_with_keys_alone(driver: Chrome, site: str, look: Look) -> None:
    driver.get(f"{site}/document/grain-vote.html")

    def focus() -> WebElement:
        return driver.switch_to.active_element

    find(driver, "body").send_keys(Keys.TAB)
    assert focus().text == "Skip to the content"
    focus().send_keys(Keys.ENTER)
    assert focus().get_attribute("id") == "main"
    for _ in range(60):
        focus().send_keys(Keys.TAB)
        if focus().get_attribute("data-layer") == "s":
            break
    focus().send_keys(Keys.SPACE)
    assert not find(driver, "input[data-layer=s]").is_selected()
    focus().send_keys(Keys.SPACE)
    for _ in range(200):
        focus().send_keys(Keys.TAB)
        if "badge s" in (focus().get_attribute("class") or ""):
            break
    badge = focus()
    badge.send_keys(Keys.ENTER)
    assert find(driver, ".chosen").get_attribute("hidden") is None
    assert selected(driver)
    focus().send_keys(Keys.ESCAPE)
    assert selected(driver) == []
    assert focus() == badge
    link = find(driver, '[id="r.r1"] .go')
    driver.execute_script("arguments[0].focus()", link)
    focus().send_keys(Keys.ENTER)
    assert focus().text == "parliament"
    focus().send_keys(Keys.ESCAPE)
    assert focus() == link


@pytest.mark.parametrize("page", KINDS.values(), ids=KINDS)
def test_no_page_is_wider_than_a_telephone(driver: Chrome, site: str, look: Look, page: str) -> None:
    for width in (360, 1920):
        look(width)
        driver.get(f"{site}/{page}")
        assert driver.execute_script("return document.documentElement.scrollWidth") <= width


def test_texts_from_right_to_left_are_so(driver: Chrome, site: str, look: Look) -> None:
    driver.get(f"{site}/document/hisar-marsa.html")
    direction = "return getComputedStyle(document.querySelector(arguments[0])).direction"
    assert driver.execute_script(direction, ".text p") == "rtl"
    assert driver.execute_script(direction, "h1") == "rtl"
    assert driver.execute_script(direction, ".facts") == "ltr"
    assert find(driver, ".text").get_attribute("lang") == "ar"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("page", KINDS.values(), ids=KINDS)
def test_axe_finds_no_violation(driver: Chrome, site: str, look: Look, page: str, dark: bool) -> None:
    look(dark=dark)
    driver.get(f"{site}/{page}")
    if "search" in page:
        wait(driver, lambda: "hit" in find(driver, "#found").text)
    found = Axe().run(driver)["violations"]
    assert [(each["id"], [node["html"][:200] for node in each["nodes"][:3]]) for each in found] == []


def test_planted_markup_runs_nowhere_and_no_page_breaks_its_policy(driver: Chrome, look: Look, tmp_path: Path) -> None:
    root = copied_root(tmp_path / "root")
    shutil.copytree(PROJECT / "annotation/passes", root.path / "annotation/passes")
    planted(root)
    build_site(root.corpus(), tmp_path / "site")
    watch = "window.alerts = []; window.alert = text => window.alerts.push(text);"
    watch += (
        "window.broken = []; addEventListener('securitypolicyviolation', e => window.broken.push(e.violatedDirective));"
    )
    added = driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": watch})
    try:
        for path in sorted((tmp_path / "site").rglob("*.html")):
            driver.get(path.as_uri())
            assert driver.execute_script("return [window.alerts, window.broken]") == [[], []], path
        driver.get(f"{(tmp_path / 'site/search.html').as_uri()}?q=<img src=x onerror=alert(3)> alert")
        wait(driver, lambda: find(driver, "#found").text)
        assert driver.execute_script("return [window.alerts, window.broken]") == [[], []]
        assert driver.find_elements(By.CSS_SELECTOR, "img") == []
    finally:
        driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)
