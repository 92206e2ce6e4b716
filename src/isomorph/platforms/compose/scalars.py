"""Compose's scalars: durations, sizes, numbers, booleans, ports and command lines, as docker compose parses them.

Every function raises ValueError with a sentence that says what is wrong; who calls it knows where.
"""

import re

import msgspec

_DURATION = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h|d|w)")
# Of each unit in nanoseconds; days and weeks are Compose's addition to Go's durations.
_NANOSECONDS = {
    "ns": 1, "us": 1_000, "µs": 1_000, "μs": 1_000, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9,
    "d": 24 * 3600 * 10**9, "w": 7 * 24 * 3600 * 10**9,
}  # fmt: skip

_SIZE = re.compile(
    r"([0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,2})?|\.[0-9]+)\s?(?:([kmgtp])i?b|([kmgtp]?)|b)", re.IGNORECASE
)
_POWERS = {"k": 1, "m": 2, "g": 3, "t": 4, "p": 5}

_BOOLEANS = {
    **dict.fromkeys(("true", "y", "yes", "on"), True),
    **dict.fromkeys(("false", "n", "no", "off"), False),
}

_WORDS_ONLY = re.compile(r"""[^'"\\`;|&<>()$]*""")

MAXIMUM_RANGE = 10_000
"""Ports that one range may name."""


_LONGEST = 64
"""Characters of the longest number: what is longer overflows, or takes Python long to read."""


