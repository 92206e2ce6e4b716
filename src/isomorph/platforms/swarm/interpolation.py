"""Variables in a stack file: an older grammar than docker compose has, in which a lone dollar is none and defaults are literal.

Source: docker/cli, cli/compose/template/template.go.
"""

import re

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.model.text import Part, Text, make_text, parts_of
from isomorph.platforms.compose.interpolation import Substitution

_NAME = "[_a-zA-Z][_a-zA-Z0-9]*"
_REFERENCE = re.compile(
    rf"\$(?:(?P<escaped>\$)|(?P<named>{_NAME})|\{{(?P<braced>{_NAME}(?::?[-?][^}}]*)?)\}}|(?P<invalid>))"
)
_OPERATORS = (":-", "-", ":?", "?")
"""In the order in which they are looked for, anywhere in the braces."""


class StackSubstitution(Substitution):
    """Substitutes variables as `docker stack deploy` does."""

    def substitute(self, text: str, origin: Origin, depth: int = 0) -> Text:
        """Give a text with its variables substituted; raises InvalidInput for what is no reference to one."""
        parts: list[Part] = []
        done = 0
        for match in _REFERENCE.finditer(text):
            parts.append(text[done : match.start()])
            done = match.end()
            if match["escaped"]:
                parts.append("$")
            elif match["named"]:
                parts.extend(parts_of(self.value_of(match["named"], match.group(), origin)))
            elif match["braced"]:
                parts.extend(parts_of(self.expand(match["braced"], origin, depth)))
            else:
                raise InvalidInput(
                    f"{text[match.start() :][:60]!r} is no reference to a variable that `docker stack deploy` knows",
                    origin,
                    "write `$$` for a dollar sign, or ${NAME}, ${NAME:-default}, ${NAME:?message}",
                )
        return make_text([*parts, text[done:]])

    def expand(self, expression: str, origin: Origin, depth: int) -> Text:
        """Give what stands for the inside of `${…}`; a default is taken as it stands."""
        whole = "${" + expression + "}"
        operator = next((each for each in _OPERATORS if each in expression), "")
        name, _, rest = expression.partition(operator) if operator else (expression, "", "")
        found = self.lookup(name)
        if not operator or (found is not None and (operator[0] != ":" or found[0] != "")):
            return self.value_of(name, whole, origin)
        if operator[-1] == "?":
            reason = f": {rest}" if rest else ""
            raise InvalidInput(f"variable {name} must be set{reason}", origin, f"set {name} in the shell")
        return rest
