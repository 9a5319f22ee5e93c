"""The labelling page of Label Studio in a real browser, worked as a person works it: with mouse and keys.

Selenium finds and moves things; what the page itself holds is only looked at, to
know when it is ready. Nothing is slept over: each step waits for what it should
have brought about.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from selenium.common.exceptions import TimeoutException, WebDriverException
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.wheel_input import ScrollOrigin
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

TIMEOUT = 120.0  # seconds for anything; the machine may have much else to do
_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1600,1000"),
    *("--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)

# The pieces of the text, text nodes and line ends alike, with their lengths in code points.
_PIECES = """
const pieces = [];
const walker = document.createTreeWalker(
  document.querySelector('.lsf-htx-richtext'), NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
for (let node = walker.nextNode(); node; node = walker.nextNode()) {
  if (node.nodeType === Node.TEXT_NODE) pieces.push([node, Array.from(node.data).length]);
  else if (node.nodeName === 'BR') pieces.push([node, 1]);
}
"""
# Where a code point of the text is on the screen, once it is scrolled to.
_PLACE = (
    _PIECES
    + """
let left = arguments[0];
for (const [node, length] of pieces) {
  if (left < length) {
    if (node.nodeType !== Node.TEXT_NODE) return null;
    const before = Array.from(node.data).slice(0, left).join('').length;
    const range = document.createRange();
    range.setStart(node, before);
    range.setEnd(node, before + Array.from(node.data)[left].length);
    const seen = () => Array.from(range.getClientRects()).find(box => box.width > 0);
    let box = seen();
    if (box && (box.top < 200 || box.bottom > innerHeight - 120)) {
      node.parentElement.scrollIntoView({block: 'center', behavior: 'instant'});
      box = seen();
    }
    return box ? [box.left, box.top, box.width, box.height] : null;
  }
  left -= length;
}
return null;
"""
)
# A region in the list of regions, or null and how many pixels to scroll, as its rows are as high as those in sight.
_IN_LIST = """
const regions = Htx.annotationStore.selected.regions;
const wanted = regions.find(region => region.cleanId === arguments[0]).region_index;
const number = row => Number(row.querySelector('.lsf-outliner-item__index').textContent);
const rows = Array.from(document.querySelectorAll('.lsf-outliner-item'));
const found = rows.find(row => number(row) === wanted);
const middle = rows[Math.floor(rows.length / 2)];
const height = middle.closest('.lsf-tree__node').getBoundingClientRect().height;
return [found || null, Math.round((wanted - number(middle)) * height)];
"""
_LIST = ".htx-taxonomy .ant-select-selector"
_REMOVE = ".ant-select-selection-item-remove"
_DELETE_RELATION = 'button[aria-label="Delete Relation"]'
_SHOW_LABELS = 'button[aria-label="Show Relation Labels"]'
_RESULT = "return JSON.stringify(Htx.annotationStore.selected.serializeAnnotation())"
_SELECTED = """
return Htx.annotationStore.selected.regions
  .filter(region => region.selected || region.inSelection).map(region => region.cleanId);
"""
_SAVED = """
const [done] = arguments, made = Htx.annotationStore.selected.pk;
fetch(`/api/annotations/${made}/`).then(answer => answer.json()).then(told => done(told.result), () => done(null));
"""
_SEARCHING = """
const field = document.activeElement;
return field.matches('input.lsf-taxonomy-search-input') ? field : null;
"""
_READY = """
const store = window.Htx && Htx.annotationStore;
return Boolean(store && store.selected && document.querySelector('.lsf-htx-richtext')
  && new Set(Array.from(store.selected.regions, region => region.cleanId)).size >= arguments[0]
  && document.querySelectorAll('.htx-highlight').length >= arguments[0]);
"""
_IDLE = "const done = arguments[0]; requestIdleCallback(() => requestIdleCallback(() => done(true)));"


def browser_programs() -> tuple[str, str] | None:
    """Chromium, or Chrome, and its driver, as the system has them; None where one is missing."""
    browsers = filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
    program, driver = next(browsers, None), shutil.which("chromedriver")
    return (program, driver) if program and driver else None


@contextmanager
def browser(folder: Path) -> Iterator[Chrome]:
    """A browser with a profile of its own in folder, which ends with the block."""
    programs = browser_programs()
    assert programs is not None
    options = ChromeOptions()
    options.binary_location = programs[0]
    for flag in (*_FLAGS, f"--user-data-dir={folder / 'profile'}"):
        options.add_argument(flag)
    driver = Chrome(options=options, service=Service(programs[1], log_output=str(folder / "driver.log")))
    try:
        driver.set_script_timeout(TIMEOUT)
        yield driver
    finally:
        driver.quit()


class LabellingPage:
    """One task, open in the browser."""

    def __init__(self, driver: Chrome, url: str) -> None:
        self.driver, self.url = driver, url

    def log_in(self, user: str, password: str) -> None:
        self.driver.get(f"{self.url}/user/login/")
        self._find("input[name=email]").send_keys(user)
        self._find("input[name=password]").send_keys(password, Keys.ENTER)
        self.wait(lambda: not urlsplit(self.driver.current_url).path.startswith("/user/login"))

    def open(self, project: int, task: int, regions: int) -> None:
        """Open a task and wait until its regions stand in the text."""
        page = f"{self.url}/projects/{project}/data?task={task}"
        self.driver.get(page)
        try:
            self.wait(lambda: self.driver.execute_script(_READY, regions), TIMEOUT / 2)
        except TimeoutException:  # on a busy machine a page may stop half loaded
            self.driver.get(page)
            self.wait(lambda: self.driver.execute_script(_READY, regions))
        self.driver.execute_async_script(_IDLE)

    def result(self) -> list[dict[str, Any]]:
        """What the page would send now."""
        return json.loads(self.driver.execute_script(_RESULT))

    def regions(self) -> dict[str, dict[str, Any]]:
        """The labelled spans by region id."""
        return {item["id"]: item["value"] for item in self.result() if item["type"] == "labels"}

    def selected(self) -> list[str]:
        """The ids of the regions that are selected."""
        return self.driver.execute_script(_SELECTED)

    def press(self, *keys: str) -> None:
        """Press a key, the others held down with it: press("r", Keys.ALT)."""
        key, *held = keys
        chain = ActionChains(self.driver)
        for each in held:
            chain.key_down(each)
        chain.send_keys(key)
        for each in reversed(held):
            chain.key_up(each)
        chain.perform()

    def mark(self, label_key: str, start: int, end: int) -> str:
        """Press the key of a label and draw the mouse over code points start to end; gives the id of the new region."""
        before = self.regions().keys()
        self.press(label_key)
        self.wait(lambda: self._all(".lsf-label_selected"))
        first, last = self._place(start), self._place(end - 1)
        first = self._place(start)  # the text may have been scrolled for the last one
        up, down = _middle(first)[1], _middle(last)[1]
        self._drag((round(first[0]) + 1, up), (round(last[0] + last[2]) - 1, down))
        [made] = self.wait(lambda: self.regions().keys() - before)
        return made

    def select(self, region: str) -> None:
        """Click a region: in the text where some of it lies under no other one, else in the list of regions."""
        if self.selected() != [region]:
            self._click_region(region)
            self.wait(lambda: self.selected() == [region])

    def choose(self, key: str, value: str) -> None:
        """Press the key of a label or a choice, which the selected region gets."""
        [region] = self.selected()
        self.press(key)
        self.wait(lambda: (region, [value]) in self._values("labels", "choices"))

    def pick(self, words: str, choice: str, field: str = "entity") -> None:
        """Look for words in the list of a field of the selected region, and pick the choice of that id.

        What it has is removed first, as it takes one. The field keeps the keyboard until something else is clicked.
        """
        [region] = self.selected()
        self.clear(field)
        self._click(self._lists()[self._place_of(field)])
        field = self.wait(lambda: self.driver.execute_script(_SEARCHING))
        field.send_keys(words)
        found = ".ant-select-tree-node-content-wrapper"
        self._click(self.wait(lambda: self._only(found, lambda text: text.split()[:1] == [choice])))
        self.wait(lambda: (region, [[choice]]) in self._values("taxonomy"))
        self.press(Keys.ESCAPE)
        self.wait(lambda: not any(each.is_displayed() for each in self._all(found)))

    def clear(self, field: str) -> None:
        """Remove what the list of a field has."""
        [region] = self.selected()
        for cross in self._lists()[self._place_of(field)].find_elements(By.CSS_SELECTOR, _REMOVE):
            self._click(cross)
            self.wait(
                lambda: (region, field) not in [(each.get("id"), each.get("from_name")) for each in self.result()]
            )

    def _lists(self) -> list[WebElement]:
        """The lists that the selected region's fields show, from the top."""
        return self.wait(lambda: [each for each in self._all(_LIST) if each.is_displayed()])

    def _place_of(self, field: str) -> int:
        """Where the list of a field is: the holder's is above the target's, and others are alone."""
        return int(field == "target")

    def delete(self) -> None:
        """Delete the selected region with its key."""
        [region] = self.selected()
        self.press(Keys.BACKSPACE)
        self.wait(lambda: region not in self.regions())

    def undo(self) -> None:
        """Take back the last edit."""
        before = self.result()
        self.press("z", Keys.CONTROL)
        self.wait(lambda: self.result() != before)

    def unrelate(self, head: str, tail: str) -> None:
        """Delete a relation in the list of relations."""
        index = next(i for i, (one, other, _) in enumerate(self.relations()) if (one, other) == (head, tail))
        before = len(self.relations())
        self._open_tab("Relations")
        items = ".lsf-relations__item"
        drawn = self.wait(lambda: self._all(items)[index])
        ActionChains(self.driver).scroll_to_element(drawn).move_to_element(drawn).perform()
        self._click(self.wait(lambda: self._all(items)[index].find_element(By.CSS_SELECTOR, _DELETE_RELATION)))
        self.wait(lambda: len(self.relations()) == before - 1)

    def enter(self, words: str) -> None:
        """Type words into the selected region's text field, and press Enter."""
        [region] = self.selected()
        field = self._shown("input[name=new_entity]")
        self._click(field)
        field.send_keys(words, Keys.ENTER)
        self.wait(lambda: (region, [words]) in self._values("textarea", key="text"))

    def _values(self, *types: str, key: str | None = None) -> list[tuple[str, Any]]:
        """Region and value of the items of these types."""
        return [(item["id"], item["value"][key or item["type"]]) for item in self.result() if item["type"] in types]

    def note(self, words: str) -> None:
        """Write a note on the selected region, under Info."""
        [region] = self.selected()
        self._click(self._shown('button[aria-label="Edit region\'s meta"]'))
        self._shown("textarea.lsf-detailed-region__meta-text").send_keys(words, Keys.ENTER)
        self.wait(lambda: (region, {"text": [words]}) in [(each.get("id"), each.get("meta")) for each in self.result()])

    def direction(self, at: int) -> str:
        """Where on its line a code point stands: left or right of the middle of the text."""
        box = self.driver.execute_script("return document.querySelector('.lsf-htx-richtext').getBoundingClientRect()")
        left, _, width, _ = self._place(at)
        return "left" if left + width / 2 < box["left"] + box["width"] / 2 else "right"

    def relate(self, head: str, tail: str, label: str) -> None:
        """Draw a relation from one region to another, and choose its label in the list of relations."""
        before = len(self.relations())
        self.select(head)
        self.press("r", Keys.ALT)
        self._click_region(tail)
        self.wait(lambda: len(self.relations()) == before + 1)
        self._open_tab("Relations")
        items = ".lsf-relations__item"
        # The new one is the last. Its buttons are there only while the mouse is over it.
        drawn = self.wait(lambda: self._all(items)[before])
        ActionChains(self.driver).scroll_to_element(drawn).move_to_element(drawn).perform()
        self._click(self.wait(lambda: self._all(items)[before].find_element(By.CSS_SELECTOR, _SHOW_LABELS)))
        self._click(self._shown(".lsf-relation-meta button"))
        self._click(self._find(f'[role=option][data-value="{label}"]'))
        self.wait(lambda: (head, tail, (label,)) in self.relations())
        self.press(Keys.ESCAPE)
        self.wait(lambda: not self._all("[role=option]"))

    def relations(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """Head, tail and labels of each relation."""
        return [
            (item["from_id"], item["to_id"], tuple(item.get("labels", ())))
            for item in self.result()
            if item["type"] == "relation"
        ]

    def update(self) -> None:
        """Press Update, and wait until the server has what the page shows."""
        self._click(self._shown("button[aria-label=submit]"))
        self.wait(lambda: self._complaint() or self.driver.execute_async_script(_SAVED) == self.result())
        assert self._complaint() is None, self._complaint()

    def wait(self, condition: Callable[[], Any], limit: float = TIMEOUT) -> Any:
        """What condition gives, once it is true; what the page has just replaced is looked for again."""
        ignored = (WebDriverException, LookupError)
        return WebDriverWait(self.driver, limit, 0.1, ignored).until(lambda _: condition())

    def _complaint(self) -> str | None:
        """What the page says to be missing, in a dialog."""
        return next((each.text for each in self._all(".ant-modal") if each.is_displayed()), None)

    def _all(self, css: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def _find(self, css: str) -> WebElement:
        return self.wait(lambda: self.driver.find_element(By.CSS_SELECTOR, css))

    def _shown(self, css: str) -> WebElement:
        """The one element of that kind that can be seen."""
        return self.wait(lambda: self._only(css, lambda _: True))

    def _only(self, css: str, wanted: Callable[[str], bool]) -> WebElement | None:
        found = [each for each in self._all(css) if each.is_displayed() and wanted(each.text)]
        return found[0] if len(found) == 1 else None

    def _click(self, element: WebElement) -> None:
        """Click where it stands, once nothing lies over it any more."""

        def clicked() -> bool:
            element.click()
            return True

        self.wait(clicked)

    def _open_tab(self, name: str) -> None:
        self._click(self.wait(lambda: self._only(".lsf-panel-tabs__tab", lambda text: text == name)))

    def _click_region(self, region: str) -> None:
        """On a letter where no other region of that length or less lies over it, since a click takes the innermost."""
        regions = self.regions()
        place = regions.pop(region)
        over = [
            other
            for other in regions.values()
            if other["end"] - other["start"] <= place["end"] - place["start"] or not _within(place, other)
        ]
        free = [
            at
            for at in range(place["start"], place["end"])
            if not any(other["start"] <= at < other["end"] for other in over)
            and not place["text"][at - place["start"] :][:1].isspace()  # too narrow to hit
        ]
        if free:
            self._click_in_text(free[len(free) // 2])
        else:
            self._click_in_list(region)

    def _click_in_text(self, at: int) -> None:
        x, y = _middle(self._place(at))
        mouse = ActionBuilder(self.driver)
        mouse.pointer_action.move_to_location(x, y).click()
        mouse.perform()

    def _click_in_list(self, region: str) -> None:
        """Turn the wheel over the list of regions until the region is there: only those in sight are in the page."""
        self._open_tab("Regions")
        panel = self._shown(".lsf-tree-list-holder")

        def clicked() -> bool:
            found, way = self.driver.execute_script(_IN_LIST, region)
            if found is None:
                ActionChains(self.driver).scroll_from_origin(ScrollOrigin.from_element(panel), 0, way).perform()
                return False
            self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", found)
            found.click()  # the list may be drawn again at any moment: then it is looked for again
            return True

        self.wait(clicked)

    def _place(self, at: int) -> tuple[float, float, float, float]:
        """Left, top, width and height of a code point on the screen, which the text is scrolled to show."""
        return tuple(self.wait(lambda: self.driver.execute_script(_PLACE, at)))

    def _drag(self, first: tuple[int, int], last: tuple[int, int]) -> None:
        mouse = ActionBuilder(self.driver)
        halfway = (first[0] + last[0]) // 2, (first[1] + last[1]) // 2
        pointer = mouse.pointer_action.move_to_location(*first).pointer_down()
        pointer.move_to_location(*halfway).move_to_location(*last).pointer_up()
        mouse.perform()


def _within(inner: dict[str, Any], outer: dict[str, Any]) -> bool:
    return bool(outer["start"] <= inner["start"] and inner["end"] <= outer["end"])


def _middle(box: tuple[float, float, float, float]) -> tuple[int, int]:
    left, top, width, height = box
    return round(left + width / 2), round(top + height / 2)
