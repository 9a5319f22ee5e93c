"""The pictures: what they show, that they read without colour, and that names stay text."""

from __future__ import annotations

from xml.etree import ElementTree

from conftest import Root
from stancebank.agreement.main_scores import MAIN_SCORES, PairOfPasses, pairs_of_passes
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.part import Part
from stancebank.corpus.statistics import corpus_statistics
from stancebank.pages.pictures import agreement_dots, entity_matrix, relation_bars, stance_matrix
from stancebank.schema.layers import PART_LAYERS
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


def drawn(svg: str, tag: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter(f"{SVG}{tag}"))


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in drawn(svg, "text")]


def pictures(corpus: Corpus) -> dict[str, str | None]:
    counted = corpus_statistics(corpus)
    return {
        "stances": stance_matrix(corpus),
        "relations": relation_bars(corpus, counted),
        "entities": entity_matrix(corpus, counted),
        "agreement": agreement_dots(pairs_of_passes(corpus)),
    }


def test_every_picture_has_a_title_a_description_and_paper_of_its_own(root: Root) -> None:
    root.add_passes()
    for name, svg in pictures(root.corpus()).items():
        picture = ElementTree.fromstring(svg)
        assert [child.tag for child in picture][:3] == [f"{SVG}title", f"{SVG}desc", f"{SVG}rect"], name
        assert (picture.get("role"), picture.get("aria-labelledby")) == ("img", "title desc")
        paper = picture[2]
        assert (paper.get("fill"), paper.get("width")) == ("#ffffff", picture.get("width"))


def test_nothing_is_drawn_beside_the_paper(root: Root) -> None:
    root.add_passes()
    for name, svg in pictures(root.corpus()).items():
        picture = ElementTree.fromstring(svg)
        width, height = float(picture.get("width")), float(picture.get("height"))
        for element in picture.iter(f"{SVG}rect"):
            assert float(element.get("x", 0)) + float(element.get("width")) <= width, name
        for element in picture.iter(f"{SVG}text"):
            assert 0 < float(element.get("x")) < width, name
            assert 0 < float(element.get("y")) < height, name


def test_an_empty_corpus_has_no_pictures(root: Root) -> None:
    for layer in PART_LAYERS:
        root.write(layer, [])
    assert set(pictures(root.corpus()).values()) == {None}


def test_each_bar_has_the_count_of_its_type_and_each_piece_that_of_its_modality(gold: Part) -> None:
    counted = corpus_statistics(gold.corpus)
    svg = relation_bars(gold.corpus, counted)
    pieces = {title for title in titles(svg) if ":" in title}
    assert pieces == {f"{kind}, {modality}: {n}" for (kind, modality), n in counted.relations.items()}
    totals = {kind: sum(row.values()) for kind, row in counted.relations_by_type(gold.corpus.scheme).items()}
    shown = texts(svg)
    for kind, n in totals.items():
        assert not n or shown[shown.index(kind) + 1] == f"{n:,}"
        assert n or any(kind in line for line in shown)


def test_modalities_differ_by_more_than_colour(gold: Part) -> None:
    svg = relation_bars(gold.corpus, corpus_statistics(gold.corpus))
    strokes = [[path.get("d") for path in pattern.iter(f"{SVG}path")] for pattern in drawn(svg, "pattern")]
    assert len(strokes) == len(gold.corpus.scheme.modalities) == len({str(stroke) for stroke in strokes})


def test_each_cell_of_the_entities_has_its_number(gold: Part) -> None:
    counted = corpus_statistics(gold.corpus)
    shown = texts(entity_matrix(gold.corpus, counted))
    for kind, row in counted.mentions_by_type(gold.corpus.scheme).items():
        at = shown.index(kind)
        entities = counted.by_label(gold.corpus.scheme, "entities", "type")[kind]
        assert shown[at + 1 : at + 3 + len(row)] == [str(n) for n in (entities, *row.values(), sum(row.values()))]


def test_a_label_from_the_corpus_stays_text(root: Root) -> None:
    root.edit("relations", 0, type="</text><script>", modality="<b>\u001b")
    root.edit("entities", 0, type="</text><script>")
    for svg in pictures(root.corpus()).values():
        assert svg is None or ("<script" not in svg and "<b>" not in svg and "\u001b" not in svg)
        assert svg is None or ElementTree.fromstring(svg) is not None


ONE = (1,) * len(MAIN_SCORES)
VALUES = (0.9, 0.8, 0.7, 0.6, 0.5, None, -0.4, 1.0, 0.33)


def test_agreement_is_drawn_with_what_is_asked_and_what_others_reached() -> None:
    svg = agreement_dots([PairOfPasses("a", "b", VALUES, ONE)])
    shown = texts(svg)
    for main, value in zip(MAIN_SCORES, VALUES, strict=True):
        assert main.name in shown
        assert ("-" if value is None else f"{value:.3f}") in shown
        if main.anchor:
            assert f"{main.anchor.corpus} {main.anchor.number}" in shown
    asked = [f"must reach {main.least:.2f}" for main in MAIN_SCORES if main.least]
    assert [title for title in titles(svg) if title.startswith("must")] == asked
    assert len(drawn(svg, "circle")) == 8 + 1  # one is undefined, one is the legend's


def test_of_several_pairs_the_lowest_is_named() -> None:
    svg = agreement_dots([PairOfPasses("a", "b", (0.75,) * 9, ONE), PairOfPasses("a", "c", (0.25,) * 9, ONE)])
    assert "0.250" in texts(svg)
    assert "0.750" not in texts(svg)
    assert len(drawn(svg, "circle")) == 2 * 9 + 1


def test_passes_that_are_not_independent_are_not_drawn() -> None:
    dependent = PairOfPasses("a", "c", (0.25,) * 9, ONE, ("predictions",))
    assert agreement_dots([PairOfPasses("a", "b", VALUES, ONE), dependent]) == agreement_dots(
        [PairOfPasses("a", "b", VALUES, ONE)]
    )
    assert agreement_dots([dependent]) is None


def test_fewer_than_two_passes_have_no_picture(root: Root) -> None:
    assert agreement_dots(pairs_of_passes(root.corpus())) is None
