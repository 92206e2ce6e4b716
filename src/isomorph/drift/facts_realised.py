"""Dependencies that are provisioned on a side at least: missing, their type, version and parameters.

Where one side runs an image, only what an image can say is compared: its names, port, TLS, extensions, flags and collation.
"""

import re
from typing import Any

import msgspec

from isomorph.drift.facts import Fact, Place, Scope, View
from isomorph.drift.realisations import Realised
from isomorph.drift.reasons import PROVISIONED
from isomorph.drift.service_facts import Needed
from isomorph.drift.spelling import print_bytes
from isomorph.drift.verdicts import DRIFT, EXPECTED, MISSING, UNRESOLVED, UNSAID, Pair
from isomorph.model.secrecy import is_secret_name
from isomorph.model.services import PORTS, PROTOCOLS, is_same_version
from isomorph.model.workload import Workload

_NOTHING = Workload("")
_ENCODER = msgspec.json.Encoder(order="sorted", enc_hook=repr)
_SETS = (
    "databases",
    "users",
    "extensions",
    "queues",
    "topics",
    "buckets",
    "collections",
    "vhosts",
    "exchanges",
    "names",
)
_COMPARED = frozenset(
    (
        "databases",
        "username",
        "port",
        "tls",
        "charset",
        "collation",
        "extensions",
        "flags",
        "queues",
        "topics",
        "buckets",
    )
)
"""What an image and what is provisioned can both say."""
_OF_PROVIDERS = re.compile(r"(rds|cloudsql|azure|google|cloud|apg|aurora|babelfish|logfiles)[._].*")
"""Flags that only managed servers have."""
_FOLLOWS_TYPE = frozenset(("port", "tls", "flags", "extensions", "charset", "collation", "users"))
"""What is another system's own."""
STORES = frozenset(("s3", "gcs", "azure-storage"))
"""Stores of objects, which a client is given by the URL of whoever keeps them: how that is reached says nothing."""
_RANDOM = re.compile(r"\$\{(?:[^}]*\.)?random_[a-z0-9_]+\.[^}]*\}")
_SAME_TYPE = {"postgres-instance": "postgres", "mysql-instance": "mysql", "kafka-topic": "kafka"}
_SPELLED = {"utf8": "utf8", "utf-8": "utf8", "unicode": "utf8"}


def weigh_realised(pair: Pair, found: list[Realised]) -> None:
    """Judge the dependencies of a pair of environments."""
    for realised in found:
        scope = _scope(pair, realised)
        mine, yours = realised.sides
        if mine is None or yours is None:
            _tell_missing(pair, scope, realised)
        else:
            _weigh_both(pair, scope, realised.name, mine, yours)


def _scope(pair: Pair, realised: Realised) -> Scope:
    a, b = (_place(view, needed) for view, needed in zip((pair.a, pair.b), realised.sides, strict=True))
    return Scope(realised.name, "", a, b)


def _place(view: View, needed: Needed | None) -> Place:
    if needed is None:
        return Place(view, _NOTHING, "", None, ())
    if needed.workload:
        workload = view.application.workloads[needed.workload]
        return Place(view, workload, needed.workload, None, ("workloads", needed.workload))
    return Place(view, _NOTHING, "", None, needed.path)


def _tell_missing(pair: Pair, scope: Scope, realised: Realised) -> None:
    a, b = (None if each is None else Fact(each.dependency.type, each.path, "dependency") for each in realised.sides)
    silent = pair.b if b is None else pair.a
    verdict = UNSAID if silent.said_by else MISSING
    pair.tell(scope, "dependency.missing", realised.name, a, b, verdict)


def _weigh_both(pair: Pair, scope: Scope, name: str, mine: Needed, yours: Needed) -> None:
    kinds = [_SAME_TYPE.get(each.dependency.type, each.dependency.type) for each in (mine, yours)]
    facts = [Fact(kind, each.path, "") for kind, each in zip(kinds, (mine, yours), strict=True)]
    pair.weigh(scope, "dependency.type", name, facts[0], facts[1])
    if any(each.workload and each.view.said_by for each in (mine, yours)):
        pair.unsaid += 1  # The image, and how it is set up, are a provisioner's choice.
        return
    same_type = kinds[0] == kinds[1]
    if same_type:
        _weigh_versions(pair, scope, name, mine, yours)
    _weigh_parameters(pair, scope, name, mine, yours, same_type=same_type)


