"""Traefik's rules, the language in which a router says which requests it takes: of it, hosts and paths.

Source: https://doc.traefik.io/traefik/reference/routing-configuration/http/routing/rules-and-priority/ for version 3, and
several values in one matcher as version 2 had them.
"""

import re
from collections.abc import Iterator
from itertools import product

import msgspec

from isomorph.model.text import Part, SecretValue, Text, make_text, parts_of
from isomorph.model.workload import Route

MAXIMUM_WAYS = 100
"""Hosts and paths that one rule may lead."""
MAXIMUM_DEPTH = 20
"""Parentheses that may stand in each other."""

_TOKEN = re.compile(r'\s*(?:(&&|\|\||[!(),])|([A-Za-z]+)|`([^`]*)`|"((?:[^"\\]|\\.)*)")')
_MARK = "\0"
_REFERENCE = re.compile(f"{_MARK}([0-9]+){_MARK}")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_SUBDOMAIN = re.compile(r"\^\[\^\.\]\+((?:\\\.[A-Za-z0-9-]+)+)\$")
_PATHS = {"Path": "exact", "PathPrefix": "prefix", "PathRegexp": "regex"}


class Way(msgspec.Struct, frozen=True):
    """What a request must have to be taken: a host, a path, or both; None: any."""

    host: str | None = None
    path: str | None = None
    match: str = "prefix"


def read_rule(text: Text) -> list[tuple[Text, str, str]]:
    """Give the hosts, paths and kinds of match that a rule takes; raises ValueError with what it asks besides those."""
    parts = parts_of(text)
    if any(isinstance(part, str) and _MARK in part for part in parts):
        raise ValueError("it holds a NUL character")
    references: list[Part] = [part for part in parts if not isinstance(part, str)]
    indices = iter(range(len(references)))
    marked = "".join(part if isinstance(part, str) else f"{_MARK}{next(indices)}{_MARK}" for part in parts)
    ways = _Parser(marked).parse()
    return [
        (_restore(way.host or "", references), _spell(_restore(way.path or "/", references)), way.match) for way in ways
    ]


def _restore(text: str, references: list[Part]) -> Text:
    pieces = _REFERENCE.split(text)
    return make_text([references[int(piece)] if index % 2 else piece for index, piece in enumerate(pieces)])


def _spell(text: Text) -> str:
    """Give a path with what is not settled, or is a secret, as the reference that it was written as."""
    spelled: list[str] = []
    for part in parts_of(text):
        if isinstance(part, SecretValue):
            spelled.append(f"${{{part.name}}}")
        else:
            spelled.append(part if isinstance(part, str) else getattr(part, "expression", ""))
    return "".join(spelled)


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = _split(text)
        self.position = 0
        self.depth = 0

    def parse(self) -> list[Way]:
        ways = self.parse_or()
        if self.position < len(self.tokens):
            raise ValueError(f"{self.tokens[self.position][1]!r} is not expected there")
        return ways

    def take(self, *words: str) -> str:
        """Give the next token if it is one of some, else nothing."""
        if self.position < len(self.tokens):
            kind, word = self.tokens[self.position]
            if kind == "sign" and word in words:
                self.position += 1
                return word
        return ""

    def parse_or(self) -> list[Way]:
        ways = self.parse_and()
        while self.take("||"):
            ways = _limit([*ways, *self.parse_and()])
        return ways

    def parse_and(self) -> list[Way]:
        ways = self.parse_one()
        while self.take("&&"):
            others = self.parse_one()
            _limit_count(len(ways) * len(others))
            ways = [_join(one, other) for one, other in product(ways, others)]
        return ways

    def parse_one(self) -> list[Way]:
        if self.take("!"):
            raise ValueError("it excludes requests")
        if self.take("("):
            self.depth += 1
            if self.depth > MAXIMUM_DEPTH:
                raise ValueError(f"its parentheses are more than {MAXIMUM_DEPTH} deep")
            ways = self.parse_or()
            self.depth -= 1
            if not self.take(")"):
                raise ValueError("a parenthesis is not closed")
            return ways
        kind, word = self.tokens[self.position] if self.position < len(self.tokens) else ("", "")
        if kind != "word":
            raise ValueError(f"{word!r} is not expected there" if word else "it ends too early")
        self.position += 1
        return _limit([_to_way(word, value) for value in self.parse_values(word)])

    def parse_values(self, matcher: str) -> list[str]:
        values: list[str] = []
        opened = self.take("(")
        while opened and self.position < len(self.tokens):
            kind, value = self.tokens[self.position]
            if kind != "value":
                break
            values.append(value)
            self.position += 1
            if self.take(")"):
                return values
            if not self.take(","):
                break
        raise ValueError(f"{matcher} has no value in backticks")


