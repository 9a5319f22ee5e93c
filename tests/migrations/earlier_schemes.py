"""The project's scheme as earlier versions had it."""

from __future__ import annotations

import re

from stancebank.schema.scheme import roles

_ROLE = re.compile(rf"^    (?:{'|'.join(role.name for role in roles())}): .*\n", re.MULTILINE)

_VERSION = re.compile(r"^version: .*$", re.MULTILINE)
_REQUIRED = re.compile(r"^# [^\n]*\nrequired:\n(?:  - .*\n)+", re.MULTILINE)


def as_1_3(text: str) -> str:
    """The text of a scheme of today's format in format 1.3."""
    text = re.sub(r"(?m)^(?:format|name|title|language): .*\n", "", text)
    return _VERSION.sub('version: "1.3"', text)


def as_migrated(text: str) -> str:
    """The text of a scheme as the steps from format 1.0 leave it: under the name and version that every scheme gets."""
    text = re.sub(r"(?m)^(?:title|language): .*\n", "", text.replace("name: political-news", "name: my-labels"))
    return _VERSION.sub('version: "1.3"', text)


def as_1_2(text: str) -> str:
    """The text of a scheme of today's format without what it requires."""
    return _REQUIRED.sub("", as_1_3(text)).replace('version: "1.3"', 'version: "1.2"')


def as_1_1(text: str) -> str:
    """The text of a scheme of today's format without its roles too."""
    return _ROLE.sub("", as_1_2(text)).replace('version: "1.2"', 'version: "1.1"')


def as_1_0(text: str) -> str:
    """The text of a scheme of today's format without its roles and expressions too."""
    text = as_1_1(text)
    return text[: text.index("\nstance_expressions:")].replace('version: "1.1"', 'version: "1.0"')
