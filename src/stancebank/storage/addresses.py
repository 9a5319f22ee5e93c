"""Addresses of folders: paths on this machine, and those that fsspec knows, such as s3://bucket/corpus.

A remote folder is a UPath of the package universal-pathlib: no Path by class, but
used like one, for joining, reading and printing.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast
from urllib.parse import unquote

from stancebank.faults import StanceBankError, StoppedError, excerpt, printable

if TYPE_CHECKING:
    from upath import UPath

T = TypeVar("T")

_ANSWER = 1800  # seconds for one request to a file system elsewhere, the transfer of the files of a part included
_LOCAL = ("file", "local")
_ON_S3 = ("s3", "s3a")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
_PASSWORD = re.compile(r"[^/@]*:[^/@]*@")
_FORM = "write it as SCHEME://PLACE/FOLDER, such as s3://bucket/corpus"


def address(value: str) -> Path:
    """The folder that a user has named: a path, or an address with "://" in it.

    Raises StanceBankError for an address that is malformed or holds a password, for one
    that needs a package which is not installed, and for one that cannot be reached,
    which most file systems find out only when they are read.
    """
    scheme, separator, place = value.partition("://")
    if not separator:
        return Path(value)
    if scheme in _LOCAL:
        if not place.startswith("/"):
            raise StanceBankError(f"{excerpt(value)} names no folder of this machine", "write file:///path/to/folder")
        return Path(unquote(place))
    if _PASSWORD.match(place):
        what = f"the {printable(scheme)} address holds a password, which would appear in messages and logs"
        raise StanceBankError(what, "leave it out, and give it in the environment or in fsspec's configuration")
    names = place.rstrip("/").removeprefix("/").split("/")  # hdfs:///folder has no place
    formed = _SCHEME.fullmatch(scheme) and place.isprintable() and "?" not in place and "::" not in place
    if not formed or {"", ".", ".."} & set(names):
        raise StanceBankError(f"{excerpt(value)} is not the address of a folder", _FORM)
    return _folder(value.rstrip("/"), scheme)


def local_folder(value: str) -> Path:
    """The folder that a user has named, for what only works in a folder of this machine.

    Raises StanceBankError for the address of another place.
    """
    folder = address(value)
    require_local(folder)
    return folder


def require_local(folder: Path) -> None:
    """Nothing where a folder is on this machine; else StanceBankError."""
    if is_remote(folder):
        what = f"this needs a folder on this machine, and {printable(str(folder))} is elsewhere"
        raise StanceBankError(what, "copy the corpus to this machine, and name its folder")


def is_remote(path: Path) -> bool:
    """Whether a path is not one of this machine's file system, but a UPath."""
    return not isinstance(path, Path)


def remote(path: Path) -> UPath:
    """A path that is_remote, as what it is, with its file system."""
    assert is_remote(path)
    return cast("UPath", path)


def answered(place: Path, ask: Callable[[], T]) -> T:
    """What the file system of a place answers; StoppedError where one that is elsewhere does not in time.

    Each kind of file system has limits of its own, or none.
    """
    if not is_remote(place):
        return ask()
    from stancebank.storage.waiting import OverdueError, within

    _ = remote(place).fs  # it is made for the thread that asks first
    try:
        return within(_ANSWER, ask)
    except OverdueError as error:
        raise unreachable(place, error) from None


def unreachable(place: Path | str, error: Exception) -> StoppedError:
    """What to tell the user when a file system cannot be reached, or refuses to answer."""
    what = f"{printable(str(place))} cannot be reached: {reason(error)}"
    return StoppedError(what, "check the address, the network and your credentials for it, then run it again")


def reason(error: Exception) -> str:
    """What an error says, in one line that a terminal shows as it is."""
    said = (error.strerror if isinstance(error, OSError) and error.strerror else str(error)) or type(error).__name__
    said = " ".join(said.split())
    return printable(said if len(said) <= 200 else f"{said[:197]}...")


def _folder(value: str, scheme: str) -> Path:
    extra = "s3" if scheme in _ON_S3 else "addresses"
    try:
        from upath import UPath
    except ModuleNotFoundError:
        what = f"{printable(value)} needs universal-pathlib, which is not installed"
        raise StanceBankError(what, f"pip install 'stancebank[{extra}]'") from None
    try:
        with warnings.catch_warnings(action="ignore"):  # that it knows a file system by way of fsspec alone
            folder = UPath(value)
            folder.fs  # noqa: B018  (made when it is first asked for)
    except (ValueError, TypeError):
        what = f"{excerpt(scheme)} is no kind of address that is known here"
        raise StanceBankError(what, "write s3://, gs://, abfs://, hf:// or another that fsspec knows") from None
    except ImportError as error:
        install = "pip install 'stancebank[s3]'" if scheme in _ON_S3 else "install that package"
        raise StanceBankError(f"{printable(value)} needs another package: {reason(error)}", install) from None
    except Exception as error:  # each file system has its own
        raise unreachable(value, error) from error
    return cast("Path", folder)
