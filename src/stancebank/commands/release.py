"""Release the version of the corpus that corpus.yaml declares.

The corpus is validated strictly and compared with the last release. Layers that are not
done are refused, or with --unfinished counted in the changelog. One commit with the
tag vVERSION then has the entry in CHANGELOG.md, version and date in CITATION.cff, the
generated files, and a digest of each record in corpus/releases/VERSION.json. Nothing is
pushed. On any failure files, branch and tags are restored.
"""

from __future__ import annotations

from typing import Annotated

import typer

from stancebank.commands.options import LocalRoot, root_to_change
from stancebank.commands.output import say, say_findings


def release(
    root: LocalRoot = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the release and write nothing.")] = False,
    unfinished: Annotated[bool, typer.Option("--unfinished", help="Release unfinished documents too.")] = False,
) -> None:
    """Make the release, or with --dry-run print it."""
    import datetime

    from stancebank.checks.findings import UnsoundCorpusError
    from stancebank.corpus.root_folder import find_root
    from stancebank.release.commit import publish
    from stancebank.release.plan import plan_release
    from stancebank.storage.git import Repository

    place = (find_root(root) if dry_run else root_to_change(root)).resolve()
    try:
        plan = plan_release(place, datetime.datetime.now(datetime.UTC).date(), unfinished=unfinished)
    except UnsoundCorpusError as error:
        say_findings(error)
        raise
    since = f"after {plan.last}, version step {plan.step.name}" if plan.last else "the first release"
    say(f"{plan.name} {plan.version}: {since}")
    if dry_run:
        for file in plan.files:
            say(f"would write {file}")
        say(f"would commit them to {plan.branch} and tag that {plan.version.tag}")
        say(f"the entry in CHANGELOG.md:\n\n{plan.entry.rstrip()}")
        return
    made = publish(Repository(place), plan.files, str(plan.version), plan.name, plan.head)
    for file in plan.files:
        say(f"wrote {file}")
    say(f"committed {made.commit[:12]} to {plan.branch} and tagged it {plan.version.tag}")
    say(f"nothing is pushed; next: git push origin {plan.branch} {plan.version.tag}")
