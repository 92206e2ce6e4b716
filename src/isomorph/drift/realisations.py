"""One dependency in two realisations: an image that one environment runs, and what is provisioned for the other.

What speaks one protocol is matched by who uses it under which variable, by name, by what is in it (databases, queues), and
last by being the only one of its kind on both sides. What cannot be told is not guessed.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping

from isomorph.drift.align import Declared, normal_name
from isomorph.drift.facts import View
from isomorph.drift.service_facts import Needed, label_of, read_service
from isomorph.drift.verdicts import Pair
from isomorph.model.errors import Diagnostic
from isomorph.model.services import PROTOCOLS
from isomorph.model.text import Address, Output, Text
from isomorph.model.workload import Container

_INSIDE = ("database", "databases", "queues", "topics", "buckets", "collections", "vhosts")
Mark = Callable[[Needed], "frozenset[Hashable]"]


class Realised:
    """A dependency of a pair of environments: as each side has it, None where it is missing, and its common name."""

    __slots__ = ("name", "sides")

    def __init__(self, name: str, a: Needed | None, b: Needed | None) -> None:
        self.name = name
        self.sides = (a, b)


def find_realised(
    pair: Pair, alone: Iterable[tuple[str, int, str]], declared: Declared | None = None
) -> list[Realised]:
    """Match what each side runs and the other does not with what is provisioned, and what is provisioned on both.

    `alone` are workloads of one side: common name, side, key. Keeps in the pair what has two sides.
    """
    provisioned = [_provisioned(view) for view in (pair.a, pair.b)]
    if not provisioned[0] and not provisioned[1]:
        return []
    run: list[list[Needed]] = [[], []]
    for _name, side, key in alone:
        if provisioned[1 - side]:
            needed = read_service((pair.a, pair.b)[side], key)
            if needed is not None:
                run[side].append(needed)
    sides = [[*run[0], *provisioned[0]], [*run[1], *provisioned[1]]]
    matched = _match(pair, sides, declared or {})
    found = [Realised(_common_name(mine, yours), mine, yours) for mine, yours in matched]
    for realised in found:
        for side, needed in enumerate(realised.sides):
            if needed is not None:
                pair.realised[side, needed.workload or needed.uid] = realised
    both = all(any(each.dependency.realisation for each in some) for some in provisioned)
    for side, some in enumerate(provisioned):
        for needed in some:
            if (side, needed.uid) in pair.realised or needed.dependency.realisation is None:
                continue
            if both or needed.dependency.type in PROTOCOLS:
                ends = (needed, None) if side == 0 else (None, needed)
                found.append(Realised(needed.label, *ends))
    return found


def _provisioned(view: View) -> list[Needed]:
    """Give what is provisioned for a side: its dependencies that are no workload of its own."""
    application = view.application
    return [
        Needed(view, dependency, ("dependencies", uid), uid=uid)
        for uid, dependency in application.dependencies.items()
        if dependency.realisation not in application.workloads
    ]


def _common_name(mine: Needed, yours: Needed) -> str:
    """Give the name of the workload that realises it on a side, else the shortest of its names."""
    for each in (mine, yours):
        if each.workload:
            return each.view.called.get(each.workload, each.workload)
    return min(mine.label, yours.label, key=lambda name: (len(name), name))


def _purpose(needed: Needed) -> str:
    kind = needed.dependency.type
    return PROTOCOLS.get(kind, kind)


def _match(pair: Pair, sides: list[list[Needed]], declared: Declared) -> list[tuple[Needed, Needed]]:
    """Pair what both sides have, kind by kind; two images are not paired here: they are workloads."""
    matched: list[tuple[Needed, Needed]] = []
    for purpose in dict.fromkeys(_purpose(each) for each in sides[0]):
        mine, yours = ([each for each in side if _purpose(each) == purpose] for side in sides)
        for mark in (_declared_mark(pair, declared), _address, _users, _names, _words_of_names, _contents):
            pairs = _pair_up(mine, yours, mark)
            matched += pairs
            taken = {id(each) for two in pairs for each in two}
            mine = [each for each in mine if id(each) not in taken]
            yours = [each for each in yours if id(each) not in taken]
        if len(mine) == len(yours) == 1 and _may_be_one(mine[0], yours[0]):
            matched.append((mine[0], yours[0]))
        elif mine and yours and any(_may_be_one(one, other) for one in mine for other in yours):
            pair.diagnostics.append(_ambiguous(mine, yours))
    return matched


def _may_be_one(mine: Needed, yours: Needed) -> bool:
    """Tell whether this is the place to match two: not two workloads, nor two that are only asked for, each by a name."""
    return any(each.uid and each.dependency.realisation for each in (mine, yours)) or bool(mine.workload) is not bool(
        yours.workload
    )


def _pair_up(mine: list[Needed], yours: list[Needed], mark: Mark) -> list[tuple[Needed, Needed]]:
    """Pair those that share a mark with just one of the other side, and it with just them."""
    ours, theirs = ([(each, mark(each)) for each in side] for side in (mine, yours))
    here, there = _by_mark(ours), _by_mark(theirs)
    pairs: list[tuple[Needed, Needed]] = []
    for one, marks in ours:
        others = {id(each): each for value in marks for each in there.get(value, ())}
        if len(others) != 1:
            continue
        other = next(iter(others.values()))
        back = {id(each) for value in mark(other) for each in here.get(value, ())}
        if len(back) == 1 and _may_be_one(one, other):
            pairs.append((one, other))
    return pairs


def _by_mark(rows: list[tuple[Needed, frozenset[Hashable]]]) -> dict[Hashable, list[Needed]]:
    table: dict[Hashable, list[Needed]] = {}
    for needed, marks in rows:
        for value in marks:
            table.setdefault(value, []).append(needed)
    return table


def _declared_mark(pair: Pair, declared: Declared) -> Mark:
    """Give the names that the team declared to be one."""

    def mark(needed: Needed) -> frozenset[Hashable]:
        own = {needed.workload, needed.uid, needed.dependency.id, label_of(needed.uid) if needed.uid else ""}
        return frozenset(name for name, names in declared.items() if names.get(needed.view.name) in own - {"", None})

    return mark


def _address(needed: Needed) -> frozenset[Hashable]:
    return frozenset((needed.uid,)) if needed.uid and not needed.workload else frozenset()


def _users(needed: Needed) -> frozenset[Hashable]:
    """Give who uses it under which variable, by common names."""
    view = needed.view
    return frozenset(
        (view.called.get(key, key), variable) for key, variable in _uses(view).get(needed.workload or needed.uid, ())
    )


def _uses(view: View) -> dict[str, list[tuple[str, str]]]:
    """Give the workloads and variables that lead to each workload or dependency: by an address, an output, a bare name."""
    if view.uses is None:
        view.uses = {}
        for key, workload in view.application.workloads.items():
            for container in workload.containers.values():
                for variable, text in container.variables.items():
                    for target in _targets(view, text):
                        view.uses.setdefault(target, []).append((key, variable))
    return view.uses


def used_by(view: View, key: str) -> set[str]:
    """Give the workloads and dependencies that a workload's variables lead to."""
    if view.used is None:
        view.used = {}
        for target, users in _uses(view).items():
            for user, _variable in users:
                view.used.setdefault(user, set()).add(target)
    return view.used.get(key, set())


