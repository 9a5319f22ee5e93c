"""Files of UIMA CAS, untrusted, as objects of cassis: checked before cassis reads them."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson

from stancebank.faults import StanceBankError, excerpt, printable
from stancebank.formats.cas.cas_names import is_feature_name, is_type_name
from stancebank.formats.cas.cas_types import built_in_types
from stancebank.formats.given_files import read_text, without_mark

_TYPE_SYSTEMS = ("TypeSystem.xml", "typesystem.xml")
_TYPES, _ITEMS = "%TYPES", "%FEATURE_STRUCTURES"
_ENCODING = re.compile(r"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']")
_XML_11 = re.compile(r"<\?xml[^>]*?version\s*=\s*[\"']1\.1[\"']")
_UTF_8 = ("utf-8", "utf8", "us-ascii", "ascii")
_EXPORT = "export it from INCEpTION as UIMA CAS JSON, or as UIMA CAS XMI (XML 1.0) with its TypeSystem.xml"


def cassis_module() -> Any:  # noqa: ANN401  (cassis is loaded late and has no types)
    """The package cassis. Raises StanceBankError where it is not installed."""
    try:
        import cassis
        import cassis.typesystem
    except ModuleNotFoundError:
        raise StanceBankError(
            "UIMA CAS needs dkpro-cassis, which is not installed", "pip install 'stancebank[cas]'"
        ) from None
    return cassis


class CasFiles:
    """Reads files; a type system is read once for all files beside it."""

    def __init__(self) -> None:
        self._cassis = cassis_module()
        self._types: dict[Path | None, Any] = {}

    def read(self, path: Path) -> Any | None:  # noqa: ANN401
        """The CAS in a file, offsets in code points; None for a file of layers, which is beside an export.

        Raises StanceBankError for a file that is none, or that cassis should not be given.
        """
        name = printable(str(path))
        content, _ = without_mark(read_text(path))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                warnings.filterwarnings("error", message="Not mapping")  # an offset that is no place in the text
                if content.lstrip().startswith("<"):
                    _require_harmless(content, name)
                    types = self._types_beside(path)
                    return self._cassis.load_cas_from_xmi(BytesIO(content.encode()), typesystem=types)
                return self._from_json(content, path)
        except StanceBankError:
            raise
        except self._cassis.typesystem.TypeNotFoundError as error:
            what = f"{name}: {printable(str(error))[:200]}, and no TypeSystem.xml beside it has it"
            raise StanceBankError(what, _EXPORT) from None
        except Exception as error:
            # Whatever is wrong in a file makes some part of cassis fail, each in its own way.
            detail = printable(f"{type(error).__name__}: {error}")[:200]
            raise StanceBankError(f"{name} is no UIMA CAS: {detail}", _EXPORT) from None

    def _from_json(self, content: str, path: Path) -> Any | None:  # noqa: ANN401
        name = printable(str(path))
        loaded = orjson.loads(content)
        if isinstance(loaded, list) and all(isinstance(each, dict) and "features" in each for each in loaded):
            return None
        if not isinstance(loaded, dict):
            raise StanceBankError(f"{name} is no UIMA CAS", _EXPORT)
        types = loaded.get(_TYPES) or {}
        for type, features in types.items():
            _require_names(type, [each for each in features if not each.startswith("%")], name)
        items = loaded.get(_ITEMS) or []
        for item in items.values() if isinstance(items, dict) else items:
            if str(item.get("%TYPE")).endswith(("[]", "Array")):
                item.setdefault("%ELEMENTS", [])  # cassis leaves it out of an empty one, and cannot read that
        given = self._types_beside(path) if not types else None
        whole = orjson.dumps(loaded).decode()
        return self._cassis.load_cas_from_json(whole, typesystem=given, merge_typesystem=bool(types))

    def _types_beside(self, path: Path) -> Any:  # noqa: ANN401
        """The type system beside a file; that of the built-in layers where there is none."""
        found = next((path.parent / each for each in _TYPE_SYSTEMS if (path.parent / each).is_file()), None)
        if found not in self._types:
            if found is None:
                self._types[found] = built_in_types(self._cassis)
            else:
                name = printable(str(found))
                content, _ = without_mark(read_text(found))
                _require_harmless(content, name)
                types = self._cassis.load_typesystem(BytesIO(content.encode()))
                for type in types.get_types():
                    _require_names(type.name, [each.name for each in type.features], name)
                self._types[found] = types
        return self._types[found]


def _require_harmless(content: str, name: str) -> None:
    """Refuse what makes a parser of XML open other files or write out bombs: without DOCTYPE there are no entities."""
    head = content.lstrip()
    encoding = _ENCODING.match(head)
    if encoding is not None and encoding[1].casefold() not in _UTF_8:
        raise StanceBankError(f"{name} says that its encoding is {excerpt(encoding[1])}", "convert it to UTF-8")
    if "<!DOCTYPE" in content or "<!ENTITY" in content:
        raise StanceBankError(f"{name} has a DOCTYPE, which no UIMA CAS needs and which is not read", "remove it")
    if _XML_11.match(head):
        raise StanceBankError(f"{name} is XML 1.1, which is not read", _EXPORT)


def _require_names(type: object, features: list[str], name: str) -> None:
    """Refuse names that are none: cassis makes Python code of them."""
    shown = next(_wrong_names(type, features), None)
    if shown is not None:
        raise StanceBankError(f"{name}: {excerpt(shown)} is no name that a type or feature can have here", "rename it")


def _wrong_names(type: object, features: list[str]) -> Iterator[str]:
    if not is_type_name(type):
        yield str(type)
    yield from (each for each in features if not is_feature_name(each))
