"""Texts as Nomad takes them: in a driver's configuration, in variables, and in templates that are rendered where they run.

Three readers follow each other. HCL is evaluated where the job is submitted; whatever is then left as `${NAME}` is looked up
by the client when the task starts: in variables only names that it knows, in a driver's configuration by HCL once more, so
that a literal `${` is written `$${` there (nomad, helper/pluginutils/hclutils). Templates are Consul Template's language.
"""

import re

from isomorph.model.origin import Path
from isomorph.model.text import (
    Address,
    ConfigurationValue,
    InstanceField,
    Output,
    Part,
    Placeholder,
    SecretValue,
    Text,
    parts_of,
    print_part,
)
from isomorph.model.workload import Container
from isomorph.platforms.nomad.writing import Names, Offer, Peer, Writing, spoken_label
from isomorph.syntax.hcl.emit import Expression, Template

Piece = str | Expression
"""What stands in a text of HCL: a literal, or what HCL or the client puts in its place."""

_RUNTIME_START = re.compile(r"[$%](?=\{)")
_LOOKED_UP = re.compile(r"\$\{([A-Za-z0-9_.-]+)\}")
_KNOWN_TO_CLIENT = ("NOMAD_", "VAULT_", "CONSUL_", "node.", "attr.", "meta.", "unique.", "env.", "secret.")
_PLAIN_VALUE = re.compile(r"[A-Za-z0-9_./:@%+,=?&~*;|()\[\]!^<>-]*")
_ENVIRONMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_./]*")
_REFERABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9]+")
_NOT_CLEAN = re.compile(r"[^A-Za-z0-9_]")  # helper.CleanEnvVar
_ENV_ESCAPE = re.compile(r'[\x00-\x1f"\\]')
_ENV_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
_DELIMITERS = (("{{", "}}"), ("[[", "]]"), ("<%", "%>"), ("((", "))"))
_SCHEMES = {
    "http": 80,
    "https": 443,
    "amqp": 5672,
    "mongodb": 27017,
    "mysql": 3306,
    "nats": 4222,
    "postgres": 5432,
    "postgresql": 5432,
    "redis": 6379,
}
_SCHEME = re.compile(r"([a-z][a-z0-9+]*)://(?:[^\s/@]*@)?$")

FIELDS: dict[str, str] = {
    "name": "NOMAD_ALLOC_NAME",
    "namespace": "NOMAD_NAMESPACE",
    "uid": "NOMAD_ALLOC_ID",
    "node": "node.unique.name",
    "ip": "attr.unique.network.ip-address",
    "host-ip": "attr.unique.network.ip-address",
}
"""What the client knows of an instance, by the model's words for it."""