def _split(text: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        found = _TOKEN.match(text, position)
        if found is None:
            raise ValueError(f"{text[position : position + 20].strip()!r} is not expected there")
        position = found.end()
        sign, word, raw, quoted = found.groups()
        if sign is not None:
            tokens.append(("sign", sign))
        elif word is not None:
            tokens.append(("word", word))
        else:
            tokens.append(("value", raw if raw is not None else _ESCAPE.sub(r"\1", quoted)))
    return tokens


def _limit(ways: list[Way]) -> list[Way]:
    _limit_count(len(ways))
    return ways


def _limit_count(count: int) -> None:
    if count > MAXIMUM_WAYS:
        raise ValueError(f"it leads more than {MAXIMUM_WAYS} hosts and paths")


def _to_way(matcher: str, value: str) -> Way:
    if matcher == "Host":
        return Way(host=value)
    if matcher == "HostRegexp":
        found = _SUBDOMAIN.fullmatch(value)
        if found is None:
            raise ValueError("it takes hosts by a pattern")
        return Way(host="*" + found[1].replace("\\", ""))
    match = _PATHS.get(matcher)
    if match is None:
        raise ValueError(f"it asks for {matcher}")
    if match == "regex":
        return Way(path=value.removeprefix("^"), match=match)
    if "{" in value:
        raise ValueError("it takes paths by a pattern")
    return Way(path=value, match=match)


def _join(one: Way, other: Way) -> Way:
    """Give what a request must have that fulfils both."""
    if one.host is not None and other.host is not None:
        raise ValueError("it asks for two hosts at once")
    if one.path is not None and other.path is not None:
        raise ValueError("it asks for two paths at once")
    host = one.host if one.host is not None else other.host
    return Way(host, one.path, one.match) if one.path is not None else Way(host, other.path, other.match)


def write_rule(route: Route) -> Text:
    """Write the rule that takes what a route leads."""
    host, path = route.host, route.path or "/"
    parts: list[Part] = []
    if isinstance(host, str) and host.startswith("*."):
        domain = host[1:].replace(".", "\\.")
        parts += _matcher("HostRegexp", f"^[^.]+{domain}$")
    elif host:
        parts += _matcher("Host", host)
    if path == "/" and route.match == "prefix" and parts:
        return make_text(parts)
    if parts:
        parts.append(" && ")
    if route.match == "regex":
        parts += _matcher("PathRegexp", path if path.startswith("^") else f"^{path}")
    else:
        parts += _matcher("Path" if route.match == "exact" else "PathPrefix", path)
    return make_text(parts)


def _matcher(name: str, value: Text) -> Iterator[Part]:
    """Spell a matcher; a value with a backtick stands in quotes, where backslashes escape."""
    parts = parts_of(value)
    raw = not any(isinstance(part, str) and "`" in part for part in parts)
    yield f"{name}(`" if raw else f'{name}("'
    for part in parts:
        quoted = part.replace("\\", "\\\\").replace('"', '\\"') if isinstance(part, str) and not raw else part
        yield quoted
    yield "`)" if raw else '")'
