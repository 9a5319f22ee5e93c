"""Verify a built or downloaded dataset against its manifest.json.

Only the folder is needed. Files are reported that are missing, not recorded, differ in
bytes or rows, or contradict the manifest, and so are contradictions in the manifest
itself. Files that git and downloads from the Hub add are ignored. A match does not
prove who made the dataset: whoever changes the folder can change the manifest with it.
For that, give the digest that stancebank build printed with --manifest-digest.
"""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from stancebank.commands.options import Quiet
from stancebank.commands.output import say
from stancebank.commands.progress_bar import shown
from stancebank.storage.addresses import address


def verify(
    folder: Annotated[Path, typer.Argument(parser=address, metavar="DIR|ADDRESS", help="Dataset folder or address.")],
    manifest_digest: Annotated[
        str | None, typer.Option(metavar="DIGEST", help="Digest that manifest.json must have.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Report the differences, and exit with 1 if there are any."""
    from stancebank.dataset.verification import differences, read_manifest
    from stancebank.faults import counted, printable
    from stancebank.schema.paths import MANIFEST_FILE
    from stancebank.storage.files import sha256

    manifest, data = read_manifest(folder)
    found = 0
    if manifest_digest is not None and (digest := sha256(data)) != required_digest(manifest_digest):
        found += 1
        say(f"{MANIFEST_FILE}: has the SHA-256 {digest}, expected {printable(manifest_digest)}")
    with shown("verifying", quiet=quiet) as progress:
        for difference in differences(folder, manifest, data, partial(progress.tell, unit="shards")):
            found += 1
            progress.pause()
            say(f"{printable(difference.file)}: {printable(difference.what)}")
    if found:
        say(counted(found, "difference"))
        raise typer.Exit(1)
    files = counted(1 + len(manifest.pages) + len(manifest.shards), "file")
    say(f"{printable(f'{manifest.name} {manifest.version}, {manifest.edition}')}: {files} as recorded")
    say(f"manifest sha256 {sha256(data)}")


def required_digest(text: str) -> str:
    """The digest in lower case; wrong usage where it is none."""
    digest = text.strip().lower().removeprefix("sha256:")
    if not re.fullmatch("[0-9a-f]{64}", digest):
        raise typer.BadParameter("--manifest-digest takes the 64 hexadecimal digits that stancebank build printed")
    return digest
