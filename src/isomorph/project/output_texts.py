"""The texts of a container that tell it of a server, with the outputs of a resource in their place.

A host is known by the address that it is; what else belongs to it by standing beside it in a URL or in a list of `KEY=VALUE`,
or, in a variable of its own, by its value and a name that says the same: `DB_PASSWORD` beside `DB_HOST`.
"""

import re

import msgspec
from msgspec.structs import replace

from isomorph.model.secrecy import is_secret_name
from isomorph.model.text import Address, Output, Part, SecretValue, Text, make_text, parts_of
from isomorph.model.workload import Container, File

AUTHENTICATION = "authSource=admin"
"""What a URL of MongoDB is given beside credentials where it names a database: users are not kept in that one."""

_FIRST = 0xF0000
"""The first of the private characters that stand for a text's references while it is looked through."""
_REFERENCE = "[\U000f0000-\U000ffffd]"
_PRIVATE = re.compile(_REFERENCE)

_URL = re.compile(
    r"(?P<scheme>(?<![A-Za-z0-9:])[a-z][a-z0-9+.-]{0,29}://|jdbc:[a-z]{1,20}://|//)?"
    r"(?:(?P<username>[^\s:/@,]{0,200})(?::(?P<password>[^\s/@]{0,200}))?@)?"
    rf"(?P<host>{_REFERENCE})(?::(?P<port>[0-9]{{1,5}}))?(?:/(?P<name>[A-Za-z0-9_.%-]{{0,100}}))?"
)
_PAIRS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (word, re.compile(rf"(?i)(?<![A-Za-z])((?:{names}) ?= ?)([^\s;&'\"]+)"))
    for word, names in (
        ("username", "user|username|user id|uid"),
        ("password", "password|pwd"),
        ("name", "dbname|database|initial catalog"),
        ("port", "port"),
    )
)
_PREFIX = 2
"""Characters that the names of variables about one server begin with alike, at the least: PGHOST, PGPORT."""


_HOST_WORDS = frozenset(("HOST", "HOSTNAME", "HOSTS", "ADDR", "ADDRESS", "SERVER", "ENDPOINT"))
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_HOST_PAIR = re.compile(r"(?i)(?<![A-Za-z])(?:host|server|data source) ?= ?([A-Za-z0-9_.-]+)")


class Told(msgspec.Struct, frozen=True):
    """What users are told of a server: its key and port, its `values` by word, and the names of outputs by word.

    `slash_is_default`: a URL without a name means one that a resource does not have (the virtual host of AMQP).
    `asks_where`: who is told a database and credentials must be told where the user is kept, too (MongoDB).
    """

    workload: str
    port: int
    values: dict[str, str]
    outputs: dict[str, str]
    slash_is_default: bool = False
    asks_where: bool = False


def link_hosts(container: Container, workload: str, names: tuple[str, ...]) -> Container:
    """Give a container whose variables name a workload by an address, where a bare word does: `DB_HOST=db`, `host=db`."""
    lowered = {name.lower() for name in names}

    def link(name: str, text: Text) -> Text:
        if isinstance(text, str) and text.lower() in lowered and _is_host_name(name):
            return (Address(workload, text),)
        return make_text([each for part in parts_of(text) for each in (_link_pairs(part, workload, lowered))])

    variables = {name: link(name, text) for name, text in container.variables.items()}
    return container if variables == container.variables else replace(container, variables=variables)


def _is_host_name(name: str) -> bool:
    words = {word.upper() for word in _WORDS.findall(name)}
    return not words.isdisjoint(_HOST_WORDS) or name.upper().endswith(("HOST", "HOSTNAME"))


def _link_pairs(part: Part, workload: str, names: set[str]) -> list[Part]:
    if not isinstance(part, str):
        return [part]
    parts: list[Part] = []
    done = 0
    for found in _HOST_PAIR.finditer(part):
        if found[1].lower() in names:
            parts += [part[done : found.start(1)], Address(workload, found[1])]
            done = found.end(1)
    return [*parts, part[done:]]


def use_outputs(container: Container, told: Told, uid: str, plain: dict[str, str]) -> tuple[Container, set[str]]:
    """Give a container with outputs of a resource in its variables and files, and the words for what it is now told.

    `plain` has its variables as they are once secrets are opened.
    """
    writing = _Writing(told, uid)
    variables = {name: writing.rewrite(text) for name, text in container.variables.items()}
    hosts = [name for name, text in variables.items() if text != container.variables[name]]
    for name in container.variables:
        word = _word_of(name, plain.get(name, ""), told, hosts) if name not in hosts else ""
        if word:
            variables[name] = (writing.output(word),)
    files = {path: writing.rewrite_file(file) for path, file in container.files.items()}
    return replace(container, variables=variables, files=files), writing.used


