"""Who annotated what: annotators of a server as annotators of the corpus."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from stancebank.corpus.annotators import GOLD
from stancebank.faults import StanceBankError, excerpt
from stancebank.schema.layers import ID


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
    """What each annotator of a server is called in the corpus.

    names: by e-mail address (in small letters) or id on the server the annotator's id in
    the corpus. addresses: by id on the server the e-mail address, where it is known.
    apart: whether whole addresses are taken as ids, so that no two accounts have one.
    """

    names: Mapping[str, str]
    addresses: Mapping[str, str] = field(default_factory=dict)
    apart: bool = False

    def account(self, said: object) -> Account:
        """The account that a server names as the one who did something, with its address where that is known."""
        who = account(said)
        return who if who.address else Account(self.addresses.get(who.number, ""), who.number)

    def annotator(self, who: Account) -> str:
        """The annotator's id in the corpus."""
        return self._named(who) or (who.name if self.apart else _id(who))

    def require_distinct(self, met: Iterable[Account]) -> None:
        """Nothing where each account has an id of its own; else StanceBankError, for the first that has not."""
        if self.apart:
            return
        accounts: dict[str, str] = {}
        for who in met:
            id = _id(who)
            if self._named(who) is not None:
                continue
            if id in self.names.values() or accounts.setdefault(id, who.name) != who.name:
                other = accounts.get(id, "another account")
                what = f"{excerpt(who.name)} and {excerpt(other)} would both be the annotator {id}"
                raise StanceBankError(what, "name them: --annotator ADDRESS=ID for each; nothing was imported")

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
            what = f"{excerpt(pair)} does not map an account to an annotator"
            raise StanceBankError(what, "write ADDRESS=ID or NUMBER=ID, such as ann@example.org=ann")
        if name.strip() == GOLD:
            what = f"{excerpt(pair)} makes an annotator of the gold, which is no annotator's"
            fix = "give the annotator an id; push decides whether work corrects the gold or is a pass"
            raise StanceBankError(what, fix)
        account = who.strip().casefold()
        if account in names:
            raise StanceBankError(f"{excerpt(account)} is named twice", "name each account once")
        names[account] = name.strip()
    return names


def shown_person(who: Account) -> str:
    """Who somebody on the server is, for people: their address, else their number."""
    address, number = who
    return excerpt(address)[1:-1] if address else f"account {excerpt(number)[1:-1]}" if number else "somebody"


def account(said: object) -> Account:
    """The account that a server names as the one who did something: by its number or address, or as an object."""
    address: object = None
    number = said
    if isinstance(said, dict):
        address, number = said.get("email"), said.get("id")
    elif isinstance(said, str) and "@" in said:
        address, number = said, None
    named = str(number) if isinstance(number, int | str) else ""
    return Account(address if isinstance(address, str) else "", named)


def _id(who: Account) -> str:
    """An id made of what the server says; a name is the part of an address in front of the @."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", who.address.partition("@")[0]).strip("-._")[:128]
    if not name or name == GOLD:
        name = f"user-{name or re.sub(r'[^A-Za-z0-9]+', '-', who.number).strip('-')[:100] or 'unknown'}"
    return name
