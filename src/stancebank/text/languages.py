"""Languages of texts: their tags, and which one a text is in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from stancebank.faults import StanceBankError, printable

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_BEGINNING = 5000  # code points of a text that are looked at
_LIKELY = 0.5  # least probability of a language that is taken for a text's own
_CERTAIN = 0.9  # least probability of a language that contradicts the one that was given
# Languages that no statistics of letters tells apart with certainty.
_ALIKE = ({"no", "nb", "nn"}, {"sr", "hr", "bs", "sh", "cnr"}, {"zh", "cmn", "yue", "wuu"}, {"id", "ms"})


@dataclass(frozen=True, slots=True)
class Detected:
    """The language that a text is most likely in, as a tag, and how likely it is, from 0 to 1."""

    language: str
    probability: float

    @property
    def likely(self) -> bool:
        """Whether the text has enough letters to take it for that language."""
        return self.probability >= _LIKELY

    def contradicts(self, language: str) -> bool:
        """Whether a text is certainly in another language than the one that was given."""
        one, other = self.language.split("-")[0].lower(), language.split("-")[0].lower()
        alike = one == other or any({one, other} <= group for group in _ALIKE)
        return self.probability >= _CERTAIN and not alike


def standard_tag(language: str) -> str:
    """A BCP 47 tag in its standard form: the shortest code of the language, usual case: deu is de, EN-us is en-US.

    A tag that has no standard form is given as it is. Raises StanceBankError where langcodes is not installed.
    """
    try:
        from langcodes import standardize_tag
        from langcodes.tag_parser import LanguageTagError
    except ModuleNotFoundError:
        raise _missing("langcodes") from None
    try:
        return str(standardize_tag(language))
    except LanguageTagError:
        return language


def detected_language(text: str) -> Detected:
    """The language of a text, by its beginning; the same on every machine.

    Raises StanceBankError where py3langid is not installed, and where its model cannot be unpacked.
    """
    language, probability = _identifier().classify(text[:_BEGINNING])
    return Detected(str(language), float(probability))


@cache
def _identifier() -> LanguageIdentifier:
    try:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier
    except ModuleNotFoundError:
        raise _missing("py3langid") from None
    try:
        return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    except OSError as error:  # the model is unpacked into the folder for temporary files
        what = f"the language of a text cannot be detected: {printable(error.strerror or str(error))}"
        raise StanceBankError(
            f"{what}; nothing was changed", "make room for temporary files, or give --language"
        ) from error


def _missing(package: str) -> StanceBankError:
    what = f"{package} is needed for the language of a text, and is not installed"
    return StanceBankError(what, "pip install 'stancebank[texts]'")
