"""Texts of one definition that take what another one of the same environment gives: outputs, by their names or their values."""

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

_BESIDE = frozenset("-_.")
"""What a longer name would go on with, beside a letter or a digit."""


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
        if isinstance(text, str) and word in ("host", "endpoint", "reader"):
            host = text.partition("://")[2].strip("/") if "://" in text else text
            if "." in host:
                hosts.setdefault(host.lower(), Output(uid, word))


def _link(part: Part, names: Mapping[str, Output], hosts: Mapping[str, Output]) -> Text:
    if isinstance(part, Placeholder):
        return (names.get(part.variable.lower(), part),)
    if not isinstance(part, str):
        return (part,)
    for host, output in hosts.items():
        start = part.lower().find(host)
        if start >= 0 and _is_whole(part, start, start + len(host)):
            before, after = part[:start], part[start + len(host) :]
            return make_text([before, output, *_parts(_link(after, names, hosts))])
    return part


def _is_whole(text: str, start: int, end: int) -> bool:
    around = (text[start - 1] if start else "", text[end] if end < len(text) else "")
    return not any(each.isalnum() or each in _BESIDE for each in around if each)


def _parts(text: Text) -> tuple[Part, ...]:
    return (text,) if isinstance(text, str) else text
