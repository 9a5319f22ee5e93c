"""Something between client and server that fails now and then, as networks do; the answers are the server's own."""

from __future__ import annotations

import contextlib
import http.client
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

Action = Callable[["Request"], None]


@dataclass
class Request:
    """A request on its way. path: with its query."""

    method: str
    path: str
    handler: BaseHTTPRequestHandler
    body: bytes
    target: str

    @property
    def is_import(self) -> bool:
        return self.method == "POST" and self.path.split("?")[0].endswith("/import")

    def forward(self) -> http.client.HTTPResponse:
        """Pass it on to the server, and give its answer, read."""
        connection = http.client.HTTPConnection(self.target, timeout=120)
        headers = {k: v for k, v in self.handler.headers.items() if k.lower() not in ("host", "connection")}
        connection.request(self.method, self.path, self.body or None, headers | {"Connection": "close"})
        answer = connection.getresponse()
        answer.content = answer.read()  # type: ignore[attr-defined]
        connection.close()
        return answer

    def answer(self, status: int, content: bytes = b"", **headers: str) -> None:
        self.handler.send_response(status)
        for name, value in headers.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.send_header("Content-Length", str(len(content)))
        self.handler.end_headers()
        self.handler.wfile.write(content)

    def pass_through(self) -> None:
        answer = self.forward()
        self.answer(answer.status, answer.content, Content_Type=answer.headers["Content-Type"] or "text/plain")  # type: ignore[attr-defined]

    def break_off(self) -> None:
        """Pass it on, and give half of the answer."""
        answer = self.forward()
        self.handler.send_response(answer.status)
        self.handler.send_header("Content-Length", str(len(answer.content)))  # type: ignore[attr-defined]
        self.handler.end_headers()
        self.handler.wfile.write(answer.content[: len(answer.content) // 2])  # type: ignore[attr-defined]
        self.drop()

    def drop(self) -> None:
        """End the connection without an answer."""
        self.handler.close_connection = True
        with contextlib.suppress(OSError):
            self.handler.connection.shutdown(2)


@dataclass
class Proxy:
    """faults: what to do with the next requests that each is meant for, in place of passing them on.

    held, release, late: set where a request is held up, where it may go on, and where it has arrived after all.
    """

    url: str
    faults: list[tuple[Callable[[Request], bool], Action]] = field(default_factory=list)
    seen: list[tuple[str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    held: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)
    late: threading.Event = field(default_factory=threading.Event)

    def fail(self, when: Callable[[Request], bool], action: Action, times: int = 1) -> None:
        self.faults += [(when, action)] * times

    def next_action(self, request: Request) -> Action:
        with self.lock:
            self.seen.append((request.method, request.path))
            for index, (when, action) in enumerate(self.faults):
                if when(request):
                    del self.faults[index]
                    return action
        return Request.pass_through


@contextlib.contextmanager
def failing_proxy(target: str) -> Iterator[Proxy]:
    """A proxy on a free port before the server at target."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = Request(self.command, self.path, self, body, urlsplit(target).netloc)
            try:
                proxy.next_action(request)(request)
            except OSError:  # one of the two has gone
                request.drop()

        do_GET = do_POST = do_DELETE = do_PATCH = handle_any  # noqa: N815

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    proxy = Proxy(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
