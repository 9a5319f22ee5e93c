"""Corpora on a real S3 server on this machine: what is found, counted and built is what it is in a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any
from uuid import uuid4

import boto3
import pytest
from moto.server import ThreadedMotoServer
from upath import UPath

from conftest import DOC, PART, Root, offline
from stancebank.checks.validation import check_corpus
from stancebank.corpus.corpus import read_corpus
from stancebank.dataset.building import build, chosen_views
from stancebank.faults import Fault, StanceBankError, StoppedError
from stancebank.storage.files import entries, read_each, read_inside

pytestmark = pytest.mark.deep("processes")

Run = Callable[..., CompletedProcess[str]]
KEY, SECRET = "AKIAEXAMPLE", "a-very-secret-word"


class Bucket:
    """A bucket of its own on the server."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.name = f"corpora-{uuid4().hex[:8]}"
        login = {"aws_access_key_id": KEY, "aws_secret_access_key": SECRET, "region_name": "us-east-1"}
        self.client = boto3.client("s3", endpoint_url=endpoint, **login)
        self.client.create_bucket(Bucket=self.name)

    def put(self, name: str, data: bytes = b"", **options: Any) -> None:
        self.client.put_object(Bucket=self.name, Key=name, Body=data, **options)

    def upload(self, folder: Path, prefix: str = "") -> None:
        for path in folder.rglob("*"):
            if path.is_file():
                self.put(f"{prefix}{path.relative_to(folder).as_posix()}", path.read_bytes())

    def files(self, prefix: str) -> dict[str, bytes]:
        """The bytes of what is below a prefix, by the rest of its name."""
        listed = self.client.list_objects_v2(Bucket=self.name, Prefix=prefix).get("Contents", [])
        return {
            entry["Key"].removeprefix(prefix): self.client.get_object(Bucket=self.name, Key=entry["Key"])["Body"].read()
            for entry in listed
        }

    def path(self, name: str) -> Any:
        """What stancebank.storage.addresses.address gives in an environment that has the login."""
        return UPath(f"s3://{self.name}/{name}", endpoint_url=self.endpoint, key=KEY, secret=SECRET)

    def environment(self, home: Path, **more: str) -> dict[str, str]:
        login = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_DEFAULT_REGION": "us-east-1"}
        return {**offline(home), **login, "AWS_ENDPOINT_URL": self.endpoint, "AWS_MAX_ATTEMPTS": "1", **more}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint: str) -> Bucket:
    return Bucket(endpoint)


def sound(root: Root, bucket: Bucket) -> None:
    """As it is."""


def broken_records(root: Root, bucket: Bucket) -> None:
    root.edit("mentions", 3, text="Someone else")
    root.edit("documents", 0, seed="../corpus/corpus.yaml")
    root.change("relations", lambda records: records.pop(0))
    root.edit("stances", 0, label="for")


def broken_folders(root: Root, bucket: Bucket) -> None:
    (root.path / f"corpus/{PART}/mention.jsonl").touch()
    (root.path / "corpus/notes.txt").touch()
    (root.path / f"annotation/passes/pass-a/{PART}x").mkdir()
    (root.path / f"annotation/passes/pass-a/{PART}x/mentions.jsonl").touch()
    root.layer_path("entities").unlink()


def broken_seeds(root: Root, bucket: Bucket) -> None:
    (root.path / "seeds/stray[1].txt").touch()
    (root.path / "seeds/inner").mkdir()
    (root.path / "seeds/inner/file").touch()
    (root.path / f"seeds/{DOC}.txt").rename(root.path / "seeds/renamed.txt")


BREAKING = [sound, broken_records, broken_folders, broken_seeds]


@pytest.mark.parametrize("change", BREAKING)
def test_the_findings_are_those_of_the_folder(root: Root, bucket: Bucket, change: Callable[..., None]) -> None:
    root.add_passes()
    change(root, bucket)
    bucket.upload(root.path, "some/corpus/")
    found = list(check_corpus(read_corpus(bucket.path("some/corpus"))))
    assert bool(found) is (change is not sound)
    assert found == root.findings()