def _weigh_versions(pair: Pair, scope: Scope, name: str, mine: Needed, yours: Needed) -> None:
    versions = [_version_of(each) for each in (mine, yours)]
    if any(
        version is None and _cannot_say_version(each) for version, each in zip(versions, (mine, yours), strict=True)
    ):
        return
    a, b = (
        None if version is None else Fact(version, each.path_of("version"), "", None, False, _what_settles(version))
        for version, each in zip(versions, (mine, yours), strict=True)
    )
    if a is None and b is None:
        return
    if a is not None and b is not None and not a.unresolved and not b.unresolved and is_same_version(a.value, b.value):
        pair.equal += 1
        return
    pair.weigh(scope, "dependency.version", name, a, b)


def _version_of(needed: Needed) -> str | None:
    """Give a version, of what is only asked for the one that is asked for."""
    said = needed.dependency.version
    if said is None and _is_asked_for(needed):
        asked = (needed.dependency.parameters or {}).get("version")
        return None if asked is None else str(asked)
    return said


def _is_asked_for(needed: Needed) -> bool:
    """Tell whether a dependency is left to be provisioned: what is not said of it says nothing."""
    return not needed.workload and needed.dependency.realisation is None


def _cannot_say_version(needed: Needed) -> bool:
    """Tell whether silence about the version says nothing: tags of another product, or a service without versions."""
    if needed.service is not None:
        return not needed.service.versions
    return _is_asked_for(needed) or "version" in needed.dependency.metadata


def _weigh_parameters(pair: Pair, scope: Scope, name: str, mine: Needed, yours: Needed, *, same_type: bool) -> None:
    ours, theirs = parameters_of(mine), parameters_of(yours)
    asked = _is_asked_for(mine) or _is_asked_for(yours)
    images = asked or bool(mine.workload or yours.workload)
    for word in dict.fromkeys((*ours, *theirs)):
        if (images and word not in _COMPARED) or (not same_type and word in _FOLLOWS_TYPE):
            continue
        if images and word in ("port", "tls") and PROTOCOLS.get(mine.dependency.type) in STORES:
            continue
        values = (ours.get(word), theirs.get(word))
        if asked and None in values:
            continue
        if word == "flags":
            _weigh_flags(pair, scope, name, (mine, yours), values, images=images)
        elif not _is_said_alike(word, values, (mine, yours)):
            _weigh_parameter(pair, scope, name, word, (mine, yours), values)
        else:
            pair.equal += 1


def parameters_of(needed: Needed) -> dict[str, Any]:
    """Give the parameters of a dependency in one form: all databases under one word, a port where there is none said."""
    said = dict(needed.dependency.parameters or {})
    names = [said.pop("database", None), *_as_list(said.pop("databases", None))]
    if any(names):
        said["databases"] = [str(each) for each in dict.fromkeys(names) if each]
        if "databases" not in needed.paths and names[0] is not None:
            needed.paths["databases"] = needed.path_of("database")
    if not needed.workload:
        said.setdefault("port", PORTS.get(PROTOCOLS.get(needed.dependency.type, "")))
    return {word: value for word, value in said.items() if value not in (None, [], {}, "")}


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _is_said_alike(word: str, values: tuple[Any, Any], sides: tuple[Needed, Needed]) -> bool:
    """Tell whether both sides mean the same by what they say, or one of them nothing by its silence."""
    a, b = _normal(word, values[0]), _normal(word, values[1])
    if a == b or (word == "tls" and not a and not b):
        return True
    if a is not None and b is not None:
        return False
    silent, said = (sides[0], b) if a is None else (sides[1], a)
    service = silent.service or (sides[0].service or sides[1].service)
    if service is None:
        return False  # Both are provisioned.
    if word == "databases":
        return service.on_use if silent.service is not None else silent.dependency.type not in _RELATIONAL
    if word in ("charset", "collation"):
        return bool(service.defaults.get(word, said) == said)
    return word in ("queues", "topics", "buckets", "username")