def parse_duration(text: str) -> int:
    """Give a duration in milliseconds: `1h30m`, `1.5s`, `250ms`; parts of a millisecond are rounded up."""
    if text == "0":
        return 0
    if len(text) > _LONGEST:
        raise ValueError(f"'{text[:_LONGEST]}…' is no duration that anything lasts")
    total = 0
    position = 0
    while (match := _DURATION.match(text, position)) is not None:
        number, unit = match.groups()
        scale = _NANOSECONDS[unit]
        total += int(number) * scale if number.isdigit() else round(float(number) * scale)
        position = match.end()
    if not position or position < len(text):
        raise ValueError(f"{text!r} is no duration; write a number with its unit, as 10s, 1m30s or 500ms")
    return -(-total // 1_000_000)


def parse_size(text: str) -> int:
    """Give a size in bytes. Units are powers of 1024 whatever their spelling; Kubernetes' `Mi` is not one of them."""
    if len(text) > _LONGEST:
        raise ValueError(f"'{text[:_LONGEST]}…' is no size that anything has")
    match = _SIZE.fullmatch(text)
    if match is None:
        advice = "write M, MB or MiB" if text[-1:] in "iI" else "write bytes, or a number with k, m, g, t or p"
        raise ValueError(f"{text!r} is no size; {advice} (powers of 1024)")
    number = match.group(1)
    unit = (match.group(2) or match.group(3) or "").lower()
    scale = 1024 ** _POWERS[unit] if unit else 1
    return int(number) * scale if number.isdigit() else int(float(number) * scale)


def parse_cpus(text: str) -> int:
    """Give a number of CPUs (`0.5`) in millicores."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1e6:
        raise ValueError(f"{text!r} is no number of CPUs; write a decimal number, as 0.5")
    return round(value * 1000)


def parse_integer(text: str) -> int:
    """Give an integer."""
    try:
        if len(text) < 20:
            return int(text)
    except ValueError:
        pass
    raise ValueError(f"{text[:_LONGEST]!r} is no integer")


def parse_boolean(text: str) -> bool:
    """Give a boolean, from the words that docker compose casts to one."""
    value = _BOOLEANS.get(text.lower())
    if value is None:
        raise ValueError(f"{text!r} is neither true nor false")
    return value


def split_words(text: str) -> list[str]:
    """Split a command line into words: quotes and backslashes as in a shell, nothing expanded, nothing run.

    docker compose stops at the first `;`, `|`, `&`, `<` or `>` outside quotes, and so do we.
    """
    if _WORDS_ONLY.fullmatch(text):
        return text.split()
    words: list[str] = []
    word: list[str] = []
    in_word = False
    quote = ""
    characters = iter(text)
    for character in characters:
        if character == "\\" and quote != "'":
            following = next(characters, None)
            if following is None:
                raise ValueError("the command line ends in a backslash")
            word.append(following)
            in_word = True
        elif quote:
            if character == quote:
                quote = ""
            if character not in "'\"" or quote:
                word.append(character)
        elif character in " \t\r\n":
            if in_word:
                words.append("".join(word))
                word, in_word = [], False
        elif character in ";|&<>":
            break
        else:
            quote = _find_quote(character, word)
            if character not in "'\"":
                word.append(character)
            in_word = True
    if quote:
        raise ValueError("the command line holds a quote that is not closed")
    if in_word:
        words.append("".join(word))
    return words


def _find_quote(character: str, word: list[str]) -> str:
    """Give what closes the quote that a character opens: spaces stay inside `…` and $(…) too, which stay as they are."""
    if character in "'\"`":
        return character
    if character == "(" and word and word[-1] == "$":
        return ")"
    if character in "()":
        raise ValueError("the command line holds a bracket outside quotes")
    return ""


class PortMapping(msgspec.Struct, frozen=True):
    """One port of the container and the port of the host that leads to it; `published` is None where Docker picks it."""

    target: int
    published: int | None = None
    address: str | None = None
    protocol: str = "tcp"


def parse_port(text: str) -> list[PortMapping]:
    """Read the short form `[[ADDRESS:]PUBLISHED:]TARGET[/PROTOCOL]`, ranges included."""
    if text.isdigit() and len(text) < 6:
        return [PortMapping(_to_port(text))]
    rest, _, protocol = text.partition("/")
    protocol = protocol.lower() or "tcp"
    if protocol not in ("tcp", "udp", "sctp"):
        raise ValueError(f"{text!r} names no protocol of a port; there are tcp, udp and sctp")
    head, _, target = rest.rpartition(":")
    address, _, published = head.rpartition(":")
    if address.startswith("[") and address.endswith("]"):
        address = address[1:-1]
    if address and not _is_address(address):
        raise ValueError(f"{text!r} has {address!r} where an IP address is expected")
    targets = parse_port_range(target, text)
    if not published:
        return [PortMapping(port, None, address or None, protocol) for port in targets]
    hosts = parse_port_range(published, text)
    if len(targets) == 1:
        # Of a range for one port Docker takes whichever is free.
        host = hosts[0] if len(hosts) == 1 and hosts[0] else None
        return [PortMapping(targets[0], host, address or None, protocol)]
    if len(hosts) != len(targets):
        raise ValueError(f"{text!r} maps {len(hosts)} ports to {len(targets)}; the ranges must be of one length")
    return [PortMapping(port, host, address or None, protocol) for port, host in zip(targets, hosts, strict=True)]


def parse_port_range(text: str, whole: str) -> range:
    """Give the ports that `80` or `80-90` names."""
    first, dash, last = text.partition("-")
    start = _to_port(first, whole)
    end = _to_port(last, whole) if dash else start
    if end < start or end - start >= MAXIMUM_RANGE:
        raise ValueError(f"{whole!r} has a range of ports that is empty or longer than {MAXIMUM_RANGE}")
    return range(start, end + 1)


def _to_port(text: str, whole: str = "") -> int:
    if text.isascii() and text.isdigit() and len(text) < 6 and int(text) < 65536:
        return int(text)
    raise ValueError(f"{whole or text!r} is no port mapping; write PORT, HOST:CONTAINER or ADDRESS:HOST:CONTAINER")


def _is_address(text: str) -> bool:
    from ipaddress import ip_address

    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def print_number(value: float | int | bool) -> str:
    """Spell a number or boolean as docker compose does where it needs text: Go's `%v`."""
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int):
        return str(value)
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "+Inf" if value > 0 else "-Inf"
    power = int(f"{value:e}".partition("e")[2])
    digits = repr(value)
    if "e" not in digits and -5 < power < 21 and "." in digits and power < 6:
        return digits.removesuffix(".0")
    if -5 < power < 6:
        return f"{value:.17f}".rstrip("0").rstrip(".")
    return _print_exponent(value, power)


def _print_exponent(value: float, power: int) -> str:
    from decimal import Decimal

    sign, digits, _exponent = Decimal(repr(value)).as_tuple()
    text = "".join(map(str, digits)).rstrip("0") or "0"
    fraction = f".{text[1:]}" if len(text) > 1 else ""
    return f"{'-' if sign else ''}{text[0]}{fraction}e{'+' if power >= 0 else '-'}{abs(power):02d}"
