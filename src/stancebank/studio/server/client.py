"""The one place that speaks to a Label Studio server."""

from __future__ import annotations

import contextlib
import email.utils
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from stancebank.faults import StanceBankError, excerpt, printable
from stancebank.studio.server.server_address import TOKEN_VARIABLE, http_client, server_key
from stancebank.studio.server.whole_tasks import whole_tasks

if TYPE_CHECKING:
    from tenacity import RetryCallState

ATTEMPTS = 6
LONGEST_WAIT = 60.0  # seconds, also where the server asks for more
TIMEOUT = 60.0  # seconds for an answer
LONG_TIMEOUT = 600.0  # seconds for an answer to what moves whole projects
PAGE = 200

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Project:
    """A project on a server: its number, its title, and its labelling config as XML.

    description: in words, for people. most: how many annotators are offered one task.
    """

    id: int
    title: str
    config: str
    description: str
    most: int


class Listed(NamedTuple):
    """A task in a list: its number, its document, "" where it has none, and where it says that the work goes."""

    number: int
    document: str
    way: str | None


class Server:
    """A Label Studio server that has accepted the token.

    url: without a slash at its end. key: names it in files; the same for the local
    server wherever it listens. user: whose token it is, as an e-mail address.

    Every method asks again, with growing pauses, where the server says 429 or 5xx,
    does not answer in time or cannot be reached, and raises StanceBankError with the
    reason where that does not help.
    """

    def __init__(
        self,
        url: str,
        token: str,
        key: str | None = None,
        attempts: int = ATTEMPTS,
        ca_file: Path | None = None,
    ) -> None:
        """Ask who the token belongs to: a personal access token or a legacy one.

        ca_file: certificates that are trusted besides the usual ones. Raises StanceBankError
        where the extra studio is not installed, where no Label Studio answers there, and
        where it refuses the token.
        """
        self.url, self._attempts = url, attempts
        self.key = key or server_key(url)
        self._sdk = self._told(lambda: _sdk(url, token, ca_file=ca_file))
        # Nobody at all at an address is a mistake in it more often than a passing trouble.
        me = self._told(lambda: self._repeat(self._sdk.users.whoami, unless_refused=True))
        if not isinstance(getattr(me, "email", None), str):
            raise _no_label_studio(url)
        self.user: str = me.email

    def repeat(self, step: Callable[[], Answer]) -> Answer:
        """The result of a step that may be done over, done again where the server fails in passing."""
        return self._told(lambda: self._repeat(step))

    def projects(self, title: str) -> list[int]:
        """The numbers of the projects with exactly that title."""
        listed = self._pages(lambda page: self._sdk.projects.list(title=title, page=page, page_size=PAGE))
        return sorted({project.id for project in listed if project.title == title})

    def project(self, number: int) -> Project | None:
        """The project of that number, None where there is none."""
        try:
            found = self.repeat(lambda: self._sdk.projects.get(number))
        except _NotThereError:
            return None
        return Project(
            number, found.title, found.label_config or "", found.description or "", found.maximum_annotations or 1
        )

    def create_project(self, title: str, config: str, description: str, most: int, instructions: str = "") -> int:
        """Make a project; to be repeated only together with a look for one of that title.

        most: how many annotators are offered one task. instructions: what they can read there, as HTML.
        """
        more = {"description": description, "maximum_annotations": most, "expert_instruction": instructions}
        created: int = self._sdk.projects.create(title=title, label_config=config, **more).id
        return created

    def change_project(self, project: int, description: str, most: int) -> None:
        """Set what a project says of itself, and how many annotators are offered one task."""
        self.repeat(lambda: self._sdk.projects.update(project, description=description, maximum_annotations=most))

    def change_config(self, project: int, config: str, instructions: str) -> None:
        """Set the labelling config of a project, and what annotators can read there, as HTML."""
        self.repeat(lambda: self._sdk.projects.update(project, label_config=config, expert_instruction=instructions))

    def tasks(self, project: int) -> Iterator[dict[str, Any]]:
        """All tasks of a project with what is in them, as an export has them."""
        yield from whole_tasks(self._json, project, self.addresses(), self._repeat_with_less)

    def documents(self, project: int) -> list[Listed]:
        """Each task of a project, in the order of their numbers."""
        ask = {"project": project, "page_size": PAGE, "include": "id,data", "fields": "task_only"}
        ask["query"] = json.dumps({"ordering": ["tasks:id"]})
        found = set()
        for task in self._pages(lambda page: self._sdk.tasks.list(page=page, **ask)):
            data = task.data if isinstance(task.data, dict) else {}
            document, way = data.get("doc_id"), data.get("way")
            named = document if isinstance(document, str) else ""
            found.add(Listed(task.id, named, way if isinstance(way, str) else None))
        return sorted(found, key=lambda task: task.number)

    def addresses(self) -> dict[str, str]:
        """The e-mail address of everybody who has an account there, by number."""
        return {str(user.id): user.email for user in self.repeat(lambda: list(self._sdk.users.list()))}

    def import_tasks(self, project: int, tasks: Sequence[dict[str, Any]]) -> None:
        """Send tasks, all of them or none; to be repeated only together with a look at what has arrived."""
        self._sdk.projects.import_tasks(project, request=tasks, request_options=_LONG)

    def delete_task(self, number: int) -> None:
        """Delete a task; one that is gone already is no error."""
        with contextlib.suppress(_NotThereError):
            self.repeat(lambda: self._sdk.tasks.delete(number))

    def snapshot(self, project: int, file: Path) -> None:
        """Write all tasks of a project to a file, one a line, with annotations, drafts, predictions and who made them.

        They are asked for by pages, and nothing is left on the server.
        """
        with file.open("wb") as stream:
            for task in self.tasks(project):
                stream.write(json.dumps(task, ensure_ascii=True).encode() + b"\n")

    def _json(self, path: str, query: Mapping[str, object]) -> Any:  # noqa: ANN401  (as the server says it)
        """What a path answers, not as one of the SDK's models, which would leave out what they do not know."""
        from label_studio_sdk.core.api_error import ApiError

        http = self._sdk._client_wrapper.httpx_client
        response = http.request(path, method="GET", params=dict(query), request_options=_LONG)
        if not response.is_success:
            raise ApiError(status_code=response.status_code, headers=dict(response.headers), body=_body(response))
        return response.json()

    def _repeat_with_less(self, step: Callable[..., Answer], size: int) -> Answer:
        """The result of a step that takes a size, which is halved where the answer takes too long or is too large."""
        sizes = [size]

        def smaller() -> Answer:
            try:
                return step(sizes[-1])
            except Exception as error:
                if _is_too_much(error):
                    sizes.append(max(1, sizes[-1] // 2))
                raise

        return self.repeat(smaller)

    def _repeat(self, step: Callable[[], Answer], *, unless_refused: bool = False) -> Answer:
        import httpx
        from tenacity import Retrying, retry_if_exception, stop_after_attempt

        def passing(error: BaseException) -> bool:
            if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
                return not unless_refused and not _is_distrust(error)
            return isinstance(error, httpx.TransportError) or _status(error) == 429 or _status(error) >= 500

        retrying = Retrying(
            retry=retry_if_exception(passing), stop=stop_after_attempt(self._attempts), wait=_wait, reraise=True
        )
        return retrying(step)

    def _pages(self, ask: Callable[[int], Any]) -> Iterator[Any]:
        """The items of all pages; ask: asks for one by its number, from 1. A page without a new item is the last."""
        seen: set[int] = set()
        for number in count(1):
            try:
                items = self.repeat(partial(ask, number)).items
            except _NotThereError:
                if number == 1:
                    raise
                return
            fresh = [item for item in items if item.id not in seen]
            if not fresh:
                return
            seen.update(item.id for item in fresh)
            yield from fresh

    def _told(self, ask: Callable[[], Answer]) -> Answer:
        try:
            return ask()
        except Exception as error:
            explained = _explained(error, self.url)
            if explained is None:
                raise
            raise explained from error


class _NotThereError(StanceBankError):
    """The server has no such thing."""


class TooLargeError(StanceBankError):
    """What was sent in one request is more than the server, or a proxy before it, accepts."""


def answers(url: str, token: str) -> bool:
    """Whether a Label Studio that accepts the token answers; False while nobody does, or not yet.

    Raises StanceBankError where it refuses the token.
    """
    require_sdk()
    import httpx

    try:
        _sdk(url, token, timeout=5).users.whoami()
    except httpx.TransportError:
        return False
    except Exception as error:
        if _status(error) >= 500:
            return False
        explained = _explained(error, url)
        if explained is None:
            raise
        raise explained from error
    return True


def require_sdk() -> None:
    """Nothing where the extra studio is installed, else StanceBankError."""
    if find_spec("label_studio_sdk") is None or find_spec("tenacity") is None:
        what = "label-studio-sdk is needed to speak to a server, and is not installed"
        raise StanceBankError(what, "pip install 'stancebank[studio]'")


_LONG = {"timeout_in_seconds": LONG_TIMEOUT, "chunk_size": 1 << 20}


def _sdk(  # parts of the SDK are untyped
    url: str, token: str, timeout: float = TIMEOUT, ca_file: Path | None = None
) -> Any:  # noqa: ANN401
    require_sdk()
    from label_studio_sdk import LabelStudio

    if not re.fullmatch(r"[!-~]+", token):
        what = "the token is empty, or has blanks or other characters that no token has"
        raise StanceBankError(what, f"set {TOKEN_VARIABLE} again")
    http = http_client(url, timeout, ca_file)
    client: Any = LabelStudio
    return client(base_url=f"{url}/", api_key=token, httpx_client=http, timeout=timeout, max_retries=0)


def _wait(state: RetryCallState) -> float:
    """Seconds until the next attempt: 1, 2, 4 ... and up to a second more, or as long as the server asks for."""
    from tenacity import wait_exponential_jitter

    pause = wait_exponential_jitter(initial=1, max=LONGEST_WAIT, jitter=1)(state)
    error = state.outcome.exception() if state.outcome else None
    headers = getattr(error, "headers", None) or {}
    return min(max(pause, _retry_after(headers.get("retry-after"))), LONGEST_WAIT)


def _retry_after(value: str | None) -> float:
    """Seconds that a header Retry-After asks for: a number, or a date."""
    if value is None:
        return 0.0
    if value.strip().isdecimal():
        return min(float(value), LONGEST_WAIT)
    try:
        return email.utils.parsedate_to_datetime(value).timestamp() - time.time()
    except ValueError:
        return 0.0


def _status(error: BaseException | None) -> int:
    """The HTTP status that an error of the SDK is about, 0 for others."""
    from label_studio_sdk.core.api_error import ApiError

    return (error.status_code or 0) if isinstance(error, ApiError) else 0


def _body(response: Any) -> Any:  # noqa: ANN401  (whatever the server says)
    try:
        return response.json()
    except ValueError:
        return response.text


def _is_too_much(error: Exception) -> bool:
    """Whether less at once may help."""
    import httpx

    return isinstance(error, httpx.TimeoutException) or _status(error) in (413, 500, 502, 504)


def _is_distrust(error: BaseException) -> bool:
    return "CERTIFICATE_VERIFY_FAILED" in str(error)


def _explained(error: Exception, url: str) -> StanceBankError | None:
    """What to tell the user; None where the error has nothing to do with the server."""
    if isinstance(error, StanceBankError):
        return None
    import httpx
    from label_studio_sdk.core.api_error import ApiError

    where = printable(url)
    if isinstance(error, httpx.TimeoutException):
        return StanceBankError(f"{where} does not answer in time", "try again later; what was done stays done")
    if isinstance(error, httpx.ConnectError):
        reason = printable(str(error))
        if _is_distrust(error):
            what = f"the certificate of {where} is not trusted: {reason}"
            fix = "name the file with the certificate of its authority: --ca-file FILE, or the variable SSL_CERT_FILE"
            return StanceBankError(what, fix)
        what = f"no server answers at {where}: {reason}"
        return StanceBankError(what, "correct the address, or start the local server with: stancebank studio up")
    if isinstance(error, httpx.TransportError | httpx.TooManyRedirects):
        reason = printable(str(error) or type(error).__name__)
        return StanceBankError(f"the connection to {where} broke off: {reason}", "try again; what was done stays done")
    if isinstance(error, httpx.InvalidURL | json.JSONDecodeError):
        return _no_label_studio(url)
    if not isinstance(error, ApiError):
        return None
    words = _words(error.body)
    if error.status_code in (401, 403):
        said = f": {words}" if words else ""
        if "legacy" in words.lower():
            fix = f"set {TOKEN_VARIABLE} to a personal access token, from Account & Settings, in place of a legacy one"
        else:
            fix = f"set {TOKEN_VARIABLE} to a token that is valid there, from Account & Settings"
        refused = "refuses the token" if error.status_code == 401 else "does not allow this"
        return StanceBankError(f"{where} {refused}{said}", fix)
    if error.status_code == 413:
        what = f"{where} answers 413: the request is larger than it, or a proxy before it, accepts"
        return TooLargeError(what, "raise the limit there, such as client_max_body_size of nginx")
    if not isinstance(error.body, dict) and (error.status_code or 0) < 429:
        return _no_label_studio(url)
    what = f"{where} answers {error.status_code}: {words or 'without a word why'}"
    kind = _NotThereError if error.status_code == 404 else StanceBankError
    return kind(what, "try again later, or look for the reason in the server's own log")


def _no_label_studio(url: str) -> StanceBankError:
    what = f"what answers at {printable(url)} is no Label Studio"
    return StanceBankError(what, "give the address that its start page has in the browser, without what follows")


def _words(body: object) -> str:
    """The server's own words about an error, printable and clipped; never a page of HTML."""
    if isinstance(body, dict):
        parts = [body.get("detail"), body.get("validation_errors")]
        text = " ".join(part if isinstance(part, str) else json.dumps(part) for part in parts if part)
    else:
        text = "" if body is None or "<" in str(body)[:200] else str(body).strip()
    return excerpt(text, 300) if text else ""
