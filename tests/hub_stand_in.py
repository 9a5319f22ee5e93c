"""A stand-in for the HTTP interface of the Hugging Face Hub, on this machine.

It is not the Hub. It answers the requests that huggingface_hub's own code makes to
publish a dataset and to download one: whoami, creating a repository, refs, tree, paths,
preupload, Git LFS (batch, upload, verify), commit, tag, resolve. Uploads go by LFS over
HTTP; the Hub's Xet protocol is not there, so HF_HUB_DISABLE_XET=1 must be set.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, jsonify, request
from huggingface_hub.utils.sha import git_hash
from werkzeug.serving import make_server

TOKEN = "hf_" + "standInToken"
OWNER = "group"


@dataclass
class Repository:
    """Commits by id, each the files of the branch main by path; the last one is its head. tags: commit by name."""

    commits: dict[str, dict[str, bytes]] = field(default_factory=lambda: {"0" * 40: {}})
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def head(self) -> str:
        return list(self.commits)[-1]

    def files(self, revision: str) -> dict[str, bytes]:
        return self.commits[self.tags.get(revision, self.head if revision == "main" else revision)]


@dataclass
class Hub:
    """The state of the stand-in, and what a test lets it do.

    uploads: paths' digests that were uploaded, in order. refused: how many uploads are let through
    before each one is answered with 400. held: set by a test that wants uploads to wait for ever.
    """

    address: str = ""
    repositories: dict[str, Repository] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)
    uploads: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    let_through: int | None = None
    held: threading.Event | None = None
    reached: threading.Event = field(default_factory=threading.Event)


def _entry(path: str, data: bytes) -> dict[str, Any]:
    return {"type": "file", "path": path, "size": len(data), "oid": git_hash(data)}


def _missing() -> Response:
    response = jsonify(error="Repository not found")
    response.status_code = 404
    response.headers["X-Error-Code"] = "RepoNotFound"
    return response


def app_of(hub: Hub) -> Flask:
    app = Flask("hub stand-in")
    name = "/api/datasets/<owner>/<name>"

    @app.before_request
    def allowed() -> Any:
        hub.requests.append(f"{request.method} {request.path}")
        if not request.path.startswith("/lfs/") and request.headers.get("Authorization") != f"Bearer {TOKEN}":
            response = jsonify(error="Invalid credentials in Authorization header")
            response.headers["X-Error-Message"] = "Invalid credentials in Authorization header"
            return response, 401
        repository = (request.view_args or {}).get("name")
        if repository is not None and f"{request.view_args['owner']}/{repository}" not in hub.repositories:
            return _missing()
        return None

    def repository(owner: str, name: str) -> Repository:
        return hub.repositories[f"{owner}/{name}"]

    @app.get("/api/whoami-v2")
    def whoami() -> Any:
        return {"type": "user", "name": OWNER, "orgs": []}

    @app.post("/api/repos/create")
    def create() -> Any:
        said = request.get_json()
        assert said["type"] == "dataset"
        repo = f"{said['organization']}/{said['name']}"
        if said["organization"] != OWNER:
            return {"error": "You don't have the rights to create a dataset under this namespace"}, 403
        if repo in hub.repositories:
            return {"error": "You already created this dataset repo", "url": f"{hub.address}/datasets/{repo}"}, 409
        hub.repositories[repo] = Repository()
        return {"url": f"{hub.address}/datasets/{repo}"}

    @app.get(f"{name}/refs")
    def refs(owner: str, name: str) -> Any:
        found = repository(owner, name)
        tags = [{"name": t, "ref": f"refs/tags/{t}", "targetCommit": c} for t, c in found.tags.items()]
        main = {"name": "main", "ref": "refs/heads/main", "targetCommit": found.head}
        return {"branches": [main], "converts": [], "tags": tags}

    @app.get(name, defaults={"revision": "main"})
    @app.get(f"{name}/revision/<revision>")
    def info(owner: str, name: str, revision: str) -> Any:
        found = repository(owner, name)
        files = [{"rfilename": path} for path in found.files(revision)]
        return {"id": f"{owner}/{name}", "sha": found.tags.get(revision, found.head), "siblings": files}

    @app.get(f"{name}/tree/<revision>")
    def tree(owner: str, name: str, revision: str) -> Any:
        return jsonify([_entry(*file) for file in repository(owner, name).files(revision).items()])

    @app.post(f"{name}/paths-info/<revision>")
    def paths(owner: str, name: str, revision: str) -> Any:
        files = repository(owner, name).files(revision)
        return jsonify([_entry(path, files[path]) for path in request.form.getlist("paths") if path in files])

    @app.post("/api/validate-yaml")
    def validate() -> Any:
        return {"errors": [], "warnings": []}

    @app.post(f"{name}/preupload/main")
    def preupload(owner: str, name: str) -> Any:
        files = repository(owner, name).files("main")
        said = []
        for file in request.get_json()["files"]:
            path, there = file["path"], files.get(file["path"])
            large = path.endswith(".parquet")
            oid = None if there is None else hashlib.sha256(there).hexdigest() if large else git_hash(there)
            mode = "lfs" if large else "regular"
            said.append({"path": path, "uploadMode": mode, "shouldIgnore": False, "oid": oid})
        return {"files": said}

    @app.post("/datasets/<owner>/<name>.git/info/lfs/objects/batch")
    def batch(owner: str, name: str) -> Any:
        objects = []
        for wanted in request.get_json()["objects"]:
            said: dict[str, Any] = {"oid": wanted["oid"], "size": wanted["size"]}
            if wanted["oid"] not in hub.objects:
                said["actions"] = {
                    "upload": {"href": f"{hub.address}/lfs/{wanted['oid']}"},
                    "verify": {"href": f"{hub.address}/lfs/verify"},
                }
            objects.append(said)
        return {"transfer": "basic", "objects": objects}

    @app.put("/lfs/<oid>")
    def upload(oid: str) -> Any:
        data = request.get_data()
        hub.reached.set()
        if hub.held is not None:
            hub.held.wait(60)
        if hub.let_through is not None and len(hub.uploads) >= hub.let_through:
            return {"error": "the storage is full"}, 400
        assert hashlib.sha256(data).hexdigest() == oid
        hub.objects[oid] = data
        hub.uploads.append(oid)
        return {}

    @app.post("/lfs/verify")
    def verify() -> Any:
        said = request.get_json()
        return ({}, 200) if len(hub.objects[said["oid"]]) == said["size"] else ({"error": "other size"}, 400)

    @app.post(f"{name}/commit/main")
    def commit(owner: str, name: str) -> Any:
        found = repository(owner, name)
        files = dict(found.files("main"))
        for line in request.get_data().splitlines():
            operation = json.loads(line)
            value = operation["value"]
            match operation["key"]:
                case "file":
                    files[value["path"]] = base64.b64decode(value["content"])
                case "lfsFile":
                    files[value["path"]] = hub.objects[value["oid"]]
                case "deletedFile":
                    del files[value["path"]]
                case key:
                    assert key == "header"
        oid = hashlib.sha1(repr(sorted(files.items())).encode() + bytes(len(found.commits))).hexdigest()
        found.commits[oid] = files
        return {"commitUrl": f"{hub.address}/datasets/{owner}/{name}/commit/{oid}", "commitOid": oid}

    @app.post(f"{name}/tag/<revision>")
    def tag(owner: str, name: str, revision: str) -> Any:
        found = repository(owner, name)
        tag = request.get_json()["tag"]
        if tag in found.tags:
            return {"error": "the tag exists"}, 409
        assert revision in found.commits
        found.tags[tag] = revision
        return {}

    @app.get("/datasets/<owner>/<name>/resolve/<revision>/<path:path>")
    def resolve(owner: str, name: str, revision: str, path: str) -> Any:
        found = repository(owner, name)
        data = found.files(revision)[path]
        commit = found.tags.get(revision, found.head if revision == "main" else revision)
        headers = {"ETag": f'"{hashlib.sha256(data).hexdigest()}"', "X-Repo-Commit": commit}
        return Response(data, headers=headers, mimetype="application/octet-stream")

    return app


@contextmanager
def running() -> Iterator[Hub]:
    """The stand-in on a free port of this machine, as long as the block lasts."""
    hub = Hub()
    server = make_server("127.0.0.1", 0, app_of(hub), threaded=True)
    hub.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        if hub.held is not None:
            hub.held.set()
        server.shutdown()
        thread.join()
