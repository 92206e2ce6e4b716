"""How workloads reach a dependency that has another realisation on each side: the host is each side's own, the rest is not.

A variable holds a host, a host and port, or a URL. Port, database and user that differ as the dependency's own parameters
do are told there, once; what else differs is the variable's.
"""

import re
from urllib.parse import parse_qsl

from isomorph.drift.facts import Fact, Scope, View
from isomorph.drift.facts_realised import STORES, parameters_of
from isomorph.drift.realisations import Realised, used_by
from isomorph.drift.reasons import PROVISIONED, SERVICE_DISCOVERY
from isomorph.drift.service_facts import Needed
from isomorph.drift.verdicts import DRIFT, EXPECTED, Pair
from isomorph.model.services import PORTS, PROTOCOLS
from isomorph.model.text import Address, Output, Part, Placeholder, SecretValue, Text, map_parts, parts_of, print_part

_LONGEST = 2048
"""Characters of a value that is looked into."""
_DIGITS = 5
_MARK = "\ue000"
_OPAQUE = "\ue001"
_URL = re.compile(
    r"(?:(?P<scheme>[a-z][a-z0-9+.-]*)://)?(?:(?P<user>[^:@/\s]*)(?::(?P<password>[^@/\s]*))?@)?"
    r"(?P<host>[A-Za-z0-9_.\ue000\ue001-]+)(?::(?P<port>[0-9]{1,5}|\ue001))?(?P<path>/[^?\s]*)?(?:\?(?P<query>\S*))?"
)
_SCHEMES = {
    "postgresql": "postgres", "rediss": "redis", "amqps": "amqp", "mongodb+srv": "mongodb", "https": "http",
    "valkey": "redis", "valkeys": "redis",
}  # fmt: skip
_SECURE = frozenset(("rediss", "amqps", "https", "mongodb+srv", "valkeys"))
_SCHEME_PORTS = {"amqps": 5671, "https": 443, "http": 80}
_TLS_WORDS = frozenset(
    ("sslmode", "ssl", "tls", "ssl-mode", "usessl", "requiressl", "tlsallowinvalidcertificates", "ssl_ca", "sslrootcert",
     "tlscafile", "ssl_cert_reqs", "sslca", "encrypt", "trustservercertificate")
)  # fmt: skip
_NO_TLS = frozenset(("disable", "disabled", "false", "0", "allow", "prefer", "preferred", "off", "no"))
_HOST_OUTPUTS = frozenset(("host", "reader", "configuration", "dashboard", "domain"))
_WORDS = {
    "port": re.compile(r"(?i)port"),
    "databases": re.compile(r"(?i)(?:^|_)(?:db|database|name|schema)(?:_|$)|database|dbname"),
    "username": re.compile(r"(?i)user|login"),
}
"""How variables are called that hold a parameter of a dependency by itself."""


class Way:
    """An address in parts: whose it is, and what is said beside the host. `opaque`: only an apply tells all of it."""

    __slots__ = ("database", "host", "opaque", "port", "query", "scheme", "tls", "user")

    def __init__(self, host: str) -> None:
        self.host = host
        self.opaque = False
        self.scheme = ""
        self.user: str | None = None
        self.port: int | None = None
        self.database = ""
        self.tls = False
        self.query: dict[str, str] = {}


def weigh_way(pair: Pair, scope: Scope, name: str, texts: tuple[Text, Text], facts: tuple[Fact, Fact]) -> bool:
    """Judge two texts that lead to one dependency, or hold a parameter of it; False where they do not."""
    if open_known(pair.a, texts[0]) == open_known(pair.b, texts[1]):
        pair.equal += 1
        return True
    if not pair.realised:
        return False
    found = _find_realised(pair, texts)
    if found is None:
        return _weigh_followers(pair, scope, name, texts, facts)
    ways = [_read_way(pair, side, found, text) for side, text in enumerate(texts)]
    if ways[0] is None or ways[1] is None:
        return _weigh_pending(pair, scope, name, texts, facts)
    if sum(_holds_secret(text) for text in texts) == 1:
        return False
    differing = _compare(found, ways[0], ways[1])
    if differing:
        pair.tell(scope, "variable.value", name, *facts, DRIFT, detail=", ".join(differing))
    else:
        hosts = f"{found.name} is {ways[0].host} on {pair.a.name} and {ways[1].host} on {pair.b.name}"
        pair.tell(scope, "variable.value", name, *facts, EXPECTED, f"{SERVICE_DISCOVERY}: {hosts}")
    return True


