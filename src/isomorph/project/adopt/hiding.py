"""What is secret in a definition, left to the deploying shell, so that it is not written into Score files.

A variable's secret value becomes one of Score's resource of type `environment`, whose value is given where it is deployed.
"""

import re
from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from isomorph.model.application import Application, Definition
from isomorph.model.normalise import map_workload_texts
from isomorph.model.origin import Path
from isomorph.model.secrecy import MASK, find_given, find_secret_value, is_secret_name
from isomorph.model.text import Part, Placeholder, SecretValue, Text, make_text, map_parts, parts_of, print_text
from isomorph.model.workload import Container, Workload

_URL_PASSWORD = re.compile(r"(://[^\s/:@]*:)([^\s/@]+)(?=@)")
_NOT_IN_VARIABLE = re.compile(r"[^A-Za-z0-9_]+")
_SWITCHES = frozenset(("", "true", "false", "yes", "no", "on", "off", "0", "1"))
_SURELY = re.compile(r"(?i)passw|secret|token|credential|(?:api|access|private|account)[_.-]?key")
"""Names that a file gives secrets to: `key` alone may be that of anything."""
_PRIVATE_KEY = "PRIVATE KEY-----"
_OWN = 12
"""Characters from which two that have one value have the same secret: `password` is anyone's."""
_SHORTEST = 6
"""Characters of a value that is looked for elsewhere: shorter ones may be there by chance."""


class Hidden(msgspec.Struct, frozen=True):
    """The definition without its secrets, the variables that give them, and where a secret was cut out for want of any."""

    definition: Definition
    variables: tuple[str, ...] = ()
    cut: tuple[Path, ...] = ()


def hide_secrets(definition: Definition) -> Hidden:
    """Give a normalised definition whose secret values are variables of the deploying shell."""
    hiding = _Hiding(definition.application)
    workloads = {key: hiding.hide(workload) for key, workload in definition.application.workloads.items()}
    workloads = {key: hiding.cut_out(workload) for key, workload in workloads.items()}
    application = replace(definition.application, workloads=workloads)
    return Hidden(replace(definition, application=application), tuple(sorted(hiding.values)), tuple(hiding.cut))


