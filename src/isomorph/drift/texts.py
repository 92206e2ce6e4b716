"""Texts compared by what they mean: an address is the workload and port it lands on, not the characters it was spelled with."""

import re
from collections.abc import Callable, Iterator

from isomorph.drift.facts import View
from isomorph.model.secrecy import mask_passwords
from isomorph.model.text import (
    Address,
    ConfigurationValue,
    InstanceField,
    Output,
    Part,
    Placeholder,
    SecretValue,
    Text,
    print_text,
)

SCHEME_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}
"""Ports that a URL of a scheme means where it names none (www.iana.org/assignments/uri-schemes)."""

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://(?:[^/\s@]*@)?$")
_HOST = re.compile(
    r"(?:(?<=://)|(?<=@)|(?<![A-Za-z0-9_.:/@-]))(?P<host>[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)*)\.?"
    r"(?::(?P<port>[0-9]{1,5})(?=$|[\s/,;?#&|'\")\]}<>\\]))?"
)
_USER = re.compile(r"(?<=://)[^\s/@:]*:$")
_USER_BEFORE_HOST = re.compile(r"[^\s/@]*@")
_LONGEST_SCHEME = 256
"""Characters before a host in which its URL's scheme is looked for."""
_LOCAL = frozenset(("localhost", "127.0.0.1", "0.0.0.0", "::1"))
_OPEN, _CLOSE = "⟦", "⟧"
SECRET = f"{_OPEN}secret{_CLOSE}"
"""What stands in a text's key for a value from a secret store, whichever it is."""


def text_key(view: View, text: Text) -> str:
    """Give what a text means as one string: equal for both sides when it means the same there."""
    if isinstance(text, str):
        return text
    return _spell(text, lambda part, before: _address_key(view, part, before))


def _spell(text: Text, address: Callable[[Address, str], str]) -> str:
    if isinstance(text, str):
        return text
    spelled: list[str] = []
    for part in text:
        if isinstance(part, str):
            spelled.append(part)
        elif isinstance(part, Address):
            spelled.append(address(part, spelled[-1] if spelled else ""))
        else:
            spelled.append(_reference_key(part))
    return "".join(spelled)


def _address_key(view: View, address: Address, before: str) -> str:
    name = view.called.get(address.workload, address.workload)
    number = address.port or scheme_port(before)
    if number is None:
        return f"{_OPEN}{name}{_CLOSE}"
    port = view.landing(address.workload, number)
    if port is not None:
        landing = str(port.target)
    elif view.is_open:
        landing = str(number)
    else:
        landing = f"nothing at {number}"
    return f"{_OPEN}{name}:{landing}{_CLOSE}"


def scheme_port(before: str) -> int | None:
    """Give the port that a URL means by its scheme, from what stands before its host."""
    if not before.endswith(("/", "@")):
        return None
    match = _SCHEME.search(before[-_LONGEST_SCHEME:])
    return SCHEME_PORTS.get(match.group(1)) if match else None


def _reference_key(part: Part) -> str:
    match part:
        case SecretValue():
            return SECRET
        case ConfigurationValue():
            return f"{_OPEN}configuration {part.name}/{part.key}{_CLOSE}"
        case Output():
            return f"{_OPEN}output {part.dependency}.{part.output}{_CLOSE}"
        case InstanceField():
            return f"{_OPEN}field {part.field} {part.container} {part.divisor}{_CLOSE}"
        case Placeholder():
            return f"{_OPEN}placeholder {part.variable or part.expression}{_CLOSE}"
        case _:
            return str(part)


def show_text(text: Text) -> str:
    """Spell a text for a report: references as `${…}`, passwords in URLs masked."""
    shown = text if isinstance(text, str) and "://" not in text else mask_passwords(text)
    return print_text(shown)


def what_settles(text: Text) -> str:
    """Give what would settle a text that depends on something not given; empty where nothing is open."""
    if isinstance(text, str):
        return ""
    for part in text:
        if isinstance(part, Placeholder):
            return f"a value for {part.variable}" if part.variable else f"a value for {part.expression}"
        if isinstance(part, Output):
            return f"the output {part.output or 'name'} of the dependency {part.dependency}"
        if isinstance(part, ConfigurationValue):
            return f"the configuration {part.name}"
    return ""


def is_same_with_bare_names(view: View, text: Text, other: View, other_text: Text) -> bool:
    """Tell whether two texts are the same once a bare word is the workload that the other side names in full there.

    Two bare words that are nothing but each side's own name of one workload are the same, too.
    """
    if isinstance(text, str) and isinstance(other_text, str):
        mine, yours = view.holders.get(text.lower()), other.holders.get(other_text.lower())
        return mine is not None and yours is not None and view.called.get(mine, mine) == other.called.get(yours, yours)
    named = {part.workload for part in _addresses(text)}
    others = {part.workload for part in _addresses(other_text)}
    if not named and not others:
        return False
    common = {view.called.get(each, each) for each in named} | {other.called.get(each, each) for each in others}
    return _bare_key(view, text, common) == _bare_key(other, other_text, common)


