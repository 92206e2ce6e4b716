"""What a workload needs and does not contain: databases, brokers and the like that are no workload of the definition."""

from typing import Any

import msgspec

from isomorph.drift.facts import Fact, Place, Scope
from isomorph.drift.finding import Verdict
from isomorph.drift.verdicts import Pair
from isomorph.model.application import Dependency
from isomorph.model.origin import Path
from isomorph.model.secrecy import is_secret_name
from isomorph.model.services import PROTOCOLS

_ENCODER = msgspec.json.Encoder(order="sorted", enc_hook=repr)


def weigh_dependencies(pair: Pair, scope: Scope) -> None:
    """Judge the dependencies of both sides by the names that the workload has for them."""
    if not scope.a.workload.dependencies and not scope.b.workload.dependencies:
        return
    ours, theirs = _outside(pair, scope.a), _outside(pair, scope.b)
    for name in dict.fromkeys((*ours, *theirs)):
        mine, yours = ours.get(name), theirs.get(name)
        if mine is None or yours is None:
            _weigh_missing(pair, scope, name, mine, yours)
            continue
        pair.weigh(scope, "dependency.type", name, _fact(mine), _fact(yours))
        versions = [_version(each) for each in (mine, yours)]
        if versions[0] is not None or versions[1] is not None:
            pair.weigh(scope, "dependency.version", name, versions[0], versions[1])
        _weigh_parameters(pair, scope, name, mine, yours)


class _Needed:
    __slots__ = ("dependency", "path")

    def __init__(self, dependency: Dependency, path: Path) -> None:
        self.dependency = dependency
        self.path = path


def _outside(pair: Pair, place: Place) -> dict[str, _Needed]:
    """Give a workload's dependencies that are left to be provisioned: workloads of its own definition speak for themselves,
    and what is provisioned, or run by the other side, is judged for all who use it.
    """
    application = place.view.application
    side = 0 if place.view is pair.a else 1
    found: dict[str, _Needed] = {}
    for name, uid in place.workload.dependencies.items():
        dependency = application.dependencies.get(uid)
        if dependency is not None and dependency.realisation is None and (side, uid) not in pair.realised:
            found[name] = _Needed(dependency, ("dependencies", uid))
    return found


def _weigh_missing(pair: Pair, scope: Scope, name: str, mine: _Needed | None, yours: _Needed | None) -> None:
    """Judge what one side needs and the other does not.

    A platform that says dependencies as their resources says others in other words: a volume is mounted, a route leads to it.
    """
    needed = mine or yours
    silent = pair.b if yours is None else pair.a
    if needed is None or pair.same_platform or needed.dependency.type in PROTOCOLS or silent.cannot_say("dependency"):
        pair.weigh(scope, "dependency.missing", name, _fact(mine), _fact(yours))
    else:
        pair.tell(scope, "dependency.missing", name, _fact(mine), _fact(yours), Verdict.UNSAID)


def _fact(needed: _Needed | None) -> Fact | None:
    if needed is None:
        return None
    dependency = needed.dependency
    value = f"{dependency.type}.{dependency.class_}" if dependency.class_ else dependency.type
    return Fact(value, needed.path, "dependency")


def _version(needed: _Needed) -> Fact | None:
    version = needed.dependency.version
    return None if version is None else Fact(version, (*needed.path, "version"), "dependency")


def _weigh_parameters(pair: Pair, scope: Scope, name: str, mine: _Needed, yours: _Needed) -> None:
    ours, theirs = mine.dependency.parameters or {}, yours.dependency.parameters or {}
    for key in dict.fromkeys((*ours, *theirs)):
        facts = [
            Fact(_print(values[key]), (*needed.path, "parameters", key), "dependency", values[key], is_secret_name(key))
            if key in values
            else None
            for needed, values in ((mine, ours), (yours, theirs))
        ]
        pair.weigh(scope, "dependency.parameter", f"{name}.{key}", facts[0], facts[1])


def _print(value: Any) -> str:
    return value if isinstance(value, str) else _ENCODER.encode(value).decode()
