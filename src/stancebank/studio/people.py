"""Who annotated what: annotators of a server as annotators of the corpus."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from stancebank.annotators import GOLD
from stancebank.faults import StanceBankError, excerpt
from stancebank.layers import ID


class Account(NamedTuple):
    """An account of a server: its e-mail address and its number there, as text; empty where they are not given."""

    address: str
    number: str

    @property
    def name(self) -> str:
        """What tells one account of a server from another."""
        return self.address or self.number


@dataclass(frozen=True, slots=True)
class People:
    """Where each annotator's work goes.

    names: by e-mail address (in small letters) or id on the server the annotator's id in
    the corpus, or "gold" for the corpus's own annotations. shared: whether those who
    are not named get a pass each; else their work is the corpus's own. apart: whether
    whole addresses are taken as ids, so that no two accounts have one.
    """

    names: Mapping[str, str]
    shared: bool = False
    apart: bool = False

    def annotator(self, who: Account) -> str | None:
        """The annotator's id in the corpus, or None for the corpus's own annotations."""
        named = self._named(who)
        if named is not None:
            return None if named == GOLD else named
        if not self.shared:
            return None
        return who.name if self.apart else _id(who)

    def require_distinct(self, met: Iterable[Account]) -> None:
        """Nothing where each account has an id of its own; else StanceBankError, for the first that has not."""
        if not self.shared or self.apart:
            return
        accounts: dict[str, str] = {}
        for who in met:
            id = _id(who)
            if self._named(who) is not None:
                continue
            if id in self.names.values() or accounts.setdefault(id, who.name) != who.name:
                other = accounts.get(id, "another account")
                what = f"{excerpt(who.name)} and {excerpt(other)} would both be the annotator {id}"
                raise StanceBankError(what, "say who they are: --annotator ADDRESS=ID for each; nothing was imported")

    def absent(self, met: Iterable[Account]) -> list[str]:
        """The accounts that are named and are none of these, in order."""
        return sorted(self.names.keys() - {said for who in met for said in (who.address.casefold(), who.number)})

    def _named(self, who: Account) -> str | None:
        return self.names.get(who.address.casefold()) or self.names.get(who.number)


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
    address, number = account(user)
    return excerpt(address)[1:-1] if address else f"account {excerpt(number)[1:-1]}" if number else "somebody"


def account(completed_by: object) -> Account:
    """The account that a server names as the one who did something."""
    address: object = None
    number = completed_by
    if isinstance(completed_by, dict):
        address, number = completed_by.get("email"), completed_by.get("id")
    named = str(number) if isinstance(number, int | str) else ""
    return Account(address if isinstance(address, str) else "", named)


def _id(who: Account) -> str:
    """An id made of what the server says; a name is the part of an address in front of the @."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", who.address.partition("@")[0]).strip("-._")[:128]
    if not name or name == GOLD:
        name = f"user-{name or re.sub(r'[^A-Za-z0-9]+', '-', who.number).strip('-')[:100] or 'unknown'}"
    return name
