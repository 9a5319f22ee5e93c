"""Which server a command speaks to, and with what token."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from stancebank.faults import StanceBankError, printable
from stancebank.studio.client import TOKEN_VARIABLE, Server, checked_url, is_loopback
from stancebank.studio.local_server import read_login, running


def connect_from(root: Path, url: str | None, warn: Callable[[str], object]) -> Server:
    """The server at url with the token from the environment; without a url the local one of the root.

    warn: is told where the token would go over the network unencrypted. Raises
    StanceBankError where there is no token, no local server or no answer.
    """
    if url is not None:
        address = checked_url(url)
        token = os.environ.get(TOKEN_VARIABLE, "").strip()
        if not token:
            what = f"there is no token for {printable(address)}"
            raise StanceBankError(what, f"set {TOKEN_VARIABLE} to the token from Account & Settings there")
        if urlsplit(address).scheme == "http" and not is_loopback(address):
            warn(f"warning: the token and the texts go to {printable(address)} unencrypted; use https if it can")
        return Server(address, token)
    login = read_login(root)
    if login is None or not running(root):
        what = "no local Label Studio runs here"
        raise StanceBankError(what, "start it with stancebank studio up, or name another server with --url")
    return Server(login.url, login.token, key="local")
