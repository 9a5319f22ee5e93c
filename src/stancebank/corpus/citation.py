"""How a corpus wants to be cited: what its CITATION.cff says of authors, address and date of release.

The Citation File Format (citation-file-format.github.io) has many more keys, which are left to other tools.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field

from stancebank.faults import readable
from stancebank.schema.layers import LINE
from stancebank.schema.paths import CITATION_FILE
from stancebank.storage.files import read_page
from stancebank.storage.yaml_files import YamlModel, parse_yaml

_Line = Annotated[str, Field(min_length=1, pattern=f"^{LINE}$")]


class Author(YamlModel):
    """A person, with a family name, or a body, with a name."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    name: _Line | None = None
    given_names: Annotated[_Line | None, Field(alias="given-names")] = None
    family_names: Annotated[_Line | None, Field(alias="family-names")] = None

    @property
    def is_person(self) -> bool:
        """Whether it is a person."""
        return self.family_names is not None or self.given_names is not None

    @property
    def full_name(self) -> str:
        """The whole name; empty where there is none."""
        return self.name or " ".join(filter(None, (self.given_names, self.family_names)))


class Citation(YamlModel):
    """What the file says.

    version, date_released: of the version that it is about, which need not be the corpus's own.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    authors: tuple[Author, ...] = ()
    version: _Line | None = None
    date_released: Annotated[datetime.date | None, Field(alias="date-released")] = None
    url: _Line | None = None


def read_citation(root: Path) -> Citation:
    """The citation of a corpus root; one that says nothing where there is no file.

    Raises StanceBankError where the file cannot be read.
    """
    data = read_page(root, CITATION_FILE)
    return Citation() if data is None else readable(*parse_yaml(data, CITATION_FILE, Citation, "settings"))