_RELATIONAL = frozenset(("postgres", "postgres-instance", "mysql", "mysql-instance", "mariadb"))
"""Servers in which somebody has to make a database before it is used."""


def _normal(word: str, value: Any) -> Any:
    if value is None:
        return None
    if word in _SETS:
        return tuple(sorted({str(each).lower() if word == "extensions" else str(each) for each in _as_list(value)}))
    if word in ("charset", "collation"):
        text = str(value).lower()
        return _SPELLED.get(text, text.replace("utf-8", "utf8"))
    if isinstance(value, bool):
        return value
    return str(value) if isinstance(value, str | int | float) else _ENCODER.encode(value).decode()


def _weigh_parameter(
    pair: Pair, scope: Scope, name: str, word: str, sides: tuple[Needed, Needed], values: tuple[Any, Any]
) -> None:
    shown = _shorten_sets(word, values)
    a, b = (
        None if value is None else _fact(each, word, value, text)
        for each, value, text in zip(sides, values, shown, strict=True)
    )
    _tell(pair, scope, f"{name}.{word.removesuffix('s') if word == 'databases' else word}", a, b)


def _shorten_sets(word: str, values: tuple[Any, Any]) -> tuple[str, str]:
    if word in _SETS:
        a, b = (sorted({str(each) for each in _as_list(value)}) for value in values)
        return ", ".join(a), ", ".join(b)
    if word == "storage":
        sizes = [print_bytes(value) if isinstance(value, int) else print_parameter(value) for value in values]
        return sizes[0], sizes[1]
    return print_parameter(values[0]), print_parameter(values[1])


def _fact(needed: Needed, word: str, value: Any, shown: str) -> Fact:
    secret = is_secret_name(word.rpartition("\0")[2])
    return Fact(shown, needed.path_of(word), "", _normal(word, value), secret, _what_settles(shown))


def _tell(pair: Pair, scope: Scope, subject: str, a: Fact | None, b: Fact | None) -> None:
    """Tell a parameter that differs; one that an apply makes up is expected, one that nothing settles unresolved."""
    said = [fact for fact in (a, b) if fact is not None]
    if any(_RANDOM.search(fact.value) for fact in said):
        pair.tell(scope, "dependency.parameter", subject, a, b, EXPECTED, PROVISIONED)
    elif any(fact.value.startswith("${secret ") for fact in said):
        pair.equal += 1  # What is kept secret is not told apart.
    elif any(fact.unresolved for fact in said):
        pair.tell(scope, "dependency.parameter", subject, a, b, UNRESOLVED)
    else:
        pair.tell(scope, "dependency.parameter", subject, a, b, DRIFT)


def _weigh_flags(
    pair: Pair, scope: Scope, name: str, sides: tuple[Needed, Needed], values: tuple[Any, Any], *, images: bool
) -> None:
    ours, theirs = ({str(k): str(v) for k, v in (value or {}).items()} for value in values)
    for flag in dict.fromkeys((*ours, *theirs)):
        if images and _OF_PROVIDERS.fullmatch(flag):
            continue
        a, b = (
            _fact(each, f"flags\0{flag}", said[flag], said[flag]) if flag in said else None
            for each, said in zip(sides, (ours, theirs), strict=True)
        )
        if a is not None and b is not None and a.value.lower() == b.value.lower():
            pair.equal += 1
        else:
            _tell(pair, scope, f"{name}.{flag}", a, b)


def _what_settles(value: str) -> str:
    found = re.search(r"\$\{(?:var\.)?([^}]+)\}", value)
    return f"a value for {found[1]}" if found is not None else ""


def print_parameter(value: Any) -> str:
    """Spell a parameter as a report shows it."""
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else _ENCODER.encode(value).decode()
