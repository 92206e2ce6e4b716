"""Health checks as what they ask: an exec of curl or wget at the container itself is the HTTP check that it makes.

A client's exit code and a probe's verdict agree for answers of the 200s; `curl` without `-f` accepts any answer, and is
taken for the same check, since nobody writes it to accept errors.
"""

import re
import shlex
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import replace

from isomorph.drift.facts import View
from isomorph.drift.facts_process import mask_vector
from isomorph.drift.secret_values import secrets_in
from isomorph.drift.spelling import print_vector
from isomorph.drift.texts import show_text, text_key, what_settles
from isomorph.model.secrecy import MASK
from isomorph.model.text import SecretValue, Text, map_parts
from isomorph.model.workload import Check, Exec, Grpc, Http, Tcp

_SHELLS = frozenset(("sh", "bash", "ash", "dash"))
_EXIT = re.compile(r"\s*\|\|\s*(?:exit|return)\s+[0-9]+\s*;?\s*$|\s*\|\|\s*(?:false|kill\s+1)\s*$")
_SILENT = re.compile(r"\s*(?:[12&]?>{1,2}\s*(?:/dev/null|&[12]))")
_DEV_TCP = re.compile(
    r"^(?:\(?\s*(?:echo|exec|:|cat|printf\s+\S+)?\s*[0-9]?\s*[<>]{1,2}\s*/dev/tcp/([^/\s]+)/([0-9]+)\s*\)?)$"
)
_CURL_WITH_VALUE = frozenset(
    ("-m", "--max-time", "--connect-timeout", "-o", "--output", "-w", "--write-out", "--retry", "-A", "--user-agent")
)
_WGET_WITH_VALUE = frozenset(("-O", "-T", "--timeout", "-t", "--tries", "-U", "--output-document", "-o"))
_NC_WITH_VALUE = frozenset(("-w", "-i", "-W"))
_LOCAL = frozenset(("", "localhost", "127.0.0.1", "0.0.0.0", "[::1]", "::1", "$HOSTNAME", "$(hostname)", "${HOSTNAME}"))


class Asked(msgspec.Struct, frozen=True):
    """A check in normal form: `key` is compared, `shown` printed; `settles` says what would settle it.

    `secrets` are those whose values the command of the check holds.
    """

    key: tuple[object, ...]
    shown: str
    settles: str = ""
    secrets: tuple[SecretValue, ...] = ()


def ask(view: View, workload: str, check: Check) -> Asked:
    """Put a check into normal form, seen from the workload that it checks."""
    if isinstance(check, Http):
        return _ask_http(view, workload, check)
    if isinstance(check, Tcp):
        host = "" if _is_local(view, workload, check.host or "") else str(check.host)
        return _tcp(host, str(check.port))
    if isinstance(check, Grpc):
        return _grpc(str(check.port), check.service or "")
    return _ask_exec(view, workload, check)


def _ask_http(view: View, workload: str, check: Http) -> Asked:
    host = "" if _is_local(view, workload, check.host or "") else str(check.host)
    path = check.path or "/"
    return _http(
        (check.scheme or "http").lower(),
        host,
        str(check.port),
        path if path.startswith("/") else f"/{path}",
        check.headers,
    )


def _http(scheme: str, host: str, port: str, path: str, headers: dict[str, str]) -> Asked:
    known = tuple(sorted((name.lower(), value) for name, value in headers.items() if name.lower() != "host"))
    shown = f"GET {host}:{port}{path}" if scheme == "http" else f"GET {scheme}://{host}:{port}{path}"
    if known:
        shown += " " + ", ".join(name for name, _value in known)
    return Asked(("http", scheme, host, port, path, known), shown)


def _tcp(host: str, port: str) -> Asked:
    return Asked(("tcp", host, port), f"TCP {host}:{port}")


def _grpc(port: str, service: str) -> Asked:
    return Asked(("grpc", port, service), f"GRPC :{port}{'/' + service if service else ''}")


def _is_local(view: View, workload: str, host: str) -> bool:
    """Tell whether a host is the container itself: localhost, or a name of its own workload."""
    return host in _LOCAL or view.holders.get(host.lower()) == workload


def _ask_exec(view: View, workload: str, check: Exec) -> Asked:
    words: tuple[Text, ...] = check.command
    secrets = tuple(secret for word in words for secret in secrets_in(word))
    plain = tuple(word if isinstance(word, str) else _show(word) for word in words)
    settles = next((found for word in words if (found := what_settles(word))), "")
    if not settles:
        known = recognise(plain)
        if known is not None and (known.key[0] == "grpc" or _is_local(view, workload, str(known.key[-1]))):
            return replace(_as_local(known), secrets=secrets)
    keys = tuple(word if isinstance(word, str) else text_key(view, word) for word in words)
    return Asked(("exec", _without_shell(keys)), f"exec {print_vector(mask_vector(list(plain)))}", settles, secrets)


def _show(word: Text) -> str:
    """Spell a word so that it is the same wherever a secret in it is kept."""
    return show_text(map_parts(word, lambda part: MASK if isinstance(part, SecretValue) else (part,)))


