"""Upload a dataset to the Hugging Face Hub with a version tag.

The folder is verified first, as by stancebank verify. A full edition with texts that
are not cleared for redistribution is refused. The repository is created if it does not
exist; a published version never changes. The token is read from the environment
variable HF_TOKEN. With --dry-run nothing is sent to or requested from the Hub.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Annotated

import typer

from stancebank.commands.options import Root
from stancebank.commands.output import say, say_findings
from stancebank.storage.addresses import local_folder


def publish(
    repo: Annotated[str, typer.Argument(metavar="OWNER/NAME", help="Repository on the Hub.")],
    root: Root = None,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--from",
            parser=local_folder,
            metavar="DIR",
            help="Built dataset (default: build what the rights allow).",
        ),
    ] = None,
    build: Annotated[Path | None, typer.Option(parser=local_folder, hidden=True)] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List the files and upload nothing.")] = False,
) -> None:
    """Publish the dataset and print its address."""
    from huggingface_hub.utils.tqdm import disable_progress_bars

    from stancebank.checks.findings import UnsoundCorpusError
    from stancebank.corpus.corpus import read_corpus
    from stancebank.corpus.root_folder import find_root
    from stancebank.faults import counted, printable
    from stancebank.release import publishing
    from stancebank.storage.temporary_folders import temporary_folder

    if not sys.stderr.isatty():
        disable_progress_bars()
    publishing.require_repo_name(repo)
    if build is not None:
        say("stancebank: --build will be removed in the next version\n  fix: use --from DIR", err=True)
        folder = folder or build
    with contextlib.ExitStack() as held:
        if folder is None:
            folder = held.enter_context(temporary_folder()) / "dataset"
            try:
                publishing.build_publishable(read_corpus(find_root(root)).sound(), folder)
            except UnsoundCorpusError as error:
                say_findings(error)
                raise
        publication = publishing.prepare(folder)
        manifest = publication.manifest
        named = printable(f"{manifest.name} {manifest.version}, {manifest.edition}")
        if dry_run:
            say(f"would publish {named}, to {printable(repo)} with the tag {publication.tag}:")
            for file, size in publication.files.items():
                say(f"  {printable(file)}  {size:,} bytes")
            say(f"{counted(len(publication.files), 'file')}, {sum(publication.files.values()):,} bytes")
            return
        address = publishing.publish(publication, repo)
        if address is None:
            say(f"{named}: {printable(repo)} already has this dataset under {publication.tag}; nothing was uploaded")
        else:
            say(f"published {named}: {printable(address)}")