def _targets(view: View, text: Text) -> set[str]:
    if isinstance(text, str):
        holder = view.holders.get(text.lower())
        return {holder} if holder is not None else set()
    addresses = {part.workload for part in text if isinstance(part, Address)}
    return addresses | {part.dependency for part in text if isinstance(part, Output)}


def _names(needed: Needed) -> frozenset[Hashable]:
    """Give the names that it goes by."""
    names = {needed.dependency.id, label_of(needed.uid) if needed.uid else None, needed.workload or None}
    if needed.workload:
        names |= {name for name in needed.view.application.workloads[needed.workload].names if "." not in name}
    return frozenset(normal_name(name) for name in names if name)


_COMMON_WORDS = frozenset(
    (
        "db", "database", "main", "this", "default", "instance", "server", "cluster", "prod", "production", "staging",
        "postgres", "postgresql", "mysql", "mariadb", "redis", "cache", "mongo", "mongodb", "rabbitmq", "mq", "broker",
        "kafka", "minio", "s3", "bucket", "dev", "test", "valkey", "rds", "sql", "store", "service", "primary", "app",
    )
)  # fmt: skip
"""Words in names that say what kind of thing it is, or where, and not which one."""


def _words_of_names(needed: Needed) -> frozenset[Hashable]:
    words = {word for name in _names(needed) for word in str(name).split("-")}
    return frozenset(words - _COMMON_WORDS)


def _contents(needed: Needed) -> frozenset[Hashable]:
    """Give the databases, queues and the like in it; of an image, also what its users say besides its address."""
    parameters: Mapping[str, object] = needed.dependency.parameters or {}
    found: set[Hashable] = set()
    for word in _INSIDE:
        said = parameters.get(word)
        found |= {str(each) for each in (said if isinstance(said, list) else [said]) if each}
    if needed.workload:
        workloads = needed.view.application.workloads
        for key in dict.fromkeys(key for key, _variable in _uses(needed.view).get(needed.workload, ())):
            found |= _said_by(workloads[key].containers.values(), needed.workload)
    if needed.dependency.type == "s3" and needed.dependency.id:
        found.add(needed.dependency.id)
    return frozenset(found)


def _said_by(containers: Iterable[Container], workload: str) -> set[Hashable]:
    """Give the plain values beside the address of a workload, and the path behind it in URLs."""
    found: set[Hashable] = set()
    for container in containers:
        found |= {text for text in container.variables.values() if isinstance(text, str) and text}
        for text in container.variables.values():
            after = ""
            for part in text if not isinstance(text, str) else ():
                if isinstance(part, str) and after == workload and part.startswith("/"):
                    found.add(part[1:].partition("?")[0])
                after = part.workload if isinstance(part, Address) else ""
    return found


def _ambiguous(mine: list[Needed], yours: list[Needed]) -> Diagnostic:
    here = ", ".join(sorted(each.label for each in mine))
    there = " or ".join(sorted(each.label for each in yours))
    message = (
        f"{here} on {mine[0].view.name} could each be {there} on {yours[0].view.name}, for all speak one protocol; "
        "none was chosen: name them in `align`"
    )
    return Diagnostic("ambiguous-alignment", message, mine[0].view.origin(mine[0].path), mine[0].path)
