"""Set up an environment that holds exactly what a lock names: python3.11 requirements/install.py LOCK.

LOCK is dataset, extras or dev, for the environment .venv with StanceBank in it, studio, for the server in .venv-studio,
or peers, for what benchmarks/ compares with, in .venv-peers. --into FOLDER names another environment; --copy copies
StanceBank into it, so that the checkout may go.
Exit codes: 0 the environment is there; 2 it could not be set up; 130 interrupted.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  (said in words that any Python reads)
    sys.exit("StanceBank needs Python 3.11 or newer; run this with python3.11, or with make PYTHON=/path/to/python3.11")

import argparse
from pathlib import Path

PROJECT = Path(__file__).absolute().parents[1]
sys.dont_write_bytecode = True  # the checkout may not be ours to write to
sys.path.insert(0, str(PROJECT / "src"))

from stancebank.faults import StanceBankError  # noqa: E402
from stancebank.storage.locked_environment import Contents, set_up  # noqa: E402

ALONE = ("studio", "peers")  # without StanceBank
_CLEAR = "\033[2K"


def main() -> int:
    """Read the arguments, set up, and print one line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lock", choices=["dataset", "extras", "dev", *ALONE], metavar="LOCK")
    parser.add_argument("--into", type=Path, metavar="FOLDER")
    parser.add_argument("--copy", action="store_true")
    given = parser.parse_args()
    alone = given.lock in ALONE
    folder = given.into or PROJECT / (f".venv-{given.lock}" if alone else ".venv")
    lock = PROJECT / f"requirements/{given.lock}.txt"
    contents = Contents(lock, None if alone else PROJECT, editable=not given.copy)
    try:
        done = set_up(folder, contents, _tell)
    except StanceBankError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; run it again to go on\n")
        return 130
    if done:
        sys.stdout.write(f"{_CLEAR}{done}\n" if sys.stdout.isatty() else f"{done}\n")
    return 0


def _tell(work: str) -> None:
    """Show at a terminal what is under way, on the line that says later what was done."""
    if sys.stdout.isatty():
        sys.stdout.write(f"{work} ...\r")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