def open_known(view: View, text: Text) -> Text:
    """Give a text with the outputs in it that are known here."""
    if isinstance(text, str):
        return text
    dependencies = view.application.dependencies

    def change(part: Part) -> Text:
        if isinstance(part, Output) and part.dependency in dependencies:
            known = dependencies[part.dependency].outputs.get(part.output)
            if isinstance(known, str):
                return known
        return part if isinstance(part, str) else (part,)

    return map_parts(text, change)


def _holds_secret(text: Text) -> bool:
    return any(isinstance(part, SecretValue) for part in parts_of(text))


def _find_realised(pair: Pair, texts: tuple[Text, Text]) -> Realised | None:
    """Give the dependency that a text names by its realisation."""
    for side, text in enumerate(texts):
        view = (pair.a, pair.b)[side]
        for part in parts_of(text):
            key = _target(view, part, alone=isinstance(text, str))
            found = pair.realised.get((side, key)) if key is not None else None
            if found is not None:
                return found
    return None


def _target(view: View, part: Part, *, alone: bool) -> str | None:
    """Give the workload or dependency that a part of a text leads to."""
    if isinstance(part, Address):
        return part.workload
    if isinstance(part, Output):
        return part.dependency
    return view.holders.get(part.lower()) if alone and isinstance(part, str) else None


def _read_way(pair: Pair, side: int, realised: Realised, text: Text) -> Way | None:
    """Read an address; None where the text is another thing, or leads to somebody else."""
    view, needed = (pair.a, pair.b)[side], realised.sides[side]
    assert needed is not None
    if isinstance(text, str):
        holder = view.holders.get(text.lower())
        if holder is not None:
            return Way(text) if holder == needed.workload else None
    flat = _flatten(text, needed)
    if flat is None or len(flat[0]) > _LONGEST:
        return None
    spelled, shown, port = flat
    if spelled == _OPAQUE:
        way = Way(shown)
        way.opaque = True
        return way
    match = _URL.fullmatch(spelled)
    if match is None or not _is_theirs(match["host"], view, needed):
        return None
    return _to_way(match, shown or match["host"].replace(_OPAQUE, "…"), port)


def _flatten(text: Text, needed: Needed) -> tuple[str, str, int | None] | None:
    """Spell a text with a mark for the host of a dependency: the text, the host as it is shown, and the port in it."""
    spelled, shown, port = "", "", None
    for part in parts_of(text):
        if isinstance(part, str):
            spelled += part
        elif isinstance(part, Address):
            if part.workload != needed.workload:
                return None
            spelled, shown, port = spelled + _MARK, part.name, part.port
        elif isinstance(part, Output):
            if part.dependency != needed.uid:
                return None
            said = needed.dependency.outputs.get(part.output)
            if part.output == "endpoint":
                port = port or _port_of(needed)
            if part.output in _HOST_OUTPUTS:
                spelled, shown = spelled + _MARK, said if isinstance(said, str) else print_part(part)
            elif said is not None and any(isinstance(each, str) for each in parts_of(said)):
                spelled += "".join(each if isinstance(each, str) else _OPAQUE for each in parts_of(said))
            else:
                spelled, shown = spelled + _OPAQUE, shown or print_part(part)
        else:
            spelled, shown = spelled + _OPAQUE, shown or print_part(part)
    if _MARK not in spelled and _OPAQUE in spelled and _is_left_open(text):
        return None
    return spelled, shown, port


def _port_of(needed: Needed) -> int | None:
    port = parameters_of(needed).get("port")
    return int(str(port)) if str(port).isdecimal() and len(str(port)) <= _DIGITS else None


def _is_left_open(text: Text) -> bool:
    """Tell whether a text is nothing but a variable of the shell, which may hold anything."""
    return all(isinstance(part, Placeholder) for part in parts_of(text))


def _is_theirs(host: str, view: View, needed: Needed) -> bool:
    """Tell whether a host can be what is provisioned for a side: nobody of its definition is called so."""
    if _MARK in host or needed.workload:
        return _MARK in host
    return ("." in host or _OPAQUE in host) and host.lower() not in view.holders


def _to_way(match: re.Match[str], shown: str, port: int | None) -> Way:
    way = Way(shown)
    scheme = match["scheme"] or ""
    way.scheme = _SCHEMES.get(scheme, scheme)
    way.user = match["user"]
    number = match["port"]
    way.port = port or (int(number) if number and number.isdecimal() else _SCHEME_PORTS.get(scheme))
    way.database = (match["path"] or "").strip("/")
    way.tls = scheme in _SECURE
    for word, value in parse_qsl(match["query"] or "", keep_blank_values=True):
        if word.lower() in _TLS_WORDS:
            way.tls = way.tls or value.lower() not in _NO_TLS
        else:
            way.query[word] = value
    return way


