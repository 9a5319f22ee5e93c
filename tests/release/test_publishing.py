"""Publishing to the Hub, tried with a stand-in for it on this machine; the Hub itself is never asked."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import PROJECT, Cli, Root, copied_root, offline
from hub_stand_in import OWNER, TOKEN, Hub, running
from many_parts import tree
from stancebank.corpus.corpus import read_corpus
from stancebank.dataset.building import build, chosen_views
from stancebank.dataset.verification import differences, read_manifest
from stancebank.faults import StanceBankError
from stancebank.release.publishing import prepare, publishable_edition, require_repo_name
from stancebank.release.publishing import publish as publish_to_hub

REPO = f"{OWNER}/news"
VIEWS = ["documents", "stances", "targets"]


@pytest.fixture
def hub() -> Iterator[Hub]:
    with running() as hub:
        yield hub


def clear(root: Root) -> Root:
    """The corpus as if its text could be passed on."""
    root.replace("seeds/seeds.yaml", "redistribution: false", "redistribution: true")
    return root


@pytest.fixture
def cleared(root: Root) -> Root:
    return clear(root)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("published")
    build(clear(copied_root(path / "root")).corpus(), path / "dataset", chosen_views(VIEWS))
    return path / "dataset"


@pytest.fixture
def built(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "dataset"))


def environment(home: Path, hub: Hub | None, token: str | None = TOKEN) -> dict[str, str]:
    """That of a user with a token, for whom the Hub is at another address; without one there is no network."""
    more = {"HF_ENDPOINT": hub.address if hub else "http://127.0.0.1:9", "HF_HUB_DISABLE_XET": "1"}
    more |= {"HF_HUB_OFFLINE": "0", "NO_PROXY": "127.0.0.1"}
    inherited = {key: value for key, value in offline(home, **more).items() if key != "HF_TOKEN"}
    return inherited | ({} if token is None else {"HF_TOKEN": token})


class Publish:
    """Runs stancebank publish with what it is to see of the world."""

    def __init__(self, home: Path, hub: Hub | None) -> None:
        self.home, self.hub = home, hub

    def __call__(self, *arguments: object, token: str | None = TOKEN) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "stancebank", "publish", *map(str, arguments)]
        done = subprocess.run(
            command,
            cwd=self.home,
            env=environment(self.home, self.hub, token),
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )
        assert "Traceback" not in done.stderr
        assert TOKEN not in done.stdout + done.stderr
        return done


@pytest.fixture
def publish(tmp_path: Path, hub: Hub) -> Publish:
    return Publish(tmp_path, hub)


def test_a_dataset_is_uploaded_whole_and_tagged_with_its_version(publish: Publish, hub: Hub, built: Path) -> None:
    (built / ".gitattributes").write_text("* -text\n")
    done = publish(REPO, "--from", built)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"published stancebank 0.1.0, full: {hub.address}/datasets/{REPO}/tree/v0.1.0\n"
    (built / ".gitattributes").unlink()
    assert hub.repositories[REPO].files("v0.1.0") == tree(built)
    again = publish(REPO, "--from", built)
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.endswith(f"{REPO} already has this dataset under v0.1.0; nothing was uploaded\n")
    assert len(hub.repositories[REPO].commits) == 2


@pytest.mark.deep("servers")
def test_a_published_version_is_never_changed_and_the_next_one_replaces_the_files(
    publish: Publish, hub: Hub, cleared: Root, built: Path
) -> None:
    publish(REPO, "--from", built)
    first = tree(built)
    cleared.edit("stances", 0, commitment="conditional")
    build(cleared.corpus(), built, chosen_views(VIEWS))
    refused = publish(REPO, "--from", built)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "has another dataset under the tag v0.1.0, and a published version is never changed" in refused.stderr
    assert hub.repositories[REPO].files("main") == first
    cleared.replace("corpus/corpus.yaml", "version: 0.1.0", "version: 0.2.0")
    build(cleared.corpus(), built, chosen_views(VIEWS))
    assert publish(REPO, "--from", built).returncode == 0
    assert hub.repositories[REPO].files("v0.1.0") == first
    assert hub.repositories[REPO].files("main") == hub.repositories[REPO].files("v0.2.0") == tree(built)


@pytest.mark.deep("servers")
def test_what_was_uploaded_is_downloaded_and_verified(publish: Publish, hub: Hub, built: Path, tmp_path: Path) -> None:
    publish(REPO, "--from", built)
    code = (
        "import sys, huggingface_hub; print(huggingface_hub.snapshot_download("
        f"'{REPO}', repo_type='dataset', revision='v0.1.0', **eval(sys.argv[1])))"
    )
    for options in ("{}", f"{{'local_dir': {str(tmp_path / 'download')!r}}}"):
        command = [sys.executable, "-c", code, options]
        env = environment(tmp_path, hub)
        done = subprocess.run(command, env=env, capture_output=True, encoding="utf-8", check=True, timeout=120)
        folder = Path(done.stdout.strip())
        assert list(differences(folder, *read_manifest(folder))) == []


@pytest.mark.deep("servers")
def test_an_upload_that_broke_off_leaves_no_version_and_is_taken_up_again(
    publish: Publish, hub: Hub, built: Path
) -> None:
    hub.let_through = 1
    broken = publish(REPO, "--from", built)
    assert broken.returncode == 2
    assert "answers with the status 400: " in broken.stderr
    assert "the storage is full" in broken.stderr
    assert (hub.repositories[REPO].files("main"), hub.repositories[REPO].tags) == ({}, {})
    assert len(hub.uploads) == 1
    hub.let_through = None
    assert publish(REPO, "--from", built).returncode == 0
    assert len(hub.uploads) == len(set(hub.uploads)) == 3
    assert hub.repositories[REPO].files("v0.1.0") == tree(built)


@pytest.mark.deep("servers")
def test_a_run_that_is_interrupted_ends_quietly_and_the_next_one_finishes(
    publish: Publish, hub: Hub, built: Path, tmp_path: Path
) -> None:
    hub.held = threading.Event()
    command = [sys.executable, "-m", "stancebank", "publish", REPO, "--from", str(built)]
    process = subprocess.Popen(command, env=environment(tmp_path, hub), stderr=subprocess.PIPE, encoding="utf-8")
    assert hub.reached.wait(60)
    process.send_signal(signal.SIGINT)
    hub.held.set()
    _, said = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGINT
    assert "Traceback" not in said
    assert hub.repositories[REPO].tags == {}
    hub.held = None
    assert publish(REPO, "--from", built).returncode == 0
    assert hub.repositories[REPO].files("v0.1.0") == tree(built)


@pytest.mark.deep("servers")
def test_files_of_others_are_not_removed(publish: Publish, hub: Hub, built: Path) -> None:
    publish(f"{OWNER}/other", "--from", built)
    repository = hub.repositories[f"{OWNER}/other"]
    repository.commits["1" * 40] = {"thesis.pdf": b"years of work"}
    repository.tags.clear()
    refused = publish(f"{OWNER}/other", "--from", built)
    assert refused.returncode == 2
    assert 'holds other files than a dataset of StanceBank, such as "thesis.pdf"' in refused.stderr
    assert repository.files("main") == {"thesis.pdf": b"years of work"}


def test_a_full_edition_that_is_not_cleared_is_refused_and_others_are_named(
    publish: Publish, hub: Hub, root: Root, tmp_path: Path
) -> None:
    build(root.corpus(), tmp_path / "out", chosen_views(["stances"]))
    for options in ((), ("--dry-run",)):
        refused = publish(REPO, "--from", "out", *options)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert "texts under publisher-reserved are not cleared for redistribution" in refused.stderr
        assert "--edition standoff (or masked)" in refused.stderr
    assert hub.requests == []


def test_a_folder_that_differs_from_its_manifest_is_refused(publish: Publish, hub: Hub, built: Path) -> None:
    (built / "README.md").write_text("x")
    (built / "notes.txt").write_text("x")
    refused = publish(REPO, "--from", built)
    assert refused.returncode == 2
    assert "from its manifest, and is not published: README.md: has 1 bytes" in refused.stderr
    assert "notes.txt: is not in manifest.json" in refused.stderr
    assert hub.requests == []


def test_a_dry_run_lists_the_files_without_token_and_network(built: Path, tmp_path: Path) -> None:
    done = Publish(tmp_path, None)(REPO, "--from", built, "--dry-run", token=None)
    assert (done.returncode, done.stderr) == (0, "")
    first, *lines, last = done.stdout.splitlines()
    assert first == f"would publish stancebank 0.1.0, full, to {REPO} with the tag v0.1.0:"
    sizes = {file: len(data) for file, data in tree(built).items()}
    assert {tuple(line.split()[:2]) for line in lines} == {(file, f"{size:,}") for file, size in sizes.items()}
    assert last == f"{len(sizes)} files, {sum(sizes.values()):,} bytes"


@pytest.mark.deep("servers")
def test_without_a_folder_the_edition_that_the_rights_allow_is_built(publish: Publish, hub: Hub, cleared: Root) -> None:
    done = publish(REPO, "--root", cleared.path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "README.md" in hub.repositories[REPO].files("v0.1.0")


def test_full_is_publishable_where_every_text_is_cleared(cleared: Root) -> None:
    assert publishable_edition(cleared.corpus()) == "full"
    assert publishable_edition(read_corpus(PROJECT)) == "standoff"


@pytest.mark.deep("servers")
@pytest.mark.parametrize(
    ("repo", "token", "said"),
    [
        (REPO, "hf_other", "the Hub does not accept the token in HF_TOKEN"),
        ("somebody/news", TOKEN, "the token in HF_TOKEN may not write to somebody/news"),
    ],
)
def test_what_the_hub_refuses_is_said_in_one_message(
    publish: Publish, hub: Hub, built: Path, repo: str, token: str, said: str
) -> None:
    done = publish(repo, "--from", built, token=token)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "fix: " in done.stderr
    assert hub.repositories == {}


@pytest.mark.parametrize("name", ["news", "a/b/c", f"{OWNER}/no spaces", f"{OWNER}/../x", "", "/news", f"{OWNER}/"])
def test_what_is_no_name_of_a_repository_is_refused(name: str) -> None:
    with pytest.raises(StanceBankError, match="is no name of a repository on the Hub"):
        require_repo_name(name)


@pytest.mark.parametrize(
    ("token", "said"), [("", "HF_TOKEN is not set"), (" \n", "HF_TOKEN is not set"), ("hf_a\nhf_b", "holds blanks")]
)
def test_without_a_proper_token_nothing_is_asked_of_the_hub(
    built: Path, monkeypatch: pytest.MonkeyPatch, token: str, said: str
) -> None:
    monkeypatch.setenv("HF_TOKEN", token)
    with pytest.raises(StanceBankError, match=said) as error:
        publish_to_hub(prepare(built), REPO)
    assert "hf_a" not in str(error.value)


@pytest.mark.deep("servers")
def test_a_hub_that_cannot_be_reached_is_named(built: Path, tmp_path: Path) -> None:
    done = Publish(tmp_path, None)(REPO, "--from", built)
    assert done.returncode == 2
    assert f"{REPO} on http://127.0.0.1:9 cannot be reached or broke off" in done.stderr


@pytest.mark.deep("servers")
def test_a_token_that_was_saved_by_a_login_is_not_used(publish: Publish, hub: Hub, built: Path, tmp_path: Path) -> None:
    (tmp_path / "hf").mkdir()
    (tmp_path / "hf/token").write_text(TOKEN)
    assert "HF_TOKEN is not set" in publish(REPO, "--from", built, token=None).stderr
    assert hub.requests == []


def test_the_old_name_of_the_option_is_taken_with_a_message(built: Path, cli: Cli) -> None:
    done = cli("publish", REPO, "--build", built, "--dry-run")
    assert (done.returncode, done.stdout) == (0, cli("publish", REPO, "--from", built, "--dry-run").stdout)
    assert done.stderr == "stancebank: --build will be removed in the next version\n  fix: use --from DIR\n"
