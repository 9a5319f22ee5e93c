"""What the tests of a real server share: a proxy before it, annotators with accounts, a corpus that is hard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from ..conftest import Studio
from ..exports import PART, Folder, small_document, without_annotations, write_corpus
from ..made_up import talks
from .failing_proxy import Proxy, failing_proxy


@pytest.fixture
def proxy(studio: Studio) -> Iterator[Proxy]:
    with failing_proxy(studio.url) as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Documents with all that is hard, and some without annotations, in two parts."""
    march = {"a": small_document("a"), "b": without_annotations(small_document("b")), "talks": talks("talks")}
    return write_corpus(tmp_path / "root", {PART: [talks("february")], "2025-03": list(march.values())})


@dataclass(frozen=True)
class Session:
    """Somebody who has signed in: what their requests carry."""

    headers: dict[str, str]


@pytest.fixture(scope="module")
def people(studio: Studio) -> dict[str, Session]:
    """Two annotators with accounts, who have signed in."""
    with FileLock(studio.home.parent / "people.lock", timeout=120):
        known = {account["email"] for account in ask(studio, "GET", "users/")}
        signed_in = {}
        for name in ("ann", "ben"):
            email = f"{name}@example.org"
            page = "/user/login/" if email in known else ask(studio, "GET", "invite")["invite_url"]
            signed_in[name] = sign_in(studio, page, email, f"not-Secret-{name}-9")
        return signed_in


def sign_in(studio: Studio, page: str, email: str, password: str) -> Session:
    """Sign in as people do, with a form; page: that of the login, or of an invitation."""
    import httpx

    with httpx.Client(base_url=studio.url, trust_env=False, timeout=120) as client:
        client.get(page)
        form = {"email": email, "password": password, "csrfmiddlewaretoken": client.cookies["csrftoken"]}
        answer = client.post(page, data=form, headers={"Referer": studio.url})
        assert answer.status_code == 302, answer.text
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        return Session({"Cookie": cookies, "X-CSRFToken": client.cookies["csrftoken"], "Referer": studio.url})


def ask(studio: Studio, method: str, path: str, body: object = None, who: Session | None = None) -> Any:
    """What the server's API answers. who: asks; without it the owner of the token."""
    import httpx

    headers = who.headers if who else {"Authorization": f"Token {studio.token}"}
    answer = httpx.request(method, f"{studio.url}/api/{path}", json=body, headers=headers, trust_env=False, timeout=120)
    assert answer.is_success, answer.text
    return answer.json()
