"""Wheels of packages that do nothing, and locks that name them."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Sequence
from pathlib import Path


def make_wheel(folder: Path, name: str, version: str, *requires: str, program: str = "", size: int = 0) -> str:
    """Write a wheel of one module; gives the line of a lock that names it.

    program: a command that it brings. size: bytes that its module takes when it is installed.
    """
    folder.mkdir(exist_ok=True)
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    about = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}", "Provides-Extra: more"]
    contents = {
        f"{name}.py": f"VERSION = '{version}'\n" + "#" * size,
        f"{info}/METADATA": "\n".join(about + [f"Requires-Dist: {each}" for each in requires]) + "\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if program:
        contents[f"{info}/entry_points.txt"] = f"[console_scripts]\n{program} = {name}:main\n"
    contents[f"{info}/RECORD"] = "".join(f"{file},,\n" for file in [*contents, f"{info}/RECORD"])
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, text in contents.items():
            archive.writestr(file, text)
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


def write_lock(file: Path, wheels: Path, lines: Sequence[str]) -> Path:
    """A lock whose packages are in a folder and nowhere else."""
    file.write_text(f"--no-index\n--find-links {wheels}\n{''.join(lines)}", "utf-8")
    return file
