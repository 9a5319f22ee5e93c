"""The picture of who stands where."""

from __future__ import annotations

from xml.etree import ElementTree

from conftest import Root
from stancebank.corpus import Part
from stancebank.figures import stance_matrix
from stancebank.views.positions import positions

SVG = "{http://www.w3.org/2000/svg}"


def titles(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}title")]


def test_the_picture_names_every_holder_and_every_proposition(gold: Part) -> None:
    shown = titles(stance_matrix(gold.corpus))
    assert set(gold.corpus.targets["proposition"]) <= set(shown)
    assert set(positions(gold)["holder_name"]) <= set(shown)


def test_each_position_has_its_sign(gold: Part) -> None:
    drawn = [
        e.text for e in ElementTree.fromstring(stance_matrix(gold.corpus)).iter(f"{SVG}text") if e.get("font-weight")
    ]
    legend = 1
    labels = list(positions(gold)["label"])
    assert drawn.count("+") == labels.count("favor") + legend
    assert drawn.count("\N{MINUS SIGN}") == labels.count("against") + legend
    assert drawn.count("0") == labels.count("neutral") + legend


def test_a_name_from_the_corpus_stays_text(root: Root) -> None:
    hostile = 'Keir</text><script>alert("1")</script>\u001b\u0000&amp;'
    row = next(i for i, e in enumerate(root.records("entities")) if e["name"] == "Keir Starmer")
    root.edit("entities", row, name=hostile)
    svg = stance_matrix(root.corpus())
    assert "<script" not in svg
    assert any("alert" in title for title in titles(svg))


def test_a_corpus_without_stances_has_no_picture(root: Root) -> None:
    root.write("stances", [])
    assert stance_matrix(root.corpus()) is None
