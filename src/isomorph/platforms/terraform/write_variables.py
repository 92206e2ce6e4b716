"""What a configuration does not know by itself: variables for secrets and for what is not settled, outputs of modules.

Before Kubernetes' writer sees a definition, each of these becomes a mark (write_marks.py). The value of a secret is in no
file but the one of variables, which only its owner may read.
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from isomorph.model.application import Application, Definition, Dependency, Secret
from isomorph.model.normalise import map_texts
from isomorph.model.secrecy import is_secret_name
from isomorph.model.text import Address, Output, Part, Placeholder, SecretValue, Text, map_parts
from isomorph.model.workload import Binary
from isomorph.platforms.terraform.write_marks import Marks, Parts, is_open
from isomorph.platforms.terraform.write_names import Document, UniqueLabels, to_label
from isomorph.syntax.hcl.emit import Block, Expression, is_identifier


class Variable:
    """One variable: whether its value is secret, and the value where it is known."""

    __slots__ = ("secret", "value")

    def __init__(self, value: Any = None, *, secret: bool = False) -> None:
        self.value = value
        self.secret = secret


class Variables:
    """The variables of one output, by their names."""

    def __init__(self) -> None:
        self._labels = UniqueLabels()
        self._settled: dict[str, str] = {}
        self.found: dict[str, Variable] = {}

    def add_secret(self, wanted: str, value: Any) -> str:
        """Make a variable for a secret value, None where it is not known; gives its expression."""
        name = self._labels.take("", to_label(wanted, "secret"))
        self.found[name] = Variable(value, secret=True)
        return f"var.{name}"

    def add(self, wanted: str, value: Any) -> str:
        """Make a variable; gives its expression."""
        name = self._labels.take("", to_label(wanted, "value"))
        self.found[name] = Variable(value)
        return f"var.{name}"

    def use(self, name: str) -> str:
        """Give the expression of a variable that the definition itself left open."""
        known = self._settled.get(name)
        if known is None:
            known = self._settled[name] = self._labels.take("", to_label(name, "value"))
            self.found[known] = Variable(secret=is_secret_name(name))
        return f"var.{known}"

    def to_blocks(self) -> list[Block]:
        """Give the declarations."""
        return [
            Block("variable", (name,), [{"type": Expression("string"), **({"sensitive": True} if each.secret else {})}])
            for name, each in self.found.items()
        ]


class Opening:
    """Puts marks into a definition, for whatever stands for an expression."""

    def __init__(self, definition: Definition, marks: Marks, variables: Variables, modules: dict[str, str]) -> None:
        self._definition = definition
        self._application = definition.application
        self._marks = marks
        self._variables = variables
        self._modules = modules  # the label of its module block, by the uid of a dependency
        self.made: dict[str, Secret] = {}
        self.used: dict[str, dict[str, None]] = {}
        self._texts: dict[str, Text] = {}

    def open(self) -> Definition:
        """Give the definition as Kubernetes' writer takes it."""
        application = map_texts(self._application, lambda text, _path: map_parts(text, self._open_part))
        secrets = {name: self._open_secret(name, secret) for name, secret in self._application.secrets.items()}
        configurations = {
            name: replace(each, values={key: self._open_value(value) for key, value in each.values.items()})
            for name, each in self._application.configurations.items()
        }
        dependencies = {uid: each for uid, each in self._application.dependencies.items() if uid not in self._modules}
        application = replace(
            application,
            secrets={**secrets, **self.made},
            configurations=configurations,
            dependencies=dependencies,
        )
        return replace(self._definition, application=application)

    def settle(self, spell: Callable[[Text], str]) -> None:
        """Give the variables of secrets, whose texts hold addresses, their values: peers have their names by now."""
        for name, text in self._texts.items():
            self._variables.found[name].value = spell(text)

    def _open_value(self, value: Text | Binary | None) -> Text | Binary | None:
        return value if value is None or isinstance(value, Binary) else map_parts(value, self._open_part)

    def _open_part(self, part: Part) -> Text:
        expression = self._expression_of(part)
        if expression is None:
            return part if isinstance(part, str) else (part,)
        if isinstance(part, Output) and is_secret_name(part.output):
            name = self._to_secret(part)
            return (SecretValue(name, part.output),)
        return self._marks.mark(expression)

    def _expression_of(self, part: Part) -> str | None:
        """Give the expression that a reference is, or None for what Kubernetes has words for, or nobody."""
        if isinstance(part, Output):
            label = self._modules.get(part.dependency)
            if label is None or not is_identifier(part.output):
                return None
            self.used.setdefault(part.dependency, {})[part.output] = None
            return f"module.{label}.{part.output}"
        if isinstance(part, Placeholder) and part.variable and is_identifier(part.variable):
            return self._variables.use(part.variable)
        return None

    def _to_secret(self, part: Output) -> str:
        """Give the Secret that carries secret outputs of a module to the Pods that use them."""
        label = self._modules[part.dependency]
        name = label.replace("_", "-").strip("-").lower()
        while name in self._application.secrets:
            name = f"{name}-outputs"
        made = self.made.setdefault(name, Secret())
        made.values.setdefault(part.output, self._marks.mark(f"module.{label}.{part.output}"))
        return name

    def _open_secret(self, name: str, secret: Secret) -> Secret:
        """Put variables in the place of a secret's values; what only bytes can say stays, and becomes one later."""
        if secret.external:
            return secret
        values: dict[str, Text | Binary | None] = {}
        for key, value in secret.values.items():
            wanted = f"{name}_{key}" if key else name
            values[key] = value if isinstance(value, Binary) else self._open_secret_text(wanted, value)
        return replace(secret, values=values)

    def _open_secret_text(self, wanted: str, value: Text | None) -> Text:
        if value is None or isinstance(value, str):
            return self._marks.mark(self._variables.add_secret(wanted, value))
        if all(isinstance(part, str | Address) for part in value):
            expression = self._variables.add_secret(wanted, None)
            self._texts[expression.removeprefix("var.")] = value
            return self._marks.mark(expression)
        pieces: list[Part] = []
        for part in value:
            if isinstance(part, str):
                pieces.append(self._marks.mark(self._variables.add_secret(wanted, part)))
            else:
                known = self._expression_of(part)
                pieces.append(part if known is None else self._marks.mark(known))
        return tuple(pieces)


