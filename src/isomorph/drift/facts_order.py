"""What a workload waits for before it starts: as it is declared, or as an init container that only waits for a peer."""

import re

from msgspec.structs import replace

from isomorph.drift.align import align_containers
from isomorph.drift.facts import Fact, Place, Scope, View
from isomorph.drift.reasons import CANNOT_SAY
from isomorph.drift.verdicts import EXPECTED, Pair
from isomorph.model.origin import Path
from isomorph.model.text import Address, Text
from isomorph.model.workload import Container, Role, Workload

POLLED = "polled"
"""The condition of an order that an init container keeps: whether it waits for a start or for health cannot be told."""

_WAITS_FOR_HEALTH = frozenset(("marathon",))
"""Platforms that wait for health wherever there is a check for it, and for the start elsewhere."""

_DO = re.compile(r"\bdo\b")
_SET = re.compile(r"set\s+-[a-z]+\s*[;\n]\s*")
_CLIENTS = re.compile(
    r"\b(?:nc|ncat|netcat|wget|curl|pg_isready|redis-cli|mysqladmin|mysql|mongosh?|nslookup|dig|getent|ping|"
    r"rabbitmq-diagnostics|rabbitmqctl|telnet|kafka-topics(?:\.sh)?|cqlsh|psql)\b|/dev/tcp/"
)
_WAITERS = re.compile(r"(?:^|/)(?:wait-for-it|wait-for|waitforit|wait4x|wait4ports|dockerize|k8s-wait-for)(?:\.sh)?$")
_WORD = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?")
_LONGEST = 4096
"""Characters of a script that is looked into."""


class Awaited:
    """What a side waits for: the condition, and where it is said."""

    __slots__ = ("condition", "path")

    def __init__(self, condition: str, path: Path) -> None:
        self.condition = condition
        self.path = path


def find_polled(view: View, workload: Workload, container: Container) -> str | None:
    """Give the workload that an init container polls until it answers, None for one that does more or something else."""
    if container.role is not Role.INIT:
        return None
    words = (*(container.command or ()), *(container.args or ()))
    if not words:
        return None
    flat = [_flatten(word) for word in words]
    script = flat[-1]
    if len(script) > _LONGEST:
        return None
    waits = _is_loop(script) and _CLIENTS.search(script) is not None
    if not waits and not any(_WAITERS.search(word) for word in flat[:2]):
        return None
    peers = {peer for word in words for peer in _peers(view, word)} - {workload.name}
    return next(iter(peers)) if len(peers) == 1 else None


def _is_loop(script: str) -> bool:
    """Tell whether a script is one loop, but for a last word to the log."""
    plain = script.strip()
    options = _SET.match(plain)
    if options is not None:
        plain = plain[options.end() :]
    body, done, after = plain.rpartition("done")
    after = after.strip(" ;\n\t")
    if after.startswith("echo ") and not any(mark in after for mark in ";|&\n"):
        after = ""
    return bool(done) and not after and plain.startswith(("until ", "while ")) and _DO.search(body) is not None


def _flatten(text: Text) -> str:
    if isinstance(text, str):
        return text
    return "".join(part if isinstance(part, str) else part.name if isinstance(part, Address) else "x" for part in text)


def _peers(view: View, text: Text) -> set[str]:
    """Give the workloads that a text names, as addresses or as bare words."""
    found: set[str] = set()
    for part in (text,) if isinstance(text, str) else text:
        if isinstance(part, Address):
            found.add(part.workload)
        elif isinstance(part, str):
            for match in _WORD.finditer(part):
                holder = view.holders.get(match.group().lower())
                if holder is not None:
                    found.add(holder)
    return found


def polling_containers(view: View, workload: Workload) -> dict[str, str]:
    """Give the init containers of a workload that only wait, and the workload that each waits for."""
    found: dict[str, str] = {}
    for name, container in workload.containers.items():
        polled = find_polled(view, workload, container)
        if polled is not None:
            found[name] = polled
    return found


