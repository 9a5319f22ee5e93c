"""A built dataset to the Hugging Face Hub: what may go there, and as which tag."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from stancebank.corpus.corpus import Corpus
from stancebank.dataset.building import available_views, build
from stancebank.dataset.manifest import Manifest, is_page
from stancebank.dataset.shards import SHARD_PATH
from stancebank.dataset.verification import differences, read_manifest
from stancebank.editions.carried import CARRIED_FOLDER
from stancebank.editions.edition import EditionName
from stancebank.faults import StanceBankError, counted, excerpt, printable
from stancebank.schema.paths import MANIFEST_FILE
from stancebank.storage.addresses import reason
from stancebank.storage.waiting import within

if TYPE_CHECKING:
    from huggingface_hub import HfApi

TOKEN = "HF_TOKEN"  # noqa: S105  (the name of the variable)
_ANSWER, _UPLOAD = 600, 24 * 3600  # seconds for an answer, and for all files; the client library sets no limit
_DATASET = "dataset"
_LEFT_BEHIND = [".gitattributes", "*.DS_Store"]  # the Hub has a .gitattributes of its own
_SHOWN = 5  # differences that an error names


@dataclass(frozen=True, slots=True)
class Publication:
    """A dataset that may be published. data: bytes of the manifest's file."""

    folder: Path
    manifest: Manifest
    data: bytes

    @property
    def tag(self) -> str:
        """The tag of this version of the corpus."""
        return f"v{self.manifest.version}"

    @property
    def files(self) -> dict[str, int]:
        """The size of each file in bytes, by path."""
        return {MANIFEST_FILE: len(self.data)} | {each.path: each.bytes for each in self.manifest.listed}


def publishable_edition(corpus: Corpus) -> EditionName:
    """The edition of a corpus that the rights in its texts allow: full if all are cleared, otherwise stand-off."""
    keys = set(corpus.seeds.table["rights"])
    return "full" if all(corpus.seeds.rights[key].redistribution for key in keys) else "standoff"


def build_publishable(corpus: Corpus, folder: Path) -> None:
    """Build the edition that may be published into a folder. Raises what build raises."""
    build(corpus, folder, available_views(corpus.scheme), edition=publishable_edition(corpus))


def prepare(folder: Path) -> Publication:
    """The dataset in a folder, where it is as its manifest records and may be published.

    Raises StanceBankError where something differs, and for the full edition of texts
    that are not cleared for redistribution.
    """
    manifest, data = read_manifest(folder)
    found = [f"{each.file}: {each.what}" for each in differences(folder, manifest, data)]
    if found:
        more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        what = (
            f"{printable(str(folder))} has {counted(len(found), 'difference')} from its manifest, and is not published"
        )
        raise StanceBankError(f"{what}: {printable('; '.join(found[:_SHOWN]))}{more}", "build it again")
    barred = [key for key, cleared in manifest.redistribution.items() if not cleared]
    if manifest.edition == "full" and barred:
        what = f"the full edition may not be published: texts under {printable(', '.join(barred))} are not cleared for"
        raise StanceBankError(
            f"{what} redistribution",
            "publish an edition without the texts: stancebank build --edition standoff (or masked) --out DIR,"
            " then stancebank publish REPO --from DIR",
        )
    return Publication(folder, manifest, data)


def require_repo_name(repo: str) -> None:
    """Nothing for OWNER/NAME, as the Hub names repositories; else StanceBankError."""
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]  # named in its __init__ alone

    with contextlib.suppress(HFValidationError):
        validate_repo_id(repo)
        if repo.count("/") == 1:
            return
    what = f"{excerpt(repo)} is no name of a repository on the Hub"
    raise StanceBankError(what, "write OWNER/NAME, such as my-group/my-corpus")