class _Hiding:
    """Secret values by the variables that give them."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.values: dict[str, str] = {}  # by variable
        self.names: dict[str, str] = {}  # of the variable that gives a value
        self.cut: list[Path] = []
        self.said = set(_find_said(application))  # words that are no secret, whoever takes them for one

    def hide(self, workload: Workload) -> Workload:
        def change(text: Text, path: Path) -> Text:
            if "variables" in path:
                return self._hide_variable(workload.name, path[-1], text)
            if "files" in path:
                return map_parts(text, lambda part: self._hide_in_file(workload.name, path, part))
            return text

        return map_workload_texts(workload, ("workloads", workload.name), change)

    def _hide_in_file(self, workload: str, path: Path, part: Part) -> Text:
        """Hide what a file gives to names that say secret, all of one that holds a private key, and passwords in URLs."""
        if not isinstance(part, str):
            return self._hide_part(workload, "", part)
        if _PRIVATE_KEY in part:
            return (self._give(workload, f"{path[path.index('files') + 1].rpartition('/')[2].upper()}_SECRET", part),)
        pieces: list[Part] = []
        done = 0
        for name, start, end in find_given(part):
            value = part[start:end]
            if _SURELY.search(name) and len(value) >= _SHORTEST and not _is_setting(value) and "$" not in value:
                pieces += [
                    *parts_of(self._hide_part(workload, "", part[done:start])),
                    self._give(workload, name.upper(), value),
                ]
                done = end
        return make_text([*pieces, *parts_of(self._hide_part(workload, "", part[done:]))])

    def _hide_variable(self, workload: str, name: str, text: Text) -> Text:
        if isinstance(text, str) and is_secret_name(name) and not _is_setting(text):
            return (self._give(workload, name, text),)
        flat = print_text(text)
        spans = [found.span(2) for found in _URL_PASSWORD.finditer(flat)]
        if not isinstance(text, str) and spans:
            text = self._hide_passwords(workload, name, text, spans)
        return map_parts(text, lambda part: self._hide_part(workload, name, part))

    def _hide_passwords(self, workload: str, name: str, text: Text, spans: list[tuple[int, int]]) -> Text:
        """Hide passwords of URLs that go on behind a reference: `amqp://user:secret@` and an address."""
        parts: list[Part] = []
        place = 0
        for part in parts_of(text):
            length = len(print_text((part,)))
            within = [(a - place, b - place) for a, b in spans if place <= a and b <= place + length]
            if isinstance(part, str):
                done = 0
                for start, end in within:
                    given = self._give(workload, f"{name}_PASSWORD", part[start:end])
                    parts += [part[done:start], given]
                    done = end
                parts.append(part[done:])
            else:
                parts.append(part)
            place += length
        return make_text(parts)

    def _hide_part(self, workload: str, name: str, part: Part) -> Text:
        if isinstance(part, SecretValue):
            value = find_secret_value(self.application, part)
            known = value if isinstance(value, str) else print_text((part,))
            called = name or f"{part.name}_{part.key}".rstrip("_").upper()
            # What is left to a store of the cluster is kept by the name that it has: this one says that it is secret.
            return (self._give(workload, called if is_secret_name(called) else f"{called}_SECRET", known),)
        if not isinstance(part, str):
            return (part,)
        pieces: list[Part] = []
        done = 0
        for found in _URL_PASSWORD.finditer(part):
            given = self._give(workload, f"{name}_PASSWORD".lstrip("_"), found[2])
            pieces += [part[done : found.start(2)], given]
            done = found.end(2)
        return make_text([*pieces, part[done:]])

    def _give(self, workload: str, name: str, value: str) -> Placeholder:
        """Give the variable that stands for a value, one for all its uses; a name that is taken gets the workload's before it."""
        if len(value) >= _OWN and value in self.names:
            known = self.names[value]
            return Placeholder(f"${{{known}}}", known)
        variable = _to_variable(name)
        number = 1
        while self.values.setdefault(variable, value) != value:
            variable = _to_variable(f"{workload}_{name}".upper()) + ("" if number == 1 else f"_{number}")
            number += 1
        self.names.setdefault(value, variable)
        return Placeholder(f"${{{variable}}}", variable)

    def cut_out(self, workload: Workload) -> Workload:
        """Mask what is known to be secret, or is a URL's password, in texts where Score puts no values in."""
        given = {value for container in workload.containers.values() for value in _find_options(container)}
        known = {value for value in self.values.values() if len(value) >= _SHORTEST} - self.said
        secrets = sorted(given | known, key=lambda value: (-len(value), value))
        pattern = re.compile(rf"(?<![A-Za-z0-9-])(?:{'|'.join(map(re.escape, secrets))})(?![A-Za-z0-9-])")

        def change(text: Text, path: Path) -> Text:
            if "variables" in path:
                return text
            masked = map_parts(text, lambda part: _mask(part, pattern if secrets else None))
            if masked != text:
                self.cut.append(path)
            return masked

        return map_workload_texts(workload, ("workloads", workload.name), change)


def _find_said(application: Application) -> Iterator[str]:
    """Give what a definition says openly as a whole: names of workloads, and values of variables that are no secrets."""
    for key, workload in application.workloads.items():
        yield key
        for container in workload.containers.values():
            for name, text in container.variables.items():
                if isinstance(text, str) and not is_secret_name(name):
                    yield text


def _is_setting(text: str) -> bool:
    """Tell whether what a secret's name is given is none: nothing, a switch, or the path of the file that holds it."""
    return text.lower() in _SWITCHES or text.startswith("/")


def _find_options(container: Container) -> Iterator[str]:
    """Give what options with the name of a secret are given: `--password X`, `--token=X`."""
    for vector in (container.command or (), container.args or ()):
        words = [word if isinstance(word, str) else "" for word in vector]
        for word, following in zip(words, [*words[1:], ""], strict=False):
            option, _, value = word.partition("=")
            if not option.startswith("--") or not is_secret_name(option):
                continue
            value = value or ("" if following.startswith("-") else following)
            if len(value) >= _SHORTEST and not value.isdigit() and not _is_setting(value):
                yield value


def _mask(part: Part, secrets: re.Pattern[str] | None) -> Text:
    if isinstance(part, SecretValue):
        return MASK
    if not isinstance(part, str):
        return (part,)
    if secrets is not None:
        part = secrets.sub(MASK, part)
    return _URL_PASSWORD.sub(rf"\1{MASK}", part)


def _to_variable(name: str) -> str:
    """Give a name as a shell allows it."""
    variable = _NOT_IN_VARIABLE.sub("_", name)
    return variable if variable and not variable[0].isdigit() else f"_{variable}"
