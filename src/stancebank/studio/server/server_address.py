"""The address of a Label Studio server, and what may be sent there."""

from __future__ import annotations

import ipaddress
import os
import re
import ssl
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from stancebank.faults import StanceBankError, excerpt, printable
from stancebank.storage.files import sha256

if TYPE_CHECKING:
    import httpx

_CA_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
TOKEN_VARIABLE = "LABEL_STUDIO_API_KEY"  # noqa: S105


def checked_url(url: str) -> str:
    """An address without the slash at its end; StanceBankError where it is none, or has a password in it."""
    what = f"{excerpt(url)} is no address of a server"
    fix = "write it as https://studio.example.org"
    try:
        parts = urlsplit(url)
        named = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        named = False
    if not named or not re.fullmatch(r"[!-~]+", url):
        raise StanceBankError(what, fix)
    if parts.username is not None or parts.password is not None:
        fix += f"; the token is read from {TOKEN_VARIABLE}"
        raise StanceBankError("the address has a user name or password in it", fix)  # not quoted: it is a secret
    if parts.query or parts.fragment:
        raise StanceBankError(what, fix)
    return url.rstrip("/")


def is_loopback(url: str) -> bool:
    """Whether an address leads to this machine itself."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def server_key(url: str) -> str:
    """The server's name in files."""
    parts = urlsplit(url)
    host = re.sub(r"[^a-z0-9.-]", "_", (parts.hostname or "").lower())
    return f"{host}-{sha256(url.encode())[:12]}"


def http_client(url: str, timeout: float, ca_file: Path | None = None) -> httpx.Client:
    """A client that sends the token to that server alone.

    timeout: seconds for an answer. ca_file: certificates that are trusted besides the usual ones, those of
    SSL_CERT_FILE and those of REQUESTS_CA_BUNDLE. Raises StanceBankError where they cannot be read.
    """
    import httpx

    def refuse_redirect(response: httpx.Response) -> None:
        if not response.has_redirect_location:
            return
        asked, location = response.request.url, response.request.url.join(response.headers["location"])
        elsewhere = (asked.scheme, asked.host, asked.port) != (location.scheme, location.host, location.port)
        # A redirected POST becomes a GET, or takes its body with it: a token that is to be renewed is in a body.
        if elsewhere or response.request.method != "GET":
            raise _redirected(url, asked, location)

    # A proxy has no business in what goes from this machine to itself, the token least of all.
    hooks = {"response": [refuse_redirect]}
    trusts = not is_loopback(url)
    verify = _trusted(ca_file) if urlsplit(url).scheme == "https" else True
    return httpx.Client(timeout=timeout, follow_redirects=True, trust_env=trusts, event_hooks=hooks, verify=verify)


def _trusted(ca_file: Path | None) -> ssl.SSLContext:
    """What certificates are checked with."""
    import httpx

    context = httpx.create_ssl_context(trust_env=False)
    named = {"--ca-file": ca_file} | {name: os.environ.get(name) for name in _CA_VARIABLES}
    for name, place in named.items():
        if place:
            try:
                context.load_verify_locations(**{"capath" if Path(place).is_dir() else "cafile": str(place)})
            except (OSError, ValueError) as error:
                what = f"the certificates {excerpt(str(place))} of {name} cannot be read: {printable(str(error))}"
                raise StanceBankError(what, "name a file of certificates in PEM, or none") from None
    return context


def _redirected(url: str, asked: httpx.URL, location: httpx.URL) -> StanceBankError:
    below = asked.path.removeprefix(urlsplit(url).path)
    address = f"{location.scheme}://{location.netloc.decode()}{location.path.removesuffix(below).rstrip('/')}"
    what = f"{printable(url)} redirects to {printable(address)}; the token is not sent on"
    return StanceBankError(what, f"if you trust that server, give its address: --url {printable(address)}")
