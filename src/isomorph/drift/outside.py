"""Texts that differ only in what is outside of both definitions: addresses of their own routes, and values left open.

An address is the workload that a definition's routes lead to: the host, and the port of whatever runs the routes, are each
platform's own. A value is left open to whoever deploys: by a variable of the shell on one side, by the key of that name in
a store on the other. Source: https://kubernetes.io/docs/concepts/services-networking/ingress/#the-ingress-resource.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from isomorph.drift.facts import View
from isomorph.drift.texts import SCHEME_PORTS
from isomorph.model.workload import Route

_SECURE = {"http": "https", "ws": "wss"}
# A host in a URL, or by itself; what stands beside it must not belong to it: another word, a reference, a user.
_ADDRESS = re.compile(
    r"(?:(?<![A-Za-z0-9+.-])(?P<scheme>https?|wss?)://(?P<user>[^\s/@⟦]*@)?|(?<![A-Za-z0-9_.:/@⟧-]))"
    r"(?P<host>[A-Za-z0-9.-]+)(?::(?P<port>[0-9]{1,5}))?(?![A-Za-z0-9_.:@⟦-])"
)
# The path behind it, as far as it matters to a route.
_PATH = re.compile(r"/[^\s?#\"'<>(),;|\[\]{}`\\⟦]{0,255}")
_STORED = re.compile(r"⟦configuration (?P<name>[^⟦⟧/]*)/(?P<key>[^⟦⟧]+)⟧")


class Way(msgspec.Struct, frozen=True, gc=False):
    """A route of a host: its path, how that matches, the common name of the workload behind it, and whether TLS ends there."""

    path: str
    match: str
    workload: str
    tls: bool

    def leads(self, path: str) -> bool:
        """Tell whether it is taken for a path."""
        if self.match == "exact":
            return path == self.path
        return self.match == "prefix" and _is_below(path, self.path)


class Outside:
    """One environment from outside: its routes by host, in lower case, and the ports where they are entered, if known."""

    __slots__ = ("hosts", "ports")

    def __init__(self, view: View) -> None:
        self.hosts: dict[str, list[Way]] = {}
        for key, workload in view.application.workloads.items():
            for route in workload.routes.values():
                if isinstance(route.host, str) and route.host:
                    self.hosts.setdefault(route.host.lower(), []).append(_way(view, key, route))
        self.ports: frozenset[int] = frozenset(
            port
            for extra in view.definition.extras
            if extra.path == ("routes",) and isinstance(extra.value, Mapping)
            for port in _published(extra.value.get("ports"))
        )

    def ways(self, host: str, path: str) -> list[Way]:
        """Give the routes that a URL takes: the one that fits best, else all below the URL's own path."""
        found = self.hosts.get(host, [])
        taken = [way for way in found if way.leads(path)]
        exact = [way for way in taken if way.match == "exact"]
        longest = max((len(way.path) for way in taken), default=0)
        return (
            exact or [way for way in taken if len(way.path) == longest] or [w for w in found if _is_below(w.path, path)]
        )


class Seen(msgspec.Struct, frozen=True, gc=False):
    """An address in a text: as it is written, and the routes that it takes."""

    scheme: str
    host: str
    port: int | None
    ways: tuple[Way, ...]

    @property
    def entered_at(self) -> int | None:
        """Give the port that it means, where that is known."""
        return self.port or SCHEME_PORTS.get(self.scheme)

    @property
    def workloads(self) -> frozenset[str]:
        """Give the common names of the workloads behind it."""
        return frozenset(way.workload for way in self.ways)

    @property
    def shown(self) -> str:
        """Give it as a report shows it."""
        return self.host if self.port is None else f"{self.host}:{self.port}"


def _way(view: View, key: str, route: Route) -> Way:
    return Way(route.path or "/", route.match, view.called.get(key, key), bool(route.tls))


def _is_below(path: str, prefix: str) -> bool:
    """Tell whether a path is a prefix, or below it, element by element."""
    return (path.rstrip("/") + "/").startswith(prefix.rstrip("/") + "/")