class TaskTexts:
    """Writes the texts of one task; what only a template can say becomes a variable that one sets."""

    def __init__(self, writing: Writing, peer: Peer, name: str, container: Container, path: Path) -> None:
        self.writing = writing
        self.path = path
        self.peer = peer
        self._known = frozenset(container.variables)
        self._whole: dict[Part, str] = {
            text[0]: name for name, text in container.variables.items() if isinstance(text, tuple) and len(text) == 1
        }
        self.ports = writing.port_variables.get((peer.key, name), {})
        self.plain: dict[str, Piece | Template] = {}  # variables that the job itself says
        self.rendered: dict[str, list[Piece]] = {}  # those that a template says
        self.has_secrets = False
        self._names = Names()
        self._names.taken.update(container.variables)

    def add_variables(self, variables: dict[str, Text]) -> None:
        """Take all variables of the container."""
        for name, text in variables.items():
            path = (*self.path, "variables", name)
            if "\0" in name or "=" in name or not name:
                self.writing.report("lost", f"Nomad takes no variable called {name!r}", path)
            elif name in self.ports:
                workload, number = self.ports[name]
                peer = self.writing.peers[workload]
                self.rendered[name] = [self._discover(peer, peer.find_offer(number), "{{ .Port }}")]
            else:
                self._add_variable(name, text, path)

    def _add_variable(self, name: str, text: Text, path: Path) -> None:
        if not self._needs_template(text):
            self.plain[name] = join([self._in_job(part, path) for part in parts_of(text)])
        elif _ENVIRONMENT_NAME.fullmatch(name):
            self.rendered[name] = self._environment_value(text, path)
        else:
            message = f"variable {name!r} would come from a template, which takes no such name"
            self.writing.report("lost", message, path)

    def _needs_template(self, text: Text) -> bool:
        for part in parts_of(text):
            if isinstance(part, str):
                if "${" in part and any(self._is_looked_up(name) for name in _LOOKED_UP.findall(part)):
                    return True
            elif isinstance(part, Address | SecretValue) or self._is_key(part):
                return True
        return False

    def _is_looked_up(self, name: str) -> bool:
        return name in self._known or name.startswith(_KNOWN_TO_CLIENT)

    def _in_job(self, part: Part, path: Path) -> Piece:
        """Spell a part that the job itself can say."""
        if isinstance(part, str):
            return part
        if isinstance(part, InstanceField):
            field = FIELDS.get(part.field)
            if field is None:
                self.writing.lose("variable.field", path, f"{print_part(part)} is left empty")
                return ""
            return Expression(field)
        return self._ask(part, path)

    def _ask(self, part: Part, path: Path) -> Piece:
        """Leave a part to whoever runs the job."""
        if isinstance(part, Placeholder):
            return Expression(f"var.{self.writing.use_variable(part.variable)}") if part.variable else part.expression
        if isinstance(part, Output):
            wish = f"{part.dependency.rpartition('#')[2] or part.dependency}_{part.output}"
        else:
            wish = getattr(part, "key", "") or getattr(part, "name", "value")
        name = self.writing.use_variable(_NOT_IN_NAME.sub("_", wish))
        self.writing.report("approximated", f"{path[1]}: the job's variable {name} is to be given when it is run", path)
        return Expression(f"var.{name}")

    def in_config(self, text: Text, path: Path) -> Piece | Template:
        """Spell a text of the driver's configuration, which the client evaluates once more."""
        pieces: list[Piece] = []
        for part in parts_of(text):
            if isinstance(part, str):
                pieces.append(_RUNTIME_START.sub(r"\g<0>\g<0>", part))
                continue
            rendered = isinstance(part, Address | SecretValue) or self._is_key(part)
            before = pieces[-1] if pieces else ""
            if isinstance(before, str) and before.endswith("$") and (rendered or isinstance(part, InstanceField)):
                # With the dollar in front of it the reference would be a literal: it comes with the value.
                literal = before.rstrip("$")
                pieces[-1] = literal
                pieces.append(Expression(self._variable_for(part, pieces, path, before[len(literal) :])))
            elif rendered:
                pieces.append(Expression(self._variable_for(part, pieces, path)))
            else:
                pieces.append(self._in_job(part, path))
        return join(pieces)

    def _variable_for(self, part: Part, before: list[Piece], path: Path, dollars: str = "") -> str:
        """Give the variable that a template sets to what stands in the configuration."""
        if isinstance(part, Address):
            port = _scheme_port(before)
            if part.port is None and port is not None:
                part = Address(part.workload, part.name, port)
        if dollars:
            joined = self._names.give(self._name_for(part), "_")
            self.rendered[joined] = self._environment_value((dollars, part), path)
            return joined
        name = self._whole.get(part)
        if name is None or not _REFERABLE.fullmatch(name):
            name = self._whole[part] = self._names.give(self._name_for(part), "_")
        if name not in self.rendered:
            self.rendered[name] = self._environment_value((part,), path)
        return name

    def _name_for(self, part: Part) -> str:
        """Name a variable after what it holds; the client's own begin with NOMAD."""
        if isinstance(part, SecretValue):
            words = self.writing.find_item(part.name, part.key)[1]
        else:
            words = print_part(part).strip("${}").removeprefix("configuration ")
        name = _NOT_IN_NAME.sub("_", words).strip("_").upper()
        name = f"{name}_ADDRESS" if isinstance(part, Address) else name
        return name if name[:1].isalpha() and not name.startswith(_KNOWN_TO_CLIENT) else f"VALUE_{name}"

    def _environment_value(self, text: Text, path: Path) -> list[Piece]:
        """Spell a value as the parser of rendered variables takes it: quoted wherever that matters."""
        parts = parts_of(text)
        if all(_PLAIN_VALUE.fullmatch(part) for part in parts if isinstance(part, str)):
            return self.render(text, path, variable="bare")
        return ['"', *self.render(text, path, variable="quoted"), '"']

    def render(self, text: Text, path: Path, *, variable: str = "", left: str = "{{", right: str = "}}") -> list[Piece]:
        """Spell a text in the language of templates; `variable`: as the value of one, in quotes or bare.

        A secret may be any text, so that one in a variable brings quotes and escapes of its own.
        """
        pieces: list[Piece] = []
        parts = parts_of(text)
        for index, part in enumerate(parts):
            if isinstance(part, str):
                literal = _ENV_ESCAPE.sub(_escape_in_env, part) if variable == "quoted" else part
                pieces.append(_escape_delimiter(literal, left, right, before_action=index + 1 < len(parts)))
            elif isinstance(part, Address):
                before = parts[index - 1] if index else ""
                pieces.append(_with_delimiters(self._address(part, before, path), left, right))
            elif isinstance(part, SecretValue) or self._is_key(part):
                item = _with_delimiters(self._item(part, bool(variable)), left, right)
                pieces.append(f'"{item}"' if variable == "quoted" else item)
            elif isinstance(part, InstanceField) and part.field in FIELDS:
                field = FIELDS[part.field]
                pieces.append(f'{left} env "{field}" {right}' if field.startswith("NOMAD_") else Expression(field))
            else:
                pieces.append(self._in_job(part, path))
        return pieces

    def _address(self, address: Address, before: Part, path: Path) -> str:
        peer = self.writing.peers.get(address.workload)
        number = address.port
        if number is None:
            number = _scheme_port([before] if isinstance(before, str) else [])
        offer = peer.find_offer(number) if peer is not None else None
        if peer is None or offer is None:
            message = f"{path[1]}: nothing offers {print_part(address)}; it is written as it stands"
            self.writing.report("lost", message, path)
            return print_part(address)
        if peer is self.peer:  # Registered only once it runs, and known to itself before.
            label = _NOT_CLEAN.sub("_", spoken_label(offer))
            return f'{{{{ env "NOMAD_{"IP" if number is None else "ADDR"}_{label}" }}}}'
        return self._discover(peer, offer, "{{ .Address }}" if number is None else "{{ .Address }}:{{ .Port }}")

    def _discover(self, peer: Peer, offer: Offer | None, inner: str) -> str:
        """Ask for a service; one of several instances is chosen, the same as long as it is there."""
        function = "service" if self.writing.consul else "nomadService"
        service = offer.service if offer is not None else peer.service
        scale = peer.workload.scale
        if scale.replicas in (None, 1) and scale.maximum in (None, 1) and peer.workload.kind.value != "daemon":
            return f'{{{{ range {function} "{service}" }}}}{inner}{{{{ end }}}}'
        if self.writing.consul:
            return f'{{{{ with {function} "{service}" }}}}{{{{ with index . 0 }}}}{inner}{{{{ end }}}}{{{{ end }}}}'
        return f'{{{{ range {function} 1 (env "NOMAD_ALLOC_ID") "{service}" }}}}{inner}{{{{ end }}}}'

    def _is_key(self, part: Part) -> bool:
        """Tell whether a part is a key of Consul's store, as a job of Nomad has it."""
        return isinstance(part, ConfigurationValue) and self.writing.from_nomad and not part.key

    def _item(self, part: Part, json: bool) -> str:
        pipe = " | toJSON" if json else ""
        if not isinstance(part, SecretValue):
            return f'{{{{ key "{getattr(part, "name", "")}"{pipe} }}}}'
        self.has_secrets = True
        if ("secrets", part.name) in self.writing.vaults:
            field = f".Data.data.{part.key}" if "/data/" in part.name else f".Data.{part.key}"
            return f'{{{{ with secret "{part.name}" }}}}{{{{ {field}{pipe} }}}}{{{{ end }}}}'
        where, item = self.writing.find_item(part.name, part.key)
        return f'{{{{ with nomadVar "{where}" }}}}{{{{ .{item}{pipe} }}}}{{{{ end }}}}'


