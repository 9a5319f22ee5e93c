"""The locks, the environments that they are installed in, and the interpreters that there are."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Container
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from conftest import PROJECT

REQUIREMENTS = PROJECT / "requirements"
ALONE = ("studio", "peers")  # of environments without StanceBank
LOCKS = ("dataset", "extras", "dev", *ALONE)
SETUP_TOOLS = {"pip", "setuptools", "wheel"}
"""What a new environment holds before anything is installed in it."""


def pins(name: str) -> list[Requirement]:
    """Every line of a lock that names a version, for whatever machine."""
    lines = re.findall(
        r"^([\w.\[\]-]+==[^\\\n]+?)\s*\\?$", (REQUIREMENTS / f"{name}.txt").read_text("utf-8"), re.MULTILINE
    )
    return [Requirement(line) for line in lines]


def versions_of(lock: str) -> dict[str, str]:
    """Name and version of all that a lock names for this machine and this Python."""
    found = [pin for pin in pins(lock) if pin.marker is None or pin.marker.evaluate()]
    return {canonicalize_name(pin.name): str(pin.specifier).removeprefix("==") for pin in found}


def installed_in(folder: Path, expected: Container[str] = ()) -> dict[str, str]:
    """Name and version of all that an environment holds, but for what it held when it was new and is not expected."""
    code = "import json, importlib.metadata as m; print(json.dumps([(d.name, d.version) for d in m.distributions()]))"
    done = subprocess.run([folder / "bin/python", "-I", "-c", code], capture_output=True, check=True, timeout=60)
    found = {canonicalize_name(name): version for name, version in json.loads(done.stdout)}
    return {name: version for name, version in found.items() if name not in SETUP_TOOLS or name in expected}


def interpreters() -> dict[str, Path]:
    """A Python of each minor version from 3.11 that this machine has, by version; the one that runs is among them."""
    roots = [Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")]
    found = {}
    for minor in range(11, 20):
        name = f"python3.{minor}"
        there = [path for root in roots for path in sorted(root.glob(f"versions/3.{minor}.*/bin/{name}"))]
        on_path = shutil.which(name)
        for path in [*there, *([Path(on_path)] if on_path else [])][:1]:
            found[f"3.{minor}"] = path
    return found | {f"{sys.version_info.major}.{sys.version_info.minor}": Path(sys.executable)}
