"""``python -m stancebank`` is the command ``stancebank``."""

from stancebank.commands import main

main()
