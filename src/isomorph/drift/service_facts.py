"""What an image here says as a dependency: the server that it is, its version, and how it is set up."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from isomorph.drift.facts import View
from isomorph.model.application import Dependency
from isomorph.model.image import complete_image
from isomorph.model.origin import Path
from isomorph.model.secrecy import find_secret_value
from isomorph.model.services import Service, find_service, find_version
from isomorph.model.text import Part, SecretValue, Text, map_parts, print_text
from isomorph.model.workload import Container, Role, Workload

_TRUE = frozenset(("on", "true", "1", "yes", "require", "requiretls", "requiressl"))
_TLS_FLAGS = frozenset(("ssl", "require_secure_transport", "require-secure-transport", "tlsmode", "sslmode"))
_INIT = "/docker-entrypoint-initdb.d"
_CREATE_EXTENSION = re.compile(
    r"\bcreate\s+extension\s+(?:if\s+not\s+exists\s+)?\"?([a-z0-9_-]{1,63})\"?", re.IGNORECASE
)
_CREATE_DATABASE = re.compile(
    r"\bcreate\s+database\s+(?:if\s+not\s+exists\s+)?[\"`]?([A-Za-z0-9_-]{1,63})[\"`]?", re.IGNORECASE
)
_LONGEST = 65536
"""Characters of a script of the first start that is looked into."""
_LOCALE = re.compile(r"--(encoding|locale|lc-collate)[= ](\S+)|-E\s+(\S+)")


class Needed:
    """A dependency as one side has it: an image that it runs, or what is provisioned; `paths` has where parameters stand.

    `workload` is the key of the one that runs the image, `service` its row; `uid` the dependency's.
    """

    __slots__ = ("container", "dependency", "path", "paths", "service", "uid", "view", "workload")

    def __init__(
        self,
        view: View,
        dependency: Dependency,
        path: Path,
        *,
        uid: str = "",
        workload: str = "",
        container: str = "",
        service: Service | None = None,
        paths: Mapping[str, Path] | None = None,
    ) -> None:
        self.view = view
        self.dependency = dependency
        self.path = path
        self.uid = uid
        self.workload = workload
        self.container = container
        self.service = service
        self.paths = dict(paths or {})

    def path_of(self, parameter: str) -> Path:
        """Give where a parameter, or the version, stands in the model."""
        if parameter in self.paths:
            return self.paths[parameter]
        if self.workload:
            return self.path
        return (*self.path, "version") if parameter == "version" else (*self.path, "parameters", *parameter.split("\0"))

    @property
    def label(self) -> str:
        """Give what it is called on its side."""
        return self.workload or self.dependency.id or label_of(self.uid)


def label_of(uid: str) -> str:
    """Give the last name in the address of a resource: `module.db[0]` is db."""
    return re.sub(r"\[[^\]]*\]$", "", uid).rpartition(".")[2] if "." in uid else uid


def read_service(view: View, key: str) -> Needed | None:
    """Give what a workload is as a dependency of others, None where it runs no image that is known as one."""
    workload = view.application.workloads[key]
    for name, container in workload.containers.items():
        if container.role is not Role.MAIN or container.build is not None:
            continue
        service = find_service(container.image)
        if service is not None:
            return _read(view, key, workload, name, container, service)
    return None


def _read(view: View, key: str, workload: Workload, name: str, container: Container, service: Service) -> Needed:
    base = ("workloads", key, "containers", name)
    paths: dict[str, Path] = {"version": (*base, "image", "tag")}
    parameters: dict[str, Any] = {}
    for word, variables in (("database", service.database), ("username", service.username)):
        for variable in variables:
            text = container.variables.get(variable)
            if text is not None:
                parameters[word] = _settle(view, text)
                paths[word] = (*base, "variables", variable)
                break
    if service.tls:
        parameters["tls"], paths["tls"] = True, (*base, "image")
    parameters["port"], paths["port"] = _find_port(key, workload, service)
    _read_flags(container, service.speaks, base, parameters, paths)
    _read_locale(container, base, parameters, paths)
    _read_scripts(container, service, base, parameters, paths)
    dependency = Dependency(type=service.type, version=_find_version(container, service), parameters=parameters)
    return Needed(
        view,
        dependency,
        (*base, "image"),
        workload=key,
        container=name,
        service=service,
        paths=paths,
    )


def _settle(view: View, text: Text) -> str:
    """Spell a text, its secrets opened where they are known here."""
    if isinstance(text, str):
        return text

    def change(part: Part) -> Text:
        if isinstance(part, SecretValue):
            value = find_secret_value(view.application, part)
            if isinstance(value, str):
                return value
        return part if isinstance(part, str) else (part,)

    return print_text(map_parts(text, change))


def _find_version(container: Container, service: Service) -> str | None:
    image = complete_image(container.image) if container.image is not None else None
    if image is None or not service.versions:
        return None
    if image.tag is None:
        return None
    if not isinstance(image.tag, str):
        return print_text(image.tag)
    return find_version(service, image.tag) or image.tag


def _find_port(key: str, workload: Workload, service: Service) -> tuple[int, Path]:
    """Give the number by which peers reach the server."""
    for each, port in workload.ports.items():
        if port.target == service.port and port.protocol == "tcp":
            return port.number, ("workloads", key, "ports", each)
    if len(workload.ports) == 1:
        each, port = next(iter(workload.ports.items()))
        return port.number, ("workloads", key, "ports", each)
    return service.port, ("workloads", key)


def _read_flags(
    container: Container, speaks: str, base: Path, parameters: dict[str, Any], paths: dict[str, Path]
) -> None:
    """Read what a server is told on its command line: `-c max_connections=200`, `--maxmemory 256mb`."""
    for field in ("command", "args"):
        words = [word if isinstance(word, str) else print_text(word) for word in getattr(container, field) or ()]
        for name, value in _options(words):
            low = name.lower()
            if low in _TLS_FLAGS:
                parameters["tls"], paths["tls"] = value.lower() in _TRUE, (*base, field)
            elif low == "tls-port":
                parameters["tls"], paths["tls"] = value != "0", (*base, field)
            elif low.replace("-", "_") == "character_set_server":
                parameters["charset"], paths["charset"] = value, (*base, field)
            elif low.replace("-", "_") == "collation_server":
                parameters["collation"], paths["collation"] = value, (*base, field)
            elif speaks in _WITH_FLAGS:
                parameters.setdefault("flags", {})[low.replace("-", "_")] = value
                paths[f"flags\0{low.replace('-', '_')}"] = (*base, field)


_WITH_FLAGS = frozenset(("postgres", "mysql", "redis"))
"""Protocols of servers whose flags their managed kin has, too."""
_OWN = frozenset(
    (
        "port", "requirepass", "user", "username", "password", "masterauth", "bind", "config", "dir", "save", "appendonly",
        "loglevel", "logfile", "listen_addresses", "hba_file", "config_file", "data_directory", "datadir", "daemonize",
        "protected_mode", "ssl_cert_file", "ssl_key_file", "ssl_ca_file", "tls_cert_file", "tls_key_file",
        "tls_ca_cert_file", "unix_socket_directories", "log_statement", "logging_collector", "log_destination",
    )
)  # fmt: skip
"""Flags about where a container keeps, listens and logs, which a managed server decides itself."""


def _options(words: list[str]) -> Iterator[tuple[str, str]]:
    for index, word in enumerate(words):
        after = words[index + 1] if index + 1 < len(words) else ""
        if word == "-c" and "=" in after:
            name, _, value = after.partition("=")
        elif word.startswith("--") and "=" in word:
            name, _, value = word[2:].partition("=")
        elif word.startswith("--") and after and not after.startswith("-"):
            name, value = word[2:], after
        else:
            continue
        if name.replace("-", "_").lower() not in _OWN:
            yield name, value


def _read_locale(container: Container, base: Path, parameters: dict[str, Any], paths: dict[str, Path]) -> None:
    """Read the options of PostgreSQL's initdb: https://www.postgresql.org/docs/current/app-initdb.html"""
    text = container.variables.get("POSTGRES_INITDB_ARGS")
    if not isinstance(text, str):
        return
    for match in _LOCALE.finditer(text):
        option, value, short = match.groups()
        word = "charset" if short or option == "encoding" else "collation"
        parameters[word] = short or value
        paths[word] = (*base, "variables", "POSTGRES_INITDB_ARGS")


def _read_scripts(
    container: Container, service: Service, base: Path, parameters: dict[str, Any], paths: dict[str, Path]
) -> None:
    """Read what the scripts of a server's first start make, and what the image brings."""
    extensions, databases = list(service.extensions), []
    for path, file in container.files.items():
        content = file.content
        if not path.startswith(_INIT) or not isinstance(content, str) or len(content) > _LONGEST:
            continue
        made = [match[1].lower() for match in _CREATE_EXTENSION.finditer(content)]
        extensions += made
        if made:
            paths["extensions"] = (*base, "files", path)
        more = [match[1] for match in _CREATE_DATABASE.finditer(content)]
        databases += more
        if more:
            paths.setdefault("databases", (*base, "files", path))
    if extensions:
        parameters["extensions"] = sorted(dict.fromkeys(extensions))
    if databases:
        parameters["databases"] = list(dict.fromkeys(databases))