def _bare_key(view: View, text: Text, common: set[str]) -> str:
    """Spell a text with the names of the given workloads in it as those workloads; their ports where they were said."""

    def change(word: re.Match[str]) -> str:
        workload = view.holders.get(word.group().lower())
        name = view.called.get(workload, workload) if workload else None
        return f"{_OPEN}{name}{_CLOSE}" if name in common else word.group()

    parts = (text,) if isinstance(text, str) else text
    spelled = ""
    for part in parts:
        if isinstance(part, str):
            spelled += _WORD.sub(change, part)
        elif isinstance(part, Address):
            spelled += _address_key(view, part, spelled)
        else:
            spelled += _reference_key(part)
    return spelled


_WORD = re.compile(r"(?<![A-Za-z0-9_./:@-])[A-Za-z0-9][A-Za-z0-9_.-]*(?![A-Za-z0-9_./:@-])")


def _addresses(text: Text) -> Iterator[Address]:
    if not isinstance(text, str):
        for part in text:
            if isinstance(part, Address):
                yield part


class Dangling:
    """A reference in a text that nobody of its definition offers: its subject, and the workload and name or port meant."""

    __slots__ = ("name", "port", "subject", "workload")

    def __init__(self, subject: str, workload: str | None, name: str, port: int | None) -> None:
        self.subject = subject
        self.workload = workload
        self.name = name
        self.port = port


def find_dangling(view: View, text: Text, other: Text, targets: Callable[[str], set[int]]) -> list[Dangling]:
    """Find the names and ports in a text that nobody offers.

    `targets` gives the ports that the containers of a workload are known to listen on, by either side. Outside URLs
    `word:number` is taken for a host and port only where the other side's text has an address too.
    """
    urls_only = next(_addresses(other), None) is None
    found: list[Dangling] = []
    before = ""
    parts = (text,) if isinstance(text, str) else text
    for index, part in enumerate(parts):
        if isinstance(part, str):
            literal = part
            if index + 1 < len(parts) and not isinstance(parts[index + 1], Address):
                literal = _USER.sub("", part)  # `amqp://orders:` before a secret names a user.
            found += [Dangling(name, None, name, None) for name in _unknown_hosts(view, literal, urls_only)]
            before = part
        elif isinstance(part, Address):
            number = part.port or scheme_port(before)
            if number is not None and view.landing(part.workload, number) is None:
                known = targets(part.workload)
                if not view.is_open or (known and number not in known):
                    found.append(Dangling(f"{part.name}:{number}", part.workload, part.name, number))
            before = ""
    return found


def _unknown_hosts(view: View, text: str, urls_only: bool) -> Iterator[str]:
    """Give the hosts in a literal that could only be workloads here, and are none."""
    if ":" not in text and "." not in text:
        return
    for match in _HOST.finditer(text):
        host, port = match.group("host"), match.group("port")
        start = match.start()
        in_url = text.endswith("://", 0, start) or (text.endswith("@", 0, start) and "://" in text[:start])
        if not in_url and (urls_only or port is None):
            continue
        if text.endswith("://", 0, start) and _USER_BEFORE_HOST.match(text, start):
            continue
        name = own_name(view, host)
        if name is not None and name.lower() not in view.holders and name.lower() not in view.outside_names():
            yield name


def own_name(view: View, host: str) -> str | None:
    """Give the name that only this definition could offer: a single label, or one below this definition's own domain."""
    lowered = host.lower()
    if lowered in _LOCAL or lowered.replace(".", "").isdigit():
        return None
    name, dot, domain = host.partition(".")
    if not dot:
        return None if lowered.isdigit() else host
    domain = domain.lower().removesuffix(".cluster.local").removesuffix(".svc")
    return name if domain in view.domains() and "." not in domain else None


def is_same_but_for(subjects: set[str], view: View, text: Text, other: View, other_text: Text) -> bool:
    """Tell whether two texts mean the same but for addresses with these subjects, which nobody offers on either side."""

    def key(view: View, text: Text) -> str:
        def address(part: Address, before: str) -> str:
            subject = f"{part.name}:{part.port or scheme_port(before)}"
            return subject if subject in subjects else _address_key(view, part, before)

        return _spell(text, address)

    return key(view, text) == key(other, other_text)


def same_but_for_hosts(a: Text, b: Text) -> bool:
    """Tell whether two texts differ in nothing but the hosts and ports they name."""
    return _without_hosts(a) == _without_hosts(b)


def _without_hosts(text: Text) -> str:
    marked = _spell(text, lambda _part, _before: "\x00")
    return _HOST.sub(
        lambda match: (
            "\x00" if match.group("port") or marked.endswith(("://", "@"), 0, match.start()) else match.group()
        ),
        marked,
    )
