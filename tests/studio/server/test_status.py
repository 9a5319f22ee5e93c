"""What has become of each document, and the way back as far as the server has a part in it."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from conftest import DOC, Root

from ..conftest import Studio
from .failing_proxy import Proxy, Request


def run(studio: Studio, command: str, root: Root, title: str, *arguments: object, url: str | None = None) -> Any:
    return studio.run(command, "--root", root.path, "--url", url or studio.url, "--project", title, *arguments)


def rows(output: str) -> dict[str, list[str]]:
    """The rows of a table by document."""
    table = [line.split() for line in output.splitlines()[:-2] if not line.startswith(("document", "and "))]
    return {row[0]: row[1:] for row in table}


def totals(output: str) -> str:
    return output.splitlines()[-2]


def project(studio: Studio, title: str) -> int:
    [number] = studio.server().projects(title)
    return number


def tasks(studio: Studio, title: str) -> dict[str, Any]:
    listed = studio.sdk().tasks.list(project=project(studio, title), fields="all", page_size=500)
    return {task.data["doc_id"]: task for task in listed}


def test_a_project_that_is_not_there(studio: Studio, root: Root, title: str) -> None:
    for command in ("status", "pull"):
        refused = run(studio, command, root, title)
        assert (refused.returncode, f'has no project "{title}"' in refused.stderr) == (2, True)


def test_what_was_sent_is_to_do(studio: Studio, root: Root, title: str) -> None:
    run(studio, "push", root, title)
    status = run(studio, "status", root, title)
    assert status.returncode == 0, status.stderr
    assert rows(status.stdout) == {DOC: ["to", "do"]}
    assert totals(status.stdout) == "1 document: 1 to do, 0 with drafts not submitted, 0 changed since the push"
    assert status.stdout.splitlines()[-1] == f"{title}: {studio.url}/projects/{project(studio, title)}/data"


def test_work_of_every_kind(studio: Studio, many: Root, title: str) -> None:
    run(studio, "push", many, title)
    there, sdk = tasks(studio, title), studio.sdk()
    annotation = there[DOC].annotations[0]
    stance = next(i for i, item in enumerate(annotation["result"]) if item.get("from_name") == "stance")
    changed = [dict(item) for item in annotation["result"]]
    before = changed[stance]["value"]["choices"]
    changed[stance]["value"] = changed[stance]["value"] | {"choices": ["mixed" if before != ["mixed"] else "neutral"]}
    sdk.annotations.update(id=annotation["id"], result=changed)
    sdk.annotations.create(id=there["short-001"].id, result=[], was_cancelled=True)
    draft(studio, there["short-002"].id)
    sdk.annotations.create(id=there["short-003"].id, result=[], lead_time=3.5)
    sdk.tasks.delete(there["short-004"].id)
    sdk.projects.import_tasks(project(studio, title), request=[{"data": there["short-005"].data}])
    status = run(studio, "status", many, title)
    assert status.returncode == 0, status.stderr
    by = "annotator@example.org"
    assert rows(status.stdout) == {
        DOC: ["done", by, "1"],
        "short-001": ["skipped", by],
        "short-002": ["open", by, "1"],
        "short-004": ["missing"],
        "short-005": ["several", "tasks"],
    }
    assert "and 56 more; --all lists them" in status.stdout
    assert len(rows(run(studio, "status", many, title, "--all").stdout)) == 61
    assert "1 with drafts not submitted, 1 changed since the push" in totals(status.stdout)


def draft(studio: Studio, task: int) -> None:
    import httpx

    made = httpx.post(
        f"{studio.url}/api/tasks/{task}/drafts",
        json={"result": [], "lead_time": 1.0},
        headers={"Authorization": f"Token {studio.token}"},
        trust_env=False,
    )
    assert made.status_code == 201, made.text


@pytest.mark.deep("servers")
def test_predictions_that_nobody_has_submitted(studio: Studio, root: Root, title: str) -> None:
    run(studio, "push", root, title, "--as", "predictions")
    assert rows(run(studio, "status", root, title).stdout) == {DOC: ["to", "do", "1"]}


def digests(root: Root) -> dict[str, str]:
    """Every file of a corpus but what is in .studio, by its content."""
    files = (file for file in root.path.rglob("*") if file.is_file() and ".studio" not in file.parts)
    return {str(file.relative_to(root.path)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_pull_brings_back_what_was_pushed_byte_for_byte(studio: Studio, many: Root, title: str) -> None:
    before = digests(many)
    run(studio, "push", many, title)
    pulled = run(studio, "pull", many, title)
    assert pulled.returncode == 0, pulled.stderr + pulled.stdout
    assert digests(many) == before
    assert not list((many.path / ".studio").glob("**/*.json"))  # no export is left behind


@pytest.mark.deep("servers")
def test_an_export_that_breaks_off_is_asked_for_again(studio: Studio, root: Root, title: str, proxy: Proxy) -> None:
    run(studio, "push", root, title)
    proxy.fail(lambda r: "fields=all" in r.path, Request.break_off)
    pulled = run(studio, "pull", root, title, url=proxy.url)
    assert pulled.returncode == 0, pulled.stderr + pulled.stdout
    assert not proxy.faults