def weigh_order(pair: Pair, scope: Scope, polled: tuple[dict[str, str], dict[str, str]]) -> None:
    """Judge what both sides wait for; `polled` are the containers of each side that only wait."""
    aligned = _Aligned(pair)
    ours, theirs = _awaited(scope.a, polled[0], aligned), _awaited(scope.b, polled[1], aligned)
    for subject in dict.fromkeys((*ours, *theirs)):
        if aligned.lacks(subject):
            continue  # That the one waited for is missing says it all.
        a, b = _fact(ours.get(subject)), _fact(theirs.get(subject))
        if a is not None and b is not None:  # Both wait: what may differ is what for.
            nearly = any(place.view.family in _WAITS_FOR_HEALTH for place in scope.sides)
            if (nearly or POLLED in (a.value, b.value)) and "complete" not in (a.value, b.value):
                pair.equal += 1
                continue
            reason = None if pair.same_platform or a.value == b.value else _find_endless(pair, subject, (a, b))
            if reason is not None:
                pair.tell(scope, "lifecycle.order", subject, a, b, EXPECTED, f"{CANNOT_SAY}: {reason}")
                continue
            a, b = (replace(fact, path=(*fact.path, "condition")) for fact in (a, b))
        pair.weigh(scope, "lifecycle.order", subject, a, b)


def _find_endless(pair: Pair, subject: str, facts: tuple[Fact, Fact]) -> str | None:
    """Say why what one side waits for until it is complete only starts on the other, whose platform knows no jobs."""
    for view, other, fact in ((pair.a, pair.b, facts[0]), (pair.b, pair.a, facts[1])):
        key, there = view.key_of(subject), other.key_of(subject)
        row = other.cannot_say("kind.job")
        if fact.value != "complete" or key is None or there is None or row is None:
            continue
        if view.ends(key):
            return row.reason
    return None


def _fact(awaited: Awaited | None) -> Fact | None:
    return None if awaited is None else Fact(awaited.condition, awaited.path, "lifecycle.order")


def _awaited(place: Place, polled: dict[str, str], aligned: "_Aligned") -> dict[str, Awaited]:
    """Give what a side waits for, by common names."""
    called = place.view.called
    found: dict[str, Awaited] = {}
    for peer, order in place.workload.order.items():
        name = called.get(peer) or (aligned.name(place.view, peer) if "/" in peer else peer)
        found[name] = Awaited(order.condition, (*place.base, "order", peer))
    for container, peer in polled.items():
        name = called.get(peer, peer)
        if name not in found:
            found[name] = Awaited(POLLED, (*place.base, "containers", container, *_said_in(place, container)))
    return found


def _said_in(place: Place, container: str) -> Path:
    said = place.workload.containers[container]
    return ("args",) if said.args else ("command",)


class _Aligned:
    """The common names of containers that are waited for, `WORKLOAD/CONTAINER`."""

    __slots__ = ("halves", "pair")

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        self.halves: set[str] = set()

    def name(self, view: View, peer: str) -> str:
        """Give the common name of a container, and remember it where only one side has that."""
        key, _, container = peer.rpartition("/")
        common = view.called.get(key, key)
        workloads = [each.application.workloads.get(each.key_of(common) or "") for each in (self.pair.a, self.pair.b)]
        if workloads[0] is not None and workloads[1] is not None:
            for each in align_containers(workloads[0].containers, workloads[1].containers):
                if container == (each.a if view is self.pair.a else each.b):
                    if each.a is None or each.b is None:
                        self.halves.add(f"{common}/{each.name}")
                    return f"{common}/{each.name}"
        return f"{common}/{container}"

    def lacks(self, subject: str) -> bool:
        """Tell whether one side lacks what is waited for."""
        a, b = self.pair.a.keys, self.pair.b.keys
        workload = subject if subject in a or subject in b else subject.rpartition("/")[0] or subject
        return subject in self.halves or (workload in a) != (workload in b)