def _as_local(known: Asked) -> Asked:
    return Asked(known.key[:-1], known.shown) if known.key[0] != "grpc" else known


def _without_shell(words: tuple[str, ...]) -> tuple[str, ...]:
    """Give what a shell is told to run, where it is a plain command; a shell's full path does not matter."""
    script = _script(words)
    if script is None:
        return words
    simple = _simple_command(script)
    return tuple(simple) if simple is not None else ("sh", "-c", script.strip())


_LONGEST = 4096
"""Characters of a script that is looked into; a longer one is compared as it stands."""


def _script(words: tuple[str, ...]) -> str | None:
    if sum(map(len, words)) > _LONGEST:
        return None
    if len(words) == 3 and words[1] in ("-c", "-ec", "-lc") and words[0].rsplit("/", 1)[-1] in _SHELLS:
        return words[2]
    return None


def _simple_command(script: str) -> list[str] | None:
    """Split a script into words where it is one command, `|| exit 1` and output thrown away apart."""
    script = _SILENT.sub("", _EXIT.sub("", script.strip()))
    script = _SILENT.sub("", script).strip()
    if re.search(r"[|&;<>`\n]|\$\(|\$\{?[A-Za-z_]", script):
        return None
    try:
        return shlex.split(script)
    except ValueError:
        return None


def recognise(words: tuple[str, ...]) -> Asked | None:
    """Give the check that a command makes by a client of the network: the key ends with the host that it asks.

    None where the command is anything else.
    """
    script = _script(words)
    command: list[str] | tuple[str, ...] = words
    if script is not None:
        stripped = _EXIT.sub("", script.strip())
        device = _DEV_TCP.match(stripped)
        if device is not None:
            asked = _tcp("", device.group(2))
            return Asked((*asked.key, device.group(1)), asked.shown)
        simple = _simple_command(script)
        if simple is None:
            return None
        command = simple
    if not command:
        return None
    client = command[0].rsplit("/", 1)[-1]
    rest = list(command[1:])
    if client == "curl":
        return _from_url(rest, _CURL_WITH_VALUE)
    if client == "wget":
        return _from_url(rest, _WGET_WITH_VALUE)
    if client in ("nc", "ncat", "netcat"):
        return _from_netcat(rest)
    if client in ("grpc_health_probe", "grpc-health-probe"):
        return _from_grpc(rest)
    return None


def _from_url(words: list[str], with_value: frozenset[str]) -> Asked | None:
    """Read the arguments of curl or wget: one URL, headers, and options that do not change what is asked."""
    url = ""
    headers: dict[str, str] = {}
    index = 0
    while index < len(words):
        word = words[index]
        index += 1
        if word in ("-H", "--header"):
            name, _colon, value = (words[index] if index < len(words) else "").partition(":")
            headers[name.strip()] = value.strip()
            index += 1
        elif word.startswith("--header="):
            name, _colon, value = word.removeprefix("--header=").partition(":")
            headers[name.strip()] = value.strip()
        elif word in ("-X", "--request"):
            if index >= len(words) or words[index] != "GET":
                return None
            index += 1
        elif word in ("-d", "--data", "--post-data", "-u", "--user") or word.startswith("--post-data="):
            return None
        elif word in with_value:
            index += 1
        elif word.startswith("-"):
            if _takes_next(word, with_value):
                index += 1
        elif url:
            return None
        else:
            url = word
    return _split_url(url, headers) if url else None


def _takes_next(word: str, with_value: frozenset[str]) -> bool:
    """Tell whether a cluster of short options ends with one that takes a value: `-fsSo /dev/null`, `-qO -`."""
    return not word.startswith("--") and len(word) > 2 and f"-{word[-1]}" in with_value


def _split_url(url: str, headers: dict[str, str]) -> Asked | None:
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or parts.username:
        return None
    number = str(port or (443 if parts.scheme == "https" else 80))
    path = parts.path or "/"
    asked = _http(parts.scheme, "", number, f"{path}?{parts.query}" if parts.query else path, headers)
    return Asked((*asked.key, parts.hostname or ""), asked.shown)


def _from_netcat(words: list[str]) -> Asked | None:
    places: list[str] = []
    index = 0
    while index < len(words):
        word = words[index]
        index += 1
        if word in _NC_WITH_VALUE or (_takes_next(word, _NC_WITH_VALUE) and word.startswith("-")):
            index += 1
        elif not word.startswith("-"):
            places.append(word)
    if len(places) != 2 or not places[1].isdigit():
        return None
    asked = _tcp("", places[1])
    return Asked((*asked.key, places[0]), asked.shown)


def _from_grpc(words: list[str]) -> Asked | None:
    port, service = "", ""
    for index, word in enumerate(words):
        name, _equals, value = word.lstrip("-").partition("=")
        value = value or (words[index + 1] if index + 1 < len(words) else "")
        if name == "addr":
            host, _colon, port = value.rpartition(":")
            if host not in _LOCAL:
                return None
        elif name == "service":
            service = value
        elif name.startswith("tls"):
            return None
    return _grpc(port, service) if port else None
