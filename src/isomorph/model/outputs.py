"""Texts of one definition that take what another one of the same environment gives: outputs, by their names or their values."""

import re
from collections.abc import Mapping

from msgspec.structs import replace

from isomorph.model.application import Application, Definition, Dependency
from isomorph.model.normalise import map_texts
from isomorph.model.origin import Origins
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


def keep_apart(definitions: list[Definition]) -> list[Definition]:
    """Give what several definitions realise under one address addresses of their own; what they ask for alike is one."""
    known: dict[str, Dependency] = {}
    kept: list[Definition] = []
    for definition in definitions:
        renamed = {
            uid: _free(uid, known)
            for uid, dependency in definition.application.dependencies.items()
            if dependency.realisation is not None and uid in known and known[uid] != dependency
        }
        each = _rename(definition, renamed) if renamed else definition
        known |= each.application.dependencies
        kept.append(each)
    return kept


def _free(uid: str, known: Mapping[str, Dependency]) -> str:
    number = 2
    while f"{uid} ({number})" in known:
        number += 1
    return f"{uid} ({number})"


def _rename(definition: Definition, renamed: Mapping[str, str]) -> Definition:
    def change(part: Part) -> Text:
        if isinstance(part, Output) and part.dependency in renamed:
            return (replace(part, dependency=renamed[part.dependency]),)
        return part if isinstance(part, str) else (part,)

    application = map_texts(definition.application, lambda text, _path: map_parts(text, change))
    workloads = {
        key: replace(
            workload, dependencies={name: renamed.get(uid, uid) for name, uid in workload.dependencies.items()}
        )
        for key, workload in application.workloads.items()
    }
    dependencies = {renamed.get(uid, uid): each for uid, each in application.dependencies.items()}
    origins = {
        (path[0], renamed.get(path[1], path[1]), *path[2:]) if path[:1] == ("dependencies",) and path[1:] else path: at
        for path, at in definition.origins.table.items()
    }
    return replace(
        definition,
        application=replace(application, workloads=workloads, dependencies=dependencies),
        origins=Origins(origins),
    )
