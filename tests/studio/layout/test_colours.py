"""The colours of labels differ for people with any kind of colour vision."""

from __future__ import annotations

from itertools import combinations
from xml.etree import ElementTree

import numpy as np
import pytest

from conftest import PROJECT
from stancebank.schema.scheme_reading import read_scheme
from stancebank.studio.layout.config import labelling_config

# What is seen of linear RGB, severity 1.0: Machado, Oliveira & Fernandes, "A Physiologically-based Model for Simulation
# of Color Vision Deficiency", IEEE Transactions on Visualization and Computer Graphics 15(6), 2009.
VISION = {
    "trichromacy": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
# Linear sRGB to CIE XYZ and its white point D65: IEC 61966-2-1.
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = TO_XYZ.sum(axis=1)

# What can just be seen: Mahy, Van Eycken & Oosterlinck, Color Research & Application 19(2), 1994.
NOTICEABLE = 2.3


def rgb(colour: str) -> np.ndarray:
    return np.frombuffer(bytes.fromhex(colour.removeprefix("#")), np.uint8) / 255


def lab(colour: np.ndarray, vision: str) -> np.ndarray:
    """CIE L*a*b* (CIE 15:2004) of an sRGB colour as it is seen."""
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    ratio = TO_XYZ @ np.clip(VISION[vision] @ linear, 0, 1) / WHITE
    x, y, z = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def nearest(colours: dict[str, np.ndarray], vision: str) -> tuple[float, str, str]:
    """The smallest distance between two labels, and which they are."""
    return min(
        (float(np.linalg.norm(lab(colours[one], vision) - lab(colours[other], vision))), one, other)
        for one, other in combinations(colours, 2)
    )


@pytest.fixture(scope="module", params=["our types", "twelve types"])
def colours(request) -> dict[str, np.ndarray]:
    scheme, _ = read_scheme(PROJECT)
    if request.param == "twelve types":
        first, *others = scheme.entity_types
        more = [first.model_copy(update={"name": f"TYPE{number}"}) for number in range(11 - len(others))]
        scheme = scheme.model_copy(update={"entity_types": (first, *others, *more)})
        assert len(scheme.entity_types) == 12
    config = ElementTree.fromstring(labelling_config(scheme))
    return {label.attrib["value"]: rgb(label.attrib["background"]) for label in config.iter("Label")}


@pytest.mark.parametrize("vision", VISION)
def test_no_two_labels_look_alike(colours, vision):
    distance, one, other = nearest(colours, vision)
    assert distance >= 16, f"{one} and {other} are {distance:.1f} apart"


@pytest.mark.parametrize("vision", VISION)
def test_no_two_kinds_of_spans_look_alike_in_the_text(colours, vision):
    """The editor shows a span's colour with an opacity of 0.3 on white."""
    spans = {name: 0.3 * colour + 0.7 for name, colour in colours.items()}
    distance, one, other = nearest(spans, vision)
    assert distance >= 2 * NOTICEABLE, f"{one} and {other} are {distance:.1f} apart"


def test_the_text_under_a_span_stays_readable(colours):
    """Black on the colour as shown has the contrast 7 of WCAG 2.1 AAA."""
    for colour in colours.values():
        shown = 0.3 * colour + 0.7
        linear = np.where(shown <= 0.04045, shown / 12.92, ((shown + 0.055) / 1.055) ** 2.4)
        assert (TO_XYZ[1] @ linear + 0.05) / 0.05 >= 7


def test_the_measure_tells_red_from_green_only_where_eyes_do():
    pair = {"red": rgb("#D73C32"), "green": rgb("#7C7A00")}
    assert nearest(pair, "trichromacy")[0] > 60
    assert nearest(pair, "deuteranopia")[0] < 20
