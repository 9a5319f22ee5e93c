"""What the two sides of a comparison are named by: paths, which win, and revisions of the repository."""

from __future__ import annotations

from pathlib import Path

from stancebank.compare.release_digests import Release, is_release, read_release
from stancebank.compare.snapshots import Snapshot, build_manifest, build_snapshot, corpus_snapshot, pass_snapshot
from stancebank.faults import StanceBankError, excerpt, printable
from stancebank.schema.paths import ANNOTATORS_FILE, CORPUS, CORPUS_FILE, PASSES, REMARKS_FILE, SCHEME_FILE, SEEDS_FILE
from stancebank.storage.addresses import address, is_remote
from stancebank.storage.files import read_inside
from stancebank.storage.git import Repository, place_files
from stancebank.storage.temporary_folders import temporary_folder

_READ = (CORPUS, SCHEME_FILE, SEEDS_FILE, ANNOTATORS_FILE, REMARKS_FILE)
_KINDS = (
    "the root of a corpus, an annotator's folder in annotation/passes, a built dataset or a file of corpus/releases"
)


def read_side(name: str, root: Path) -> Snapshot | Release:
    """The state of a corpus that a name refers to.

    name: a path or an address, or a revision of the repository that holds the root.
    root: of the corpus that revisions are of. Raises StanceBankError where it is
    neither, or cannot be read.
    """
    path = address(name)
    if is_remote(path) or path.exists():
        return _of_path(path, name)
    return revision_snapshot(name, root)


def _of_path(path: Path, name: str) -> Snapshot | Release:
    if not is_remote(path) and path.is_file():
        if is_release(path):
            return read_release(path, name)
        raise StanceBankError(f"{printable(name)} is a file, but no release", f"name {_KINDS}")
    if read_inside(path, CORPUS_FILE)[0] is not None:
        return corpus_snapshot(path, name)
    if build_manifest(path) is not None:
        return build_snapshot(path, name)
    whole = path if is_remote(path) else path.resolve()
    root = whole.parent.parent.parent
    if whole.parent == root / PASSES and read_inside(root, CORPUS_FILE)[0] is not None:
        return pass_snapshot(root, whole.name, name)
    what = f"{printable(name)} is a folder, but nothing that can be compared"
    raise StanceBankError(what, f"name {_KINDS}; a revision of the same name as refs/heads/NAME or refs/tags/NAME")


def revision_snapshot(revision: str, root: Path) -> Snapshot:
    """The corpus as a revision of its repository has it, at the place where it is now.

    root: a folder of the repository. Raises StanceBankError where there is no such
    revision, or no corpus in it.
    """
    repository = Repository(root)
    if is_remote(root) or not root.is_dir() or not repository.is_there:
        what = f"{excerpt(revision)} is no path, and no revision either: {printable(str(root))} is in no git repository"
        raise StanceBankError(what, f"name {_KINDS}")
    commit = repository.commit(revision)
    if commit is None:
        what = f"{excerpt(revision)} is neither a path nor a revision of the repository"
        fix = "correct the name; git tag lists the tags, git fetch --tags gets those that are missing here"
        raise StanceBankError(what, f"{fix}; a release needs no tag: corpus/releases/VERSION.json")
    with temporary_folder() as folder:
        place_files(folder, repository.files(commit, _READ))
        if not (folder / CORPUS_FILE).is_file():
            where = f"{repository.prefix}{CORPUS_FILE}"
            what = f"the revision {excerpt(revision)} has no {printable(where)}"
            raise StanceBankError(what, "name a revision in which the corpus lies where it lies now")
        return corpus_snapshot(folder, revision)