def open_document(document: Document, marks: Marks, variables: Variables) -> Document:
    """Give a Secret as the provider has it, texts under `data` and bytes under `binaryData`, each value a variable's."""
    body = {key: value for key, value in document.items() if key not in ("data", "stringData")}
    name = str(_mapping(document.get("metadata")).get("name", ""))
    texts: dict[str, str] = {}
    binary: dict[str, str] = {}
    for key, value in _mapping(document.get("data")).items():
        decoded = "" if value is None else _decode(value)
        if decoded is None:
            binary[key] = marks.mark(variables.add_secret(f"{name}_{key}", str(value)))
        else:
            texts[key] = decoded
    texts |= {str(key): str(value) for key, value in _mapping(document.get("stringData")).items() if value is not None}
    for key, value in texts.items():
        parts: Parts = marks.split(value)
        if not is_open(parts):
            texts[key] = marks.mark(variables.add_secret(f"{name}_{key}", value))
    return {**body, **({"data": texts} if texts else {}), **({"binaryData": binary} if binary else {})}


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _decode(value: Any) -> str | None:
    """Give the text that base64 stands for, None where it is none or cannot be decoded."""
    from binascii import Error, a2b_base64

    try:
        return a2b_base64(str(value), strict_mode=True).decode("utf-8")
    except (Error, ValueError):
        return None


def find_open(application: Application) -> dict[str, Dependency]:
    """Give the dependencies that nothing in an application realises."""
    return {
        uid: dependency
        for uid, dependency in application.dependencies.items()
        if dependency.realisation is None or dependency.realisation not in application.workloads
    }
