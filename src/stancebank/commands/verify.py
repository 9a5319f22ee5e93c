"""Check a built dataset, or a download of one, against its manifest.json.

Nothing but the folder is needed. Each file that differs is named: one that is
missing or not recorded, has other bytes or rows, or contradicts the manifest; and so
is the manifest where it contradicts itself. Files that git and the Hub's downloads
add are left out of account. That all is as recorded does not say who recorded it:
compare the digest of the manifest with what stancebank build printed.

Exit codes: 0 all as recorded; 1 something differs; 2 there is no manifest, or wrong
usage; 3 an error in StanceBank itself.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from stancebank.addresses import address
from stancebank.commands.options import Quiet
from stancebank.commands.output import say
from stancebank.commands.progress import shown


def verify(
    folder: Annotated[
        Path, typer.Argument(parser=address, metavar="DIR|ADDRESS", help="Folder of the dataset, or its address.")
    ],
    quiet: Quiet = False,
) -> None:
    """Name what differs, and exit with 1 where anything does."""
    from stancebank.build.verification import differences, read_manifest
    from stancebank.faults import counted, printable
    from stancebank.seeds import sha256

    manifest, data = read_manifest(folder)
    found = 0
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
