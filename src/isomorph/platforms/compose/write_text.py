"""Texts as Compose spells them: every literal dollar doubled, addresses under the names and ports that Compose peers reach.

Compose interpolates every value of the file (https://docs.docker.com/reference/compose-file/interpolation/), so a dollar
that is meant is written twice; keys are not interpolated.
"""

import re
from collections.abc import Mapping

from msgspec.structs import replace

from isomorph.model.application import Application, Secret
from isomorph.model.image import Image
from isomorph.model.text import (
    Address,
    ConfigurationValue,
    InstanceField,
    Output,
    Part,
    Placeholder,
    SecretValue,
    Text,
    print_part,
)
from isomorph.platforms.compose.naming import Names

_DOLLAR = re.compile(r"\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\})?")
_OF_THE_SHELL = frozenset(("HOME", "HOSTNAME", "LANG", "LOGNAME", "PATH", "PWD", "SHELL", "TERM", "TMPDIR", "USER"))
"""What every shell sets, and would set over the env file's values."""
_NOT_IN_VARIABLE = re.compile(r"[^A-Za-z0-9]+")


def escape(text: str) -> str:
    """Double every dollar of a literal."""
    return text.replace("$", "$$") if "$" in text else text


class TextWriter:
    """Writes the texts of one application; remembers which references Compose had no word for."""

    def __init__(
        self,
        application: Application,
        unset: frozenset[str] = frozenset(),
        with_secrets: bool = False,
        fields: Mapping[str, str] | None = None,
    ) -> None:
        self.application = application
        self.unset = unset  # variables that the Compose files which were read leave open
        self.with_secrets = with_secrets
        self.fields = fields or {}  # how what only the running instance knows is spelled
        self.settled: dict[str, str] = {}  # values of secrets by their variables: what the env file says
        self.service_names: dict[str, str] = {}  # of the service that owns a workload's network, by workload
        self.reachable: dict[str, frozenset[str]] = {}  # names under which a workload is reached, by workload
        self._variables: dict[Part, str] = {}
        self._names = Names()
        self._shared: dict[tuple[str, str], str] = {}  # variables by the names wished for and their values
        self.unsaid: list[tuple[Part, str]] = []  # references that became a variable of the shell, with its name

    def print(self, text: Text) -> str:
        """Spell a text; a reference that Compose cannot say becomes a variable of the shell, kept in `unsaid`."""
        if isinstance(text, str):
            return text.replace("$", "$$") if "$" in text else text
        words: list[str] = []
        for index, part in enumerate(text):
            if isinstance(part, str):
                words.append(escape(part))
            elif isinstance(part, Address):
                following = text[index + 1] if index + 1 < len(text) else ""
                has_port = isinstance(following, str) and following.startswith(":")  # One that is not known here.
                words.append(self._print_address(part, words[-1] if words and not has_port else ""))
            else:
                words.append(self.print_reference(part))
        return "".join(words)

    def plain(self, text: str) -> str:
        """Spell a value that the model holds as a string; a variable that Compose left unset stands in it as written."""
        if "$" not in text:
            return text
        if not self.unset:
            return text.replace("$", "$$")
        return _DOLLAR.sub(lambda match: match[0] if match[1] in self.unset else f"${match[0]}", text)

    def print_reference(self, part: Part) -> str:
        """Spell one reference."""
        if isinstance(part, Address):
            return self._print_address(part)
        if isinstance(part, InstanceField) and part.field in self.fields:
            return self.fields[part.field]
        if isinstance(part, Placeholder):
            expression = part.expression
            return expression if expression.startswith("${") and expression.endswith("}") else escape(expression)
        name, settled = self.name_variable(part)
        if not settled:
            self.unsaid.append((part, name))
        return f"${{{name}}}"

    def name_variable(self, part: Part) -> tuple[str, bool]:
        """Name the variable that stands for a reference, and tell whether the env file holds its value."""
        if isinstance(part, SecretValue | ConfigurationValue) and part.optional:
            part = replace(part, optional=False)
        name = self._variables.get(part)
        if name is None:
            wish, value = variable_name(part), self._known_value(part)
            name = self._shared.get((wish, value)) if value is not None else None
            if name is None:
                name = self._names.give(wish, "_")
            self._variables[part] = name
            if value is not None:
                self._shared[wish, value] = name
                if self.with_secrets:
                    self.settled[name] = value
        return name, name in self.settled

    def _known_value(self, part: Part) -> str | None:
        secret = self.application.secrets.get(part.name) if isinstance(part, SecretValue) else None
        if secret is None or not isinstance(part, SecretValue):
            return None
        value = secret.values.get(part.key)
        if value is None and not part.key and len(secret.values) == 1:  # The whole secret is its one value.
            value = next(iter(secret.values.values()))
        return value if isinstance(value, str) else None

    def _print_address(self, address: Address, before: str = "") -> str:
        """Compose peers reach the port that the container listens on, whatever its number is elsewhere."""
        names = self.reachable.get(address.workload, frozenset())
        name = address.name if address.name in names else self.service_names.get(address.workload, address.name)
        number = address.port
        if number is None:
            number = _scheme_port(before)
            landing = self._landing_port(address.workload, number)
            return name if landing == number else f"{name}:{landing}"
        return f"{name}:{self._landing_port(address.workload, number)}"

    def _landing_port(self, name: str, number: int | None) -> int | None:
        workload = self.application.workloads.get(name)
        if workload is not None and number is not None:
            for port in workload.ports.values():
                if port.number == number:
                    return port.target
        return number

    def print_image(self, image: Image) -> str:
        """Spell an image reference."""
        text = self.print(image.repository)
        if image.registry is not None:
            text = f"{self.print(image.registry)}/{text}"
        if image.tag is not None:
            text = f"{text}:{self.print(image.tag)}"
        return f"{text}@{image.digest}" if image.digest else text


def _scheme_port(before: str) -> int | None:
    """Give the port that a URL means which names none."""
    if before.endswith("http://"):
        return 80
    return 443 if before.endswith("https://") else None


def is_variable(name: str, secret: Secret) -> bool:
    """Tell whether a secret is known only as a variable of an env file's marked block."""
    return secret.provisioned and "" in secret.values and variable_name(SecretValue(name)) == name


def variable_name(part: Part) -> str:
    """Name the variable of the shell that stands for a reference: `db` and `password` give `DB_PASSWORD`."""
    match part:
        case SecretValue(name, key) | ConfigurationValue(name, key):
            words = f"{name}_{key}"
        case Output(dependency, output):
            words = f"{dependency.rpartition('#')[2] or dependency}_{output}"
        case InstanceField(field):
            words = field
        case _:
            words = print_part(part)
    name = _NOT_IN_VARIABLE.sub("_", words).strip("_").upper()
    if isinstance(part, SecretValue) and (name in _OF_THE_SHELL or name.startswith(("COMPOSE_", "DOCKER_"))):
        return f"SECRET_{name}"
    return name if name and not name[0].isdigit() else f"_{name}"
