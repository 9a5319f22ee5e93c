"""Who annotated what: annotators of a server as annotators of the corpus."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from stancebank.annotators import GOLD
from stancebank.faults import StanceBankError, excerpt
from stancebank.layers import ID


@dataclass(frozen=True)
class People:
    """Where each annotator's work goes.

    names: by e-mail address (in small letters) or id on the server the annotator's id in
    the corpus, or "gold" for the corpus's own annotations. shared: whether those who
    are not named get a pass each; else their work is the corpus's own. apart: whether
    whole addresses are taken as ids, so that no two accounts have one. met: the
    addresses and ids of all that were asked for.
    """

    names: Mapping[str, str]
    shared: bool = False
    apart: bool = False
    met: set[str] = field(default_factory=set)
    _accounts: dict[str, str] = field(default_factory=dict)

    def annotator(self, completed_by: object) -> str | None:
        """The annotator's id in the corpus, or None for the corpus's own annotations.

        Raises StanceBankError where an account that nobody has named would have the id of another one.
        """
        address, number = _who(completed_by)
        self.met.update((address.casefold(), number))
        named = self.names.get(address.casefold()) or self.names.get(number)
        if named is not None:
            return None if named == GOLD else named
        if not self.shared:
            return None
        if self.apart:
            return address or number
        id, account = _id(address, number), address or number
        if id in self.names.values() or self._accounts.setdefault(id, account) != account:
            other = self._accounts.get(id, "another account")
            what = f"{excerpt(account)} and {excerpt(other)} would both be the annotator {id}"
            raise StanceBankError(what, "say who they are: --annotator ADDRESS=ID for each; nothing was imported")
        return id


def read_pairs(pairs: list[str]) -> dict[str, str]:
    """From such as ann@example.org=ann or 3=gold. Raises StanceBankError for what is no such pair."""
    names = {}
    for pair in pairs:
        who, equals, name = pair.rpartition("=")
        if not (equals and who.strip() and re.fullmatch(ID, name.strip())):
            what = f"{excerpt(pair)} does not say who is which annotator"
            raise StanceBankError(
                what, "write ADDRESS=ID or NUMBER=ID, such as ann@example.org=ann; gold is the corpus itself"
            )
        account = who.strip().casefold()
        if account in names:
            raise StanceBankError(f"{excerpt(account)} is named twice", "name each account once")
        names[account] = name.strip()
    return names


def shown_person(user: object) -> str:
    """Who somebody on the server is, for people: their address, else their number."""
    if isinstance(user, str):
        return excerpt(user)[1:-1]
    address, number = _who(user)
    return excerpt(address)[1:-1] if address else f"account {excerpt(number)[1:-1]}" if number else "somebody"


def account(completed_by: object) -> str:
    """What tells one account of a server from another."""
    address, number = _who(completed_by)
    return address or number


def _who(completed_by: object) -> tuple[str, str]:
    """The e-mail address and the id on the server, as text; empty where they are not given."""
    address: object = None
    number = completed_by
    if isinstance(completed_by, dict):
        address, number = completed_by.get("email"), completed_by.get("id")
    named = str(number) if isinstance(number, int | str) else ""
    return (address if isinstance(address, str) else ""), named


def _id(address: str, number: str) -> str:
    """An id made of what the server says; a name is the part of an address in front of the @."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", address.partition("@")[0]).strip("-._")[:128]
    if not name or name == GOLD:
        name = f"user-{name or re.sub(r'[^A-Za-z0-9]+', '-', number).strip('-')[:100] or 'unknown'}"
    return name
