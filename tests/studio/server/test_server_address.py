"""A token goes to the server whose address was given, and nowhere else."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from stancebank.faults import StanceBankError
from stancebank.studio.server.client import Server


def personal_token() -> str:
    """A token that the SDK exchanges for another one before it asks anything, by a POST with the token in its body."""
    claims = {"token_type": "refresh", "exp": 4_000_000_000}
    parts = [{"alg": "HS256", "typ": "JWT"}, claims, {}]
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)


@contextmanager
def site(status: int = 404, location: str = "") -> Iterator[tuple[str, list[str]]]:
    """The address of a server that answers everything with a status, and the requests that it has had."""
    requests: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            requests.append(self.path)
            self.send_response(status)
            if location:
                self.send_header("Location", location.replace("PATH", self.path))
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST = answer  # noqa: N815

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", requests
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()


@pytest.mark.parametrize("token", ["0123456789abcdef", personal_token()], ids=["legacy", "personal"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_token_does_not_follow_a_redirect_to_another_server(status: int, token: str) -> None:
    with site() as (other, received), site(status, f"{other}PATH") as (url, _):
        with pytest.raises(StanceBankError) as refusal:
            Server(url, token)
        assert refusal.value.what == f"{url} redirects to {other}; the token is not sent on"
        assert refusal.value.fix == f"if you trust that server, give its address: --url {other}"
        assert received == []


def test_the_address_to_give_has_the_folder_that_the_redirect_adds() -> None:
    with site() as (other, received), site(308, f"{other}/labels/PATH") as (url, _):
        with pytest.raises(StanceBankError, match=f"redirects to {other}/labels;"):
            Server(url, "0123456789abcdef")
        assert received == []