def publish(publication: Publication, repo: str) -> str | None:
    """Upload the dataset and tag it with its version; the address of what was published.

    The repository is made where it is missing. Files of earlier versions leave its main
    branch; their tags keep them. What an interrupted run has uploaded is not uploaded
    again. None where this very dataset is under the tag already.

    Raises StanceBankError where the environment has no token, the tag is there with
    another dataset, or the Hub refuses or cannot be reached; no message has the token.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.utils import logging

    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    token = _token()
    api = HfApi(token=token)
    where = f"{printable(repo)} on {printable(api.endpoint)}"
    with _told(where, token):
        within(_ANSWER, api.whoami)
        if within(_ANSWER, lambda: _is_there(api, repo, publication)):
            return None
        within(_ANSWER, lambda: api.create_repo(repo, repo_type=_DATASET, exist_ok=True))
        upload = partial(
            api.upload_folder,
            repo_id=repo,
            repo_type=_DATASET,
            folder_path=publication.folder,
            commit_message=f"{publication.manifest.name} {publication.manifest.version}",
            ignore_patterns=list(_LEFT_BEHIND),
            delete_patterns=["*"],
        )
        commit = within(_UPLOAD, upload)
        within(
            _ANSWER,
            lambda: api.create_tag(repo, repo_type=_DATASET, tag=publication.tag, revision=commit.oid),
        )
    return f"{api.endpoint}/datasets/{repo}/tree/{publication.tag}"


def _token() -> str:
    token = os.environ.get(TOKEN, "").strip()
    if not token:
        raise StanceBankError(f"there is no token for the Hub: {TOKEN} is not set", f"set {TOKEN} to a write token")
    if re.fullmatch(r"[\x21-\x7e]+", token) is None:
        raise StanceBankError(f"{TOKEN} holds blanks or other characters that no token has", "set it again")
    return token


def _is_there(api: HfApi, repo: str, publication: Publication) -> bool:
    """Whether the repository has this very dataset under its tag. Raises StanceBankError where it has another."""
    from huggingface_hub.errors import RepositoryNotFoundError
    from huggingface_hub.utils.sha import git_hash

    tag = publication.tag
    try:
        tags = {each.name for each in api.list_repo_refs(repo, repo_type=_DATASET).tags}
    except RepositoryNotFoundError:
        return False
    if tag not in tags:
        _require_ours(api.list_repo_files(repo, repo_type=_DATASET), repo)
        return False
    found = api.get_paths_info(repo, [MANIFEST_FILE], revision=tag, repo_type=_DATASET)
    own = {git_hash(publication.data), publication.manifest.digest}  # the latter where it is a large file
    if any(
        {getattr(each, "blob_id", None), getattr(getattr(each, "lfs", None), "sha256", None)} & own for each in found
    ):
        return True
    what = f"{printable(repo)} has another dataset under the tag {tag}, and a published version is never changed"
    raise StanceBankError(what, "raise the version in corpus/corpus.yaml and build again, or name another repository")


def _require_ours(files: list[str], repo: str) -> None:
    """Nothing where a repository holds none but files of datasets built here, which may be replaced."""
    names = {MANIFEST_FILE, ".gitattributes"}
    places = rf"{SHARD_PATH}|{CARRIED_FOLDER}/.+"
    others = [f for f in files if f not in names and not is_page(f) and re.fullmatch(places, f) is None]
    if others:
        what = f"{printable(repo)} holds other files than a dataset of StanceBank, such as {excerpt(others[0])}"
        raise StanceBankError(f"{what}, which would be removed", "name a new repository, or remove them there")


@contextlib.contextmanager
def _told(where: str, token: str) -> Iterator[None]:
    """Say what the Hub, its library and the network have against it in one message, without the token."""
    try:
        yield
    except StanceBankError:
        raise
    except Exception as error:  # the library lets those of its HTTP client and of the system through
        while isinstance(error, RuntimeError) and isinstance(error.__cause__, Exception):
            error = error.__cause__  # what kept one file from being uploaded
        status = getattr(getattr(error, "response", None), "status_code", None)
        said = reason(error).replace(token, "***")
        match status:
            case 401:
                what, fix = f"the Hub does not accept the token in {TOKEN}", "make a new write token and set it"
            case 403:
                what, fix = f"the token in {TOKEN} may not write to {where}", "use a write token of its owner"
            case 404:
                what, fix = f"there is no {where} for this token", "correct the name, or use a token of its owner"
            case None:
                what, fix = f"{where} cannot be reached or broke off", "check the network, then run it again"
            case _:
                what, fix = f"{where} answers with the status {status}", "run it again, later where the Hub is at fault"
        raise StanceBankError(f"{what}: {said}", f"{fix}; what was uploaded is not uploaded again") from None