def _word_of(name: str, value: str, told: Told, hosts: list[str]) -> str:
    """Give what a variable of its own tells of a server; empty where that is not clear."""
    if not value:
        return ""
    if is_secret_name(name):
        return "password" if value == told.values.get("password") else ""
    upper = name.upper()
    if not any(upper[:_PREFIX] == host.upper()[:_PREFIX] for host in hosts):
        return ""
    if value == str(told.port) and upper.endswith("PORT"):
        return "port"
    if value == told.values.get("username") and ("USER" in upper or "LOGIN" in upper):
        return "username"
    says_name = upper.endswith(("NAME", "DB", "DATABASE", "VHOST", "CATALOG")) and "USER" not in upper
    return "name" if told.outputs["name"] and value == told.values.get("name") and says_name else ""


class _Writing:
    """The outputs that are put in, and which of them were."""

    def __init__(self, told: Told, uid: str) -> None:
        self.told = told
        self.uid = uid
        self.used: set[str] = set()

    def output(self, word: str) -> Output:
        self.used.add(word)
        return Output(self.uid, self.told.outputs[word])

    def rewrite_file(self, file: File) -> File:
        content = file.content
        if not isinstance(content, str | tuple):
            return file
        new = self.rewrite(content)
        return file if new == content else replace(file, content=new)

    def rewrite(self, text: Text) -> Text:
        """Put outputs in where a text names the server, and for what stands beside the name."""
        if isinstance(text, str) or not any(map(self._is_host, text)):
            return text
        table: list[Part] = []
        spelled = "".join(part if isinstance(part, str) else _keep(table, part) for part in text)
        if _PRIVATE.search("".join(part for part in text if isinstance(part, str))):
            return text
        spelled = self._rewrite_pairs(spelled, table)
        spelled = _URL.sub(lambda found: self._rewrite_url(found, table), spelled)
        spelled = spelled.replace(f"{AUTHENTICATION}&?", f"{AUTHENTICATION}&")
        return _spell(spelled, table)

    def _is_host(self, part: Part) -> bool:
        return isinstance(part, Address) and part.workload == self.told.workload

    def _rewrite_url(self, found: re.Match[str], table: list[Part]) -> str:
        """Give a URL's credentials, host, port and name as outputs; credentials are put in where it has none."""
        address = table[ord(found["host"]) - _FIRST]
        if not isinstance(address, Address) or not self._is_host(address):
            return found.group()

        def put(word: str) -> str:
            return _keep(table, self.output(word))

        scheme = found["scheme"] or ""
        written = scheme
        is_url = scheme.endswith("://") and not scheme.startswith("jdbc:")
        if found["username"] is not None or (is_url and not scheme.startswith("http")):
            written += f"{put('username')}:{put('password')}@"
        written += put("host")
        if found["port"] or address.port is not None or (is_url and scheme != "http://"):
            written += f":{put('port')}"
        name = found["name"]
        if name and self.told.asks_where and found["username"] is None and is_url:
            rest = found.string[found.end() :]
            return f"{written}/{name}?{AUTHENTICATION}" + ("&" if rest.startswith("?") else "")
        is_own = name is not None and name == self.told.values.get("name")
        is_default = is_url and self.told.slash_is_default and not name
        if self.told.outputs["name"] and (is_own or is_default):
            return f"{written}/{put('name')}"
        return f"{written}/{name}" if name is not None else written

    def _rewrite_pairs(self, spelled: str, table: list[Part]) -> str:
        """Give what stands as `KEY=VALUE` beside the host as outputs, where it is the server's own."""
        for word, pattern in _PAIRS:
            own = str(self.told.port) if word == "port" else self.told.values.get(word, "")

            def change(found: re.Match[str], word: str = word, own: str = own) -> str:
                held = parts_of(_spell(found[2], table))
                is_secret = word == "password" and all(isinstance(part, SecretValue) for part in held)
                if not self.told.outputs[word] or not (is_secret or found[2] == own):
                    return found.group()
                return found[1] + _keep(table, self.output(word))

            spelled = pattern.sub(change, spelled)
        return spelled


def _keep(table: list[Part], part: Part) -> str:
    """Give the character that stands for a reference."""
    table.append(part)
    return chr(_FIRST + len(table) - 1)


def _spell(spelled: str, table: list[Part]) -> Text:
    parts: list[Part] = []
    done = 0
    for found in _PRIVATE.finditer(spelled):
        parts += [spelled[done : found.start()], table[ord(found.group()) - _FIRST]]
        done = found.end()
    return make_text([*parts, spelled[done:]])