def _compare(realised: Realised, mine: Way, yours: Way) -> list[str]:
    """Give what differs beside the host and is not told of the dependency itself; nothing where only an apply tells."""
    if mine.opaque or yours.opaque:
        return []
    a, b = realised.sides
    assert a is not None
    assert b is not None
    ours, theirs = parameters_of(a), parameters_of(b)
    speaks = PROTOCOLS.get(a.dependency.type, "")
    differing: list[str] = []
    if speaks in STORES:
        return []  # Each has an address of its own, and its scheme with it.
    if mine.scheme != yours.scheme and _is_same_type(a, b):
        differing.append("the scheme")
    ports = [way.port or (PORTS.get(speaks) if way.scheme else None) for way in (mine, yours)]
    if ports[0] != ports[1] and not _is_told(a, b, ours.get("port"), theirs.get("port"), ports[0], ports[1]):
        differing.append("the port")
    if mine.database != yours.database and not _names_follow(ours, theirs, mine.database, yours.database):
        differing.append("the database")
    if mine.user != yours.user and not (
        _OPAQUE in (mine.user or "")
        or _OPAQUE in (yours.user or "")
        or _is_told(a, b, ours.get("username"), theirs.get("username"), mine.user, yours.user)
    ):
        differing.append("the user")
    if mine.tls != yours.tls and bool(ours.get("tls")) == bool(theirs.get("tls")):
        differing.append("TLS")
    if mine.query != yours.query and _is_same_type(a, b):
        differing.append("the options")
    return differing


def _is_same_type(a: Needed, b: Needed) -> bool:
    return a.dependency.type == b.dependency.type


def _is_told(a: Needed, b: Needed, ours: object, theirs: object, mine: object, yours: object) -> bool:
    """Tell whether two values differ just as a parameter of the dependency does, or belong to different systems."""
    if not _is_same_type(a, b) and ours is not None and str(ours) == str(mine):
        return True
    return str(ours) == str(mine) and str(theirs) == str(yours) and str(ours) != str(theirs)


def _names_follow(ours: dict[str, object], theirs: dict[str, object], mine: str, yours: str) -> bool:
    a, b = ours.get("databases"), theirs.get("databases")
    return isinstance(a, list) and isinstance(b, list) and mine in a and yours in b and mine not in b


def _weigh_followers(pair: Pair, scope: Scope, name: str, texts: tuple[Text, Text], facts: tuple[Fact, Fact]) -> bool:
    """Judge two values that are a port, a database or a user of one dependency, and differ as it does."""
    mine, yours = texts
    if not isinstance(mine, str) or not isinstance(yours, str):
        return False
    words = [word for word, pattern in _WORDS.items() if pattern.search(name)]
    used = _used_by(pair, scope) if words else []
    for word in words:
        for realised in used:
            a, b = realised.sides
            if a is None or b is None:
                continue
            ours, theirs = parameters_of(a).get(word), parameters_of(b).get(word)
            if _holds(ours, mine) and _holds(theirs, yours) and not _holds(theirs, mine):
                detail = f"{realised.name} has {mine} on {pair.a.name} and {yours} on {pair.b.name}"
                pair.tell(scope, "variable.value", name, *facts, EXPECTED, f"{SERVICE_DISCOVERY}: {detail}")
                return True
    return False


def _used_by(pair: Pair, scope: Scope) -> list[Realised]:
    """Give the dependencies that a workload uses on a side at least, as far as its variables show."""
    found = [
        pair.realised[side, target]
        for side, place in enumerate(scope.sides)
        for target in sorted(used_by(place.view, place.key))
        if (side, target) in pair.realised
    ]
    return list(dict.fromkeys(found))


def _holds(said: object, value: str) -> bool:
    return value in said if isinstance(said, list) else said is not None and str(said) == value


def _weigh_pending(pair: Pair, scope: Scope, name: str, texts: tuple[Text, Text], facts: tuple[Fact, Fact]) -> bool:
    """Judge a value that one side takes from a dependency's output, and the other says of the same dependency."""
    for side, text in enumerate(texts):
        parts, other = parts_of(text), texts[1 - side]
        if len(parts) != 1 or not isinstance(parts[0], Output) or not isinstance(other, str):
            continue
        realised = pair.realised.get((side, parts[0].dependency))
        there = realised.sides[1 - side] if realised is not None else None
        if there is None or not there.workload:
            continue
        word = {"database": "databases"}.get(parts[0].output, parts[0].output)
        if _holds(parameters_of(there).get(word), other):  # What differs is told of the dependency itself.
            pair.tell(scope, "variable.value", name, *facts, EXPECTED, PROVISIONED)
            return True
    return False