def choose_delimiters(text: Text) -> tuple[str, str]:
    """Give the delimiters of a template whose literals hold none of them; the usual ones where they all do."""
    literals = [part for part in parts_of(text) if isinstance(part, str)]
    return next((pair for pair in _DELIMITERS if not any(pair[0] in literal for literal in literals)), _DELIMITERS[0])


def join(pieces: list[Piece]) -> Piece | Template:
    """Give pieces as a plain text, where nothing else is in them."""
    if all(isinstance(piece, str) for piece in pieces):
        return "".join(str(piece) for piece in pieces)
    return Template(tuple(pieces))


def scheme_port(before: str) -> int | None:
    """Give the port that a URL means which names none, from what stands before its host."""
    found = _SCHEME.search(before)
    return _SCHEMES.get(found[1].partition("+")[0]) if found else None


def _scheme_port(before: list[Piece] | list[str]) -> int | None:
    last = before[-1] if before else ""
    return scheme_port(last) if isinstance(last, str) else None


def _with_delimiters(text: str, left: str, right: str) -> str:
    return text if left == "{{" else text.replace("{{", left).replace("}}", right)


def _escape_delimiter(literal: str, left: str, right: str, *, before_action: bool) -> str:
    """Spell a literal so that no action begins in it: nor with its last character, together with the action that follows."""
    escaped = literal.replace(left, f'{left} "{left}" {right}')
    if before_action and escaped.endswith(left[0]) and left[0] == left[1]:
        return f'{escaped[:-1]}{left} "{left[0]}" {right}'
    return escaped


def _escape_in_env(match: re.Match[str]) -> str:
    found = match[0]
    return _ENV_ESCAPES.get(found) or f"\\u{ord(found):04x}"