def _published(entries: object) -> Iterator[int]:
    """Give the ports of the machine in a Compose service's `ports`."""
    for entry in entries if isinstance(entries, list | tuple) else ():
        said = (
            entry.get("published") if isinstance(entry, Mapping) else str(entry).rpartition(":")[0].rpartition(":")[2]
        )
        if str(said).isdecimal():
            yield int(str(said))


def compare_outside(a: View, b: View, pairs: Iterable[tuple[str, str]]) -> str | None:
    """Compare texts, given in pairs of their keys, that may differ in what is outside only.

    Gives None where they differ in more; else what is called differently on both sides, and nothing where that is only
    values left open under one name.
    """
    told = ""
    for ours, theirs in pairs:
        if ours == theirs:
            continue
        mine, yours = _leave_open(a, ours), _leave_open(b, theirs)
        if mine == yours:
            continue
        found = _compare_addresses(a, mine, b, yours)
        if found is None:
            return None
        told = told or found
    return told


def _leave_open(view: View, key: str) -> str:
    """Spell the values of stores that the definition does not contain as variables of their keys' names."""

    def change(found: re.Match[str]) -> str:
        store = view.application.configurations.get(found["name"])
        is_outside = store is None or store.external
        return f"⟦placeholder {found['key']}⟧" if is_outside else found.group()

    return _STORED.sub(change, key) if "⟦configuration " in key else key


def _compare_addresses(a: View, ours: str, b: View, theirs: str) -> str | None:
    one, other = _outside(a), _outside(b)
    if not one.hosts or not other.hosts:
        return None
    mine: list[Seen] = []
    yours: list[Seen] = []
    if _mark(one, ours, mine) != _mark(other, theirs, yours):
        return None
    told = ""
    for left, right in zip(mine, yours, strict=True):
        if (left.scheme, left.host, left.port) == (right.scheme, right.host, right.port):
            continue
        if not _is_same(one, left, other, right, alike=a.family == b.family):
            return None
        name = min(left.workloads)
        told = told or f"{name} is {left.shown} on {a.name} and {right.shown} on {b.name} to those outside"
    return told or None


def _outside(view: View) -> Outside:
    if view.outside is None:
        view.outside = Outside(view)
    return view.outside


def _mark(outside: Outside, key: str, seen: list[Seen]) -> str:
    """Replace the addresses in a text that are the definition's own from outside, and add each to a list."""

    def change(found: re.Match[str]) -> str:
        scheme, host = found["scheme"] or "", found["host"].lower().removesuffix(".")
        if host not in outside.hosts or (not scheme and "." not in host):
            return found.group()
        path = _PATH.match(key, found.end())
        ways = outside.ways(host, path.group() if path else "/")
        seen.append(Seen(scheme, host, int(found["port"]) if found["port"] else None, tuple(ways)))
        return f"{found['user'] or ''}⟦outside⟧"

    return _ADDRESS.sub(change, key)


def _is_same(a: Outside, mine: Seen, b: Outside, yours: Seen, *, alike: bool) -> bool:
    """Tell whether two addresses are each side's own of the same workload. `alike`: both are of one platform."""
    if not mine.workloads or mine.workloads != yours.workloads:
        return False
    if mine.host != yours.host and (mine.host in b.hosts or yours.host in a.hosts):
        return False  # One side could call it as the other does, and means another host.
    if not _has_port(a, mine) or not _has_port(b, yours):
        return False
    if alike and mine.host == yours.host and mine.entered_at != yours.entered_at and not (a.ports and b.ports):
        return False
    return mine.scheme == yours.scheme or _has_tls_for(mine, yours) or _has_tls_for(yours, mine)


def _has_port(outside: Outside, seen: Seen) -> bool:
    """Tell whether routes are entered at the port of an address, as far as that is known."""
    return not outside.ports or seen.entered_at is None or seen.entered_at in outside.ports


def _has_tls_for(plain: Seen, secure: Seen) -> bool:
    """Tell whether the routes of two URLs are the reason why only one of them is secure."""
    if _SECURE.get(plain.scheme) != secure.scheme:
        return False
    return all(way.tls for way in secure.ways) and not any(way.tls for way in plain.ways)
