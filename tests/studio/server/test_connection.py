"""Between here and a server: certificates of its own, proxies that limit requests, and what a pull leaves there."""

from __future__ import annotations

import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from conftest import Root
from stancebank.faults import StanceBankError
from stancebank.studio.server.client import Server
from stancebank.studio.server.whole_tasks import whole_tasks

from ..conftest import Studio
from .failing_proxy import Proxy, Request
from .test_push import documents, push_here
from .test_status import project, run


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that nobody has signed, with its key."""
    folder = tmp_path_factory.mktemp("certificate")
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run([*made, *files], check=True, capture_output=True)
    return folder / "certificate.pem"


@pytest.fixture
def site(certificate: Path) -> Iterator[str]:
    """A Label Studio with that certificate, as far as it says who somebody is."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = b'{"id": 1, "email": "ann@example.org"}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"https://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


def test_a_certificate_of_its_own_is_named_as_the_cause_with_the_way_to_trust_it(site: str) -> None:
    with pytest.raises(StanceBankError) as refusal:
        Server(site, "0123456789abcdef")
    assert refusal.value.what.startswith(f"the certificate of {site} is not trusted: ")
    assert "--ca-file FILE" in refusal.value.fix


@pytest.mark.parametrize("by", ["--ca-file", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_a_certificate_that_is_named_is_trusted(
    site: str, certificate: Path, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if by != "--ca-file":
        monkeypatch.setenv(by, str(certificate))
    server = Server(site, "0123456789abcdef", ca_file=certificate if by == "--ca-file" else None)
    assert server.user == "ann@example.org"


@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_certificates_that_cannot_be_read_are_named(site: str, tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(StanceBankError, match="of --ca-file cannot be read"):
        Server(site, "0123456789abcdef", ca_file=file)


def pages(number: int, limit: int) -> Any:
    """A server with so many tasks, which answers no request for more than the limit at once."""
    import json

    def ask(path: str, query: Any) -> Any:
        if path.endswith("/drafts"):
            return [{"id": 9, "user": "ann@example.org"}]
        if query["page_size"] > limit:
            raise TimeoutError
        after = json.loads(query["query"])["filters"]["items"][0]["value"]
        found = [n for n in range(1, number + 1) if n > after][: query["page_size"]]
        return {"tasks": [{"id": n, "draft_exists": n == 2, "annotations": [{"completed_by": 3}]} for n in found]}

    return ask


@pytest.mark.parametrize("number", [0, 1, 7])
def test_pages_are_halved_until_they_are_answered_and_no_task_is_missed(number: int) -> None:
    def repeat(step: Any, size: int) -> Any:
        try:
            return step(size)
        except TimeoutError:
            return repeat(step, size // 2)

    found = list(whole_tasks(pages(number, 2), 1, {"3": "ben@example.org"}, repeat, page=8))
    assert [task["id"] for task in found] == list(range(1, number + 1))
    assert [len(task["drafts"]) for task in found] == [int(task["id"] == 2) for task in found]
    assert all(task["annotations"][0]["completed_by"] == {"id": 3, "email": "ben@example.org"} for task in found)


@pytest.mark.deep("servers")
def test_a_request_that_is_too_large_is_sent_in_halves(studio: Studio, many: Root, title: str, proxy: Proxy) -> None:
    """As nginx does by default, for more than some size."""

    def refuse(request: Request) -> None:
        request.answer(413, b"<html>413 Request Entity Too Large</html>", Content_Type="text/html")

    proxy.fail(lambda r: r.is_import and len(r.body) > 30_000, refuse, times=50)
    some = [f"short-{number:03}" for number in range(40)]
    push_here(many, studio.server(proxy.url), title, documents=some)
    assert documents(studio, title) == dict.fromkeys(some, 1)
    with pytest.raises(StanceBankError, match=r"alone is too large: .*413"):
        push_here(many, studio.server(proxy.url), title)


@pytest.mark.deep("servers")
def test_a_proxy_that_cuts_long_answers_gets_shorter_ones(studio: Studio, root: Root, title: str, proxy: Proxy) -> None:
    run(studio, "push", root, title)
    proxy.fail(lambda r: "page_size=50" in r.path, lambda r: r.answer(504, b"Gateway Time-out"))
    pulled = run(studio, "pull", root, title, url=proxy.url)
    assert pulled.returncode == 0, pulled.stderr
    assert not proxy.faults
    assert any("page_size=25" in path for _, path in proxy.seen)


@pytest.mark.deep("servers")
def test_ten_pulls_leave_the_disk_of_the_server_as_it_was(studio: Studio, root: Root, title: str) -> None:
    run(studio, "push", root, title)
    server, before = studio.server(), on_disk(studio)
    for number in range(10):
        server.snapshot(project(studio, title), root.path.parent / f"{number}.json")
    assert on_disk(studio) == before
    assert run(studio, "pull", root, title).returncode == 0
    assert run(studio, "status", root, title).returncode == 0
    assert on_disk(studio) == before


def on_disk(studio: Studio) -> set[str]:
    """The files in the server's folder of exports and uploads."""
    return {str(file) for file in (studio.home / ".studio/data").rglob("*") if file.is_file() and "media" in file.parts}