def test_a_corpus_may_fill_its_bucket(root: Root, bucket: Bucket) -> None:
    bucket.upload(root.path)
    corpus = read_corpus(bucket.path(""))
    assert corpus.part_names == (PART,)
    assert list(check_corpus(corpus)) == []


def test_commands_report_the_same_of_both(process: Run, root: Root, bucket: Bucket, tmp_path: Path) -> None:
    root.add_passes()
    broken_records(root, bucket)
    bucket.upload(root.path, "corpus-root/")
    address = f"s3://{bucket.name}/corpus-root/"
    for command in (("validate", "--format", "json"), ("validate", "--workers", "2"), ("stats", "--format", "json")):
        here = process(*command, "--quiet", "--root", root.path)
        there = process(*command, "--quiet", "--root", address, env=bucket.environment(tmp_path))
        assert (there.returncode, there.stdout, there.stderr) == (here.returncode, here.stdout, here.stderr)
        assert len(here.stdout) > 100


def built(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_built_from_there_is_what_is_built_here(
    process: Run, root: Root, bucket: Bucket, tmp_path: Path
) -> None:
    bucket.upload(root.path, "root/")
    places = {"here": root.path, "there": f"s3://{bucket.name}/root"}
    for name, place in places.items():
        done = process("build", "--root", place, "--out", tmp_path / name, env=bucket.environment(tmp_path))
        assert (done.returncode, done.stderr) == (0, "")
    assert built(tmp_path / "there") == built(tmp_path / "here")


def test_what_is_built_to_there_is_what_is_built_here(process: Run, root: Root, bucket: Bucket, tmp_path: Path) -> None:
    for out in (tmp_path / "here", f"s3://{bucket.name}/dist/name"):
        done = process("build", "--root", root.path, "--out", out, env=bucket.environment(tmp_path))
        assert (done.returncode, done.stderr) == (0, "")
    assert bucket.files("dist/name/") == built(tmp_path / "here")


def test_a_build_there_is_taken_up_and_takes_the_place_of_an_earlier_one(
    root: Root, bucket: Bucket, tmp_path: Path
) -> None:
    def stopped(function: Any, items: Any) -> Any:
        function(items[0])
        raise StoppedError("the server was gone for a while")
        yield

    out, unfinished = bucket.path("dist/name"), "dist/.unfinished-name/"
    build(root.corpus(), out, chosen_views(["stances", "entities"]))
    earlier = bucket.files("dist/name/")
    root.edit("entities", 0, name="Another name")
    with pytest.raises(StoppedError):
        build(root.corpus(), out, chosen_views(["stances"]), stopped)
    assert bucket.files("dist/name/") == earlier
    assert any(name.startswith("data/stances/") for name in bucket.files(unfinished))
    for folder in (out, tmp_path / "here"):
        build(root.corpus(), folder, chosen_views(["stances"]))
    assert bucket.files("dist/name/") == built(tmp_path / "here")
    assert bucket.files(unfinished) == {}


def test_of_two_builds_into_one_address_one_fails_and_says_so(root: Root, bucket: Bucket, tmp_path: Path) -> None:
    out, views = bucket.path("dist/name"), chosen_views(["stances", "entities"])

    def beside_another(function: Any, items: Any) -> Any:
        build(root.corpus(), out, views)
        yield from map(function, items)

    with pytest.raises(StanceBankError, match=r"another run writes to .*name at the same time"):
        build(root.corpus(), out, chosen_views(["stances"]), beside_another)
    for folder in (out, tmp_path / "here"):
        build(root.corpus(), folder, views)
    assert bucket.files("dist/name/") == built(tmp_path / "here")
    assert {name.split("/")[0] for name in bucket.files("dist/")} == {"name"}, "a claim or an unfinished folder"


def test_a_folder_there_that_is_no_build_stays_as_it_is(root: Root, bucket: Bucket) -> None:
    bucket.put("dist/notes.txt", b"mine")
    with pytest.raises(StanceBankError, match="holds other files than an earlier result"):
        build(root.corpus(), bucket.path("dist"), chosen_views(["stances"]))
    assert bucket.files("") == {"dist/notes.txt": b"mine"}


def test_many_files_are_read_as_they_are_in_the_order_of_their_names(bucket: Bucket) -> None:
    names = [f"seeds/{number}*.txt" for number in range(120)]
    for name in names[::2]:
        bucket.put(f"root/{name}", name.encode())
    read = dict(zip(names, read_each(bucket.path("root"), names), strict=True))
    assert [read[name][0] for name in names[::2]] == [name.encode() for name in names[::2]]
    assert {(data, fault.kind) for data, fault in list(read.values())[1::2]} == {(None, "missing")}


@pytest.mark.parametrize("file", ["../secret", "seeds/../../secret", "/secret", "//secret", "..", "seeds/../.."])
def test_no_name_leads_out_of_the_root(bucket: Bucket, file: str) -> None:
    for name in ("secret", "root/../secret", "root//secret", "root/seeds/../../secret"):
        bucket.put(name, b"secret")
    assert read_inside(bucket.path("root"), file) == (
        None,
        Fault("outside", file, "the name leads out of the corpus root", "put the file itself here"),
    )


def test_a_folder_lists_what_it_holds_anew_each_time(bucket: Bucket) -> None:
    for name in ("root/", "root/b/", "root/b/c", "root/a.txt", "root/.hidden", "rooted/d"):
        bucket.put(name)
    folder = bucket.path("root")
    assert list(entries(folder)) == [("a.txt", False), ("b", True)]
    bucket.put("root/c")
    assert list(entries(folder)) == [("a.txt", False), ("b", True), ("c", False)]
    assert list(entries(folder / "a.txt")) == list(entries(folder / "missing")) == []


def test_a_file_that_may_not_be_read_is_a_fault(bucket: Bucket) -> None:
    bucket.put("root/archived", StorageClass="GLACIER")
    data, fault = read_inside(bucket.path("root"), "archived")
    assert (data, fault.kind) == (None, "unreadable")
    assert fault.what.startswith("the file cannot be read: ")
    assert fault.what.endswith("storage class")


def test_a_server_that_is_gone_is_an_error_and_no_fault_of_each_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(StanceBankError, match=r"s3://bucket/root cannot be reached: Could not connect"):
        read_inside(UPath("s3://bucket/root", endpoint_url="http://127.0.0.1:1", key=KEY, secret=SECRET), "file")


@pytest.mark.parametrize(
    ("place", "environment", "said"),
    [
        ("s3://no-such-bucket/corpus", {}, "is not a corpus root: corpus/corpus.yaml is missing"),
        ("s3://{bucket}/empty", {}, "is not a corpus root: corpus/corpus.yaml is missing"),
        ("s3://{bucket}/corpus", {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, "cannot be reached: Could not connect"),
        (
            "s3://{bucket}/corpus",
            {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""},
            "Unable to locate credentials",
        ),
    ],
)
def test_what_cannot_be_reached_is_said_in_one_message(
    process: Run, bucket: Bucket, tmp_path: Path, place: str, environment: dict[str, str], said: str
) -> None:
    place = place.format(bucket=bucket.name)
    environment = bucket.environment(tmp_path, AWS_EC2_METADATA_DISABLED="true", **environment)
    done = process("validate", "--root", place, env=environment)
    assert (done.returncode, done.stdout) == (2, "")
    what, fix = done.stderr.splitlines()
    assert what.startswith(f"stancebank: {place} ")
    assert said in what
    assert fix.startswith("  fix: ")
