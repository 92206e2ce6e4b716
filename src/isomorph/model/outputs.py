"""Texts of one definition that take what another one of the same environment gives: outputs, by their names or their values."""

import re
from collections.abc import Mapping

from isomorph.model.application import Application, Dependency
from isomorph.model.normalise import map_texts
from isomorph.model.text import Output, Part, Placeholder, Text, make_text, map_parts

_WORDS = frozenset(
    (
        "host",
        "port",
        "endpoint",
        "url",
        "name",
        "username",
        "password",
        "database",
        "id",
        "arn",
        "reader",
        "value",
        "path",
    )
)
"""What every dependency of a kind calls its outputs: too common to be known by."""

_ADDRESSES = ("host", "endpoint", "reader", "configuration")
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*[A-Za-z0-9]")


def link_known_outputs(application: Application) -> Application:
    """Turn variables that are called like an output, and known addresses of dependencies, into those outputs."""
    names: dict[str, Output] = {}
    hosts: dict[str, Output] = {}
    for uid, dependency in application.dependencies.items():
        _note(uid, dependency, names, hosts)
    if not names and not hosts:
        return application
    return map_texts(application, lambda text, _path: map_parts(text, lambda part: _link(part, names, hosts)))


def _note(uid: str, dependency: Dependency, names: dict[str, Output], hosts: dict[str, Output]) -> None:
    for word, text in dependency.outputs.items():
        if word.lower() not in _WORDS:
            names.setdefault(word.lower(), Output(uid, word))
        if isinstance(text, str) and word in _ADDRESSES:
            host = text.partition("://")[2] if "://" in text else text
            host = host.partition("/")[0].partition(":")[0]
            if "." in host:
                hosts.setdefault(host.lower(), Output(uid, "host"))


def _link(part: Part, names: Mapping[str, Output], hosts: Mapping[str, Output]) -> Text:
    if isinstance(part, Placeholder):
        return (names.get(part.variable.lower(), part),)
    if not isinstance(part, str):
        return (part,)
    if "." not in part or not hosts:
        return part
    parts: list[Part] = []
    done = 0
    for match in _TOKEN.finditer(part):
        output = hosts.get(match.group().lower())
        if output is not None:
            parts += [part[done : match.start()], output]
            done = match.end()
    return make_text([*parts, part[done:]]) if parts else part
