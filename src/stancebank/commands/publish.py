"""Upload a built dataset to the Hugging Face Hub, with a tag for its version.

The folder is verified first, as stancebank verify does. The full edition of a corpus
is refused while texts in it are not cleared for redistribution. The repository is
made where it is missing; a version that is published is never changed. The token
comes from the environment variable HF_TOKEN alone. With --dry-run it is said what
would be uploaded, and nothing is sent or asked of the Hub.

Exit codes: 0 published, or published before; 1 the corpus has errors; 2 it must not or
cannot be published, or wrong usage; 3 an error in StanceBank itself.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from stancebank.addresses import local_folder
from stancebank.commands.options import Root
from stancebank.commands.output import say


def publish(
    repo: Annotated[str, typer.Argument(metavar="OWNER/NAME", help="Repository on the Hub.")],
    root: Root = None,
    build: Annotated[
        Path | None,
        typer.Option(
            parser=local_folder,
            metavar="DIR",
            help="Folder of the built dataset; without it, the edition that the rights allow is built for this.",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be uploaded, and do nothing.")] = False,
) -> None:
    """Publish the dataset and say where it is."""
    from huggingface_hub.utils.tqdm import disable_progress_bars

    from stancebank import publishing
    from stancebank.build.dataset import InvalidCorpusError
    from stancebank.checks.reporters import Tally, report_text
    from stancebank.corpus import find_root, read_corpus
    from stancebank.faults import counted, printable

    if not sys.stderr.isatty():
        disable_progress_bars()
    publishing.require_repo_name(repo)
    with contextlib.ExitStack() as held:
        if build is None:
            build = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="stancebank-"))) / "dataset"
            try:
                publishing.build_publishable(read_corpus(find_root(root)), build)
            except InvalidCorpusError as error:
                for block in report_text(Tally(error.findings)):
                    typer.echo(block, err=True)
                typer.echo(f"stancebank: {error}", err=True)
                raise typer.Exit(1) from None
        publication = publishing.prepare(build)
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
            say(f"{named}: this very dataset is in {printable(repo)} under {publication.tag}; nothing was to be done")
        else:
            say(f"published {named}: {printable(address)}")
