"""The parameters of Templates: their values, and which of them nothing here settles.

Source: https://docs.openshift.com/container-platform/latest/openshift_images/using-templates.html, and for what that leaves
open the processor itself, github.com/openshift/library-go, pkg/template/templateprocessing.
"""

import re

from isomorph.model.errors import InvalidInput, UsageError
from isomorph.model.origin import Origin
from isomorph.platforms.context import Context, Source
from isomorph.platforms.kubernetes.fields import boolean_at, mappings_at, required_text, text_at
from isomorph.platforms.kubernetes.reading import Reading
from isomorph.platforms.openshift.known import PARAMETER
from isomorph.syntax.tree import Mapping

NAME = re.compile(r"[A-Za-z0-9_]+")


class Parameter:
    """One parameter: its value (None where nothing here settles it), where that is written, and whether anything uses it."""

    __slots__ = ("generated", "is_used", "name", "origin", "value")

    def __init__(self, name: str, value: str | None, origin: Origin, generated: bool) -> None:
        self.name = name
        self.value = value
        self.origin = origin
        self.generated = generated
        self.is_used = False


class Given:
    """The values that the caller gives: by `param`, and by files of lines NAME=VALUE; which of them a template took."""

    __slots__ = ("files", "places", "taken", "values")

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.places: dict[str, Origin | None] = {}
        self.files: list[str] = []
        self.taken: set[str] = set()

    def add(self, text: str, origin: Origin | None) -> None:
        """Add NAME=VALUE; raises UsageError or InvalidInput for anything else."""
        name, equals, value = text.partition("=")
        if not equals or not NAME.fullmatch(name):
            if origin is None:
                raise UsageError(f"{text!r} gives no parameter; write param=NAME=VALUE")
            raise InvalidInput("this line gives no parameter", origin, "write NAME=VALUE")
        self.values[name] = value
        self.places[name] = origin

    def finish(self, known: set[str]) -> None:
        """Refuse values that no template has a parameter for, as `oc process` does."""
        for name in self.values:
            if name not in self.taken:
                hint = f"there are {', '.join(sorted(known))}" if known else "no template is in this definition"
                origin = self.places[name]
                if origin is None:
                    raise UsageError(f"no template has a parameter {name}; {hint}")
                raise InvalidInput(f"no template has a parameter {name}", origin, hint)


def read_given(source: Source, context: Context) -> Given:
    """Read what the options `param-file` and `param` give; a `param` counts more, of several the last."""
    given = Given()
    for path in source.options.get("param-file", ()):
        given.files.append(path)
        content = context.read_input(path, what="file of parameters")
        try:
            lines = content.decode("utf-8-sig").splitlines()
        except UnicodeDecodeError:
            raise InvalidInput("this file of parameters is no text in UTF-8", Origin(path)) from None
        for number, line in enumerate(lines, 1):
            if line.strip() and not line.lstrip().startswith("#"):
                given.add(line.strip(), Origin(path, number))
    for text in source.options.get("param", ()):
        given.add(text, None)
    return given


def read_parameters(root: Mapping, given: Given, reading: Reading) -> dict[str, Parameter]:
    """Read the parameters of a template."""
    found: dict[str, Parameter] = {}
    for node in mappings_at(root, "parameters"):
        reading.check_known(node, PARAMETER)
        name = required_text(node, "name", "this parameter")
        if not NAME.fullmatch(name):
            raise InvalidInput(
                f"{name!r} is no name of a parameter",
                node.entries["name"].origin,
                "use letters, digits and underscores",
            )
        found[name] = _read_parameter(node, name, given)
    return found


def _read_parameter(node: Mapping, name: str, given: Given) -> Parameter:
    own = text_at(node, "value")
    origin = node.entries["value"].origin if own else node.entries["name"].origin
    if name in given.values:
        given.taken.add(name)
        place = given.places[name]
        value = given.values[name]
        if value:
            return Parameter(name, value, origin if place is None else place, False)
        own, origin = "", origin if place is None else place
    generator = text_at(node, "generate")
    if own:
        return Parameter(name, own, origin, False)
    if generator:
        if generator != "expression":
            raise InvalidInput(
                f"{generator!r} makes no values of parameters", node.entries["generate"].origin, "write `expression`"
            )
        return Parameter(name, None, origin, True)
    if boolean_at(node, "required"):
        return Parameter(name, None, origin, False)
    return Parameter(name, "", origin, False)  # What is not required and has no value is empty.


def tell_unresolved(parameters: dict[str, Parameter], reading: Reading) -> None:
    """Tell the parameters without a value on which something depends."""
    for parameter in parameters.values():
        if parameter.value is None and parameter.is_used:
            why = "is made up when the template is processed" if parameter.generated else "is required and has no value"
            reading.say(
                "unset-variable",
                f"parameter {parameter.name} {why}; what depends on it is unresolved"
                f" (give it by the option param={parameter.name}=VALUE)",
                parameter.origin,
            )
