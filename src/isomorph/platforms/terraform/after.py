"""What is known after an apply: the resources of a plan or a state, by their addresses.

Three forms are read: `terraform show -json` of a plan and of a state
(https://developer.hashicorp.com/terraform/internals/json-format), and a state file of version 4. Sensitive values become
references to secrets; what a plan does not know yet is a placeholder.
"""

import msgspec

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.model.text import SecretValue
from isomorph.platforms.context import Context
from isomorph.platforms.terraform.module import OutputValue, Resource, Step
from isomorph.platforms.terraform.sensitive import Secrets
from isomorph.syntax.encoding import decode
from isomorph.syntax.hcl.body import Interpolated
from isomorph.syntax.hcl.values import attribute_of, print_key
from isomorph.syntax.jsontext import parse_json
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence

_VERSION = 4
_ALL = Scalar(Origin("-"), True, "true")


class After(msgspec.Struct, eq=False):
    """What one file says: resources by address, outputs, and the values that variables had."""

    file: str
    resources: dict[str, Resource] = {}
    outputs: dict[str, OutputValue] = {}
    variables: dict[str, Node] = {}

    def keys_of(self, address: str) -> list[str | int]:
        """Give the keys of the instances of a block, in their order."""
        found = [each.key for each in self.resources.values() if each.key is not None and _block(each) == address]
        return sorted(found, key=lambda key: (isinstance(key, str), key))


def _block(resource: Resource) -> str:
    return resource.address[: -len(f"[{print_key(resource.key)}]")] if resource.key is not None else resource.address


def read_after(path: str, context: Context, secrets: Secrets) -> After:
    """Read a plan or a state; raises InvalidInput for a file that is neither."""
    content = context.read_input(path, what="plan or state")
    file = "<stdin>" if path == "-" else path
    if content.startswith(b"PK\x03\x04"):
        message = "this is a plan as Terraform keeps it for itself"
        raise InvalidInput(message, Origin(file), "write `terraform show -json PLAN > plan.json`, and give that")
    roots = parse_json(decode(content, file), file)
    root = roots[0] if len(roots) == 1 else None
    if isinstance(root, Mapping):
        reader = _Reader(After(file), secrets)
        if "planned_values" in root:
            return reader.plan(root)
        if "format_version" in root:
            return reader.shown(root)
        if "version" in root and ("resources" in root or "serial" in root):
            return reader.state_file(root)
    hint = "give the output of `terraform show -json`, or a terraform.tfstate"
    raise InvalidInput("neither a plan nor a state of Terraform", Origin(file), hint)


class _Reader:
    """Reads one file."""

    def __init__(self, after: After, secrets: Secrets) -> None:
        self.after = after
        self.secrets = secrets

    def plan(self, root: Mapping) -> After:
        """Read `terraform show -json PLAN`; data sources that were read stand in its prior state."""
        unknown = {}
        for change in _mappings(root.get("resource_changes")):
            inner = change.get("change")
            if isinstance(inner, Mapping):
                unknown[_text(change, "address")] = inner.get("after_unknown")
        planned = _inner(root, "planned_values")
        self.outputs(planned)
        self.modules(_inner(planned, "root_module"), unknown)
        self.modules(_inner(root, "prior_state", "values", "root_module"), {}, only="data")
        for name, variable in _inner(root, "variables").items():
            if isinstance(variable, Mapping) and (value := variable.get("value")) is not None:
                self.after.variables[name] = value
        return self.after

    def shown(self, root: Mapping) -> After:
        """Read `terraform show -json` of a state."""
        values = _inner(root, "values")
        self.outputs(values)
        self.modules(_inner(values, "root_module"), {})
        return self.after

    def outputs(self, values: Mapping) -> None:
        for name, output in _inner(values, "outputs").items():
            if isinstance(output, Mapping):
                self.output(name, output)

    def output(self, name: str, output: Mapping) -> None:
        sensitive = _is_true(output.get("sensitive"))
        value = output.get("value")
        if value is not None:
            node = self.mark(value, _ALL if sensitive else None, None, f"output.{name}", ())
            self.after.outputs[name] = OutputValue(name, node, value.origin, sensitive)

    def modules(self, root: Mapping, unknown: dict[str, Node | None], only: str = "") -> None:
        """Take the resources of a module and of those below it."""
        waiting = [root]
        while waiting:
            module = waiting.pop(0)
            waiting += _mappings(module.get("child_modules"))
            for each in _mappings(module.get("resources")):
                address = _text(each, "address")
                if not only or (_text(each, "mode") == only and address not in self.after.resources):
                    self.add(each, address, _text(module, "address"), unknown.get(address))

    def add(self, each: Mapping, address: str, module: str, unknown: Node | None) -> None:
        key = each.get("index")
        values = each.get("values")
        body = self.mark(values, each.get("sensitive_values"), unknown, address, ()) if values is not None else None
        self.after.resources[address] = Resource(
            mode=_text(each, "mode"),
            type=_text(each, "type"),
            name=_text(each, "name"),
            address=address,
            body=body if isinstance(body, Mapping) else Mapping(each.origin, {}, {}),
            origin=each.origin,
            module=module,
            key=_key(key),
            provider=_text(each, "provider_name"),
            from_state=True,
        )

    def state_file(self, root: Mapping) -> After:
        """Read a terraform.tfstate."""
        version = root["version"]
        if not isinstance(version, Scalar) or version.value != _VERSION:
            message = f"a state file of version {version.text[:10] if isinstance(version, Scalar) else '?'}"
            raise InvalidInput(message, version.origin, f"version {_VERSION} is read: `terraform apply` writes it anew")
        self.outputs(root)
        for each in _mappings(root.get("resources")):
            for instance in _mappings(each.get("instances")):
                if "deposed" not in instance:
                    self.instance(each, instance)
        return self.after

    def instance(self, each: Mapping, instance: Mapping) -> None:
        module, mode = _text(each, "module"), _text(each, "mode")
        key = _key(instance.get("index_key"))
        words = [module, "" if mode == "managed" else mode, _text(each, "type"), _text(each, "name")]
        address = ".".join(word for word in words if word) + ("" if key is None else f"[{print_key(key)}]")
        values = _without_types(instance.get("attributes"))
        marks = _to_marks(instance.get("sensitive_attributes"))
        body = self.mark(values, marks, None, address, ()) if values is not None else None
        self.after.resources[address] = Resource(
            mode=mode,
            type=_text(each, "type"),
            name=_text(each, "name"),
            address=address,
            body=body if isinstance(body, Mapping) else Mapping(instance.origin, {}, {}),
            origin=instance.origin,
            module=module,
            key=key,
            provider=_text(each, "provider"),
            from_state=True,
        )

    def mark(
        self, node: Node, sensitive: Node | None, unknown: Node | None, address: str, path: tuple[Step, ...]
    ) -> Node:
        """Copy a value: what `sensitive` marks becomes secrets, what `unknown` marks placeholders."""
        if _is_true(unknown):
            pending = attribute_of(address, path)
            text = f"${{{address}}}"
            return Interpolated(node.origin, text, text, False, parts=pending.parts)
        if isinstance(node, Mapping):
            unset = [key for key in unknown if key not in node] if isinstance(unknown, Mapping) else []
            absent = {key: unknown.entries[key] for key in unset} if isinstance(unknown, Mapping) else {}
            entries: dict[str, Node] = {}
            for key, value in node.items():
                entries[key] = self.mark(value, _below(sensitive, key), _below(unknown, key), address, (*path, key))
            for key, value in absent.items():
                if _is_true(value):
                    entries[key] = self.mark(Scalar(node.origin, None, ""), None, value, address, (*path, key))
            keys = {key: node.keys.get(key) or Scalar(node.origin, key, key) for key in entries}
            return Mapping(node.origin, entries, keys)
        if isinstance(node, Sequence):
            items = [
                self.mark(item, _below(sensitive, number), _below(unknown, number), address, (*path, number))
                for number, item in enumerate(node)
            ]
            return Sequence(node.origin, items)
        if sensitive is not None and isinstance(sensitive, Scalar) and _is_true(sensitive) and isinstance(node, Scalar):
            return self.secrets.hide(node, address, path)
        return node


def _below(marks: Node | None, key: Step) -> Node | None:
    """Give the marks of a part; what is marked as a whole is marked in all its parts."""
    if isinstance(marks, Mapping):
        return marks.get(str(key))
    if isinstance(marks, Sequence):
        return marks[key] if isinstance(key, int) and key < len(marks) else None
    return marks if _is_true(marks) else None


def _without_types(values: Node | None) -> Node | None:
    """Give the attributes of a state file; one of any type stands there with its type, `{"value": …, "type": "string"}`."""
    if not isinstance(values, Mapping):
        return values
    entries = {
        key: each["value"]
        if isinstance(each, Mapping) and set(each) == {"value", "type"} and _is_type(each["type"])
        else each
        for key, each in values.items()
    }
    return Mapping(values.origin, entries, values.keys)


def _is_type(node: Node) -> bool:
    """Tell whether a node is a type as cty writes it in JSON: `"string"`, `["object", {…}]`."""
    if isinstance(node, Sequence):
        first = node[0] if len(node) == 2 else None
        return isinstance(first, Scalar) and first.value in ("object", "tuple", "list", "map", "set")
    return isinstance(node, Scalar) and node.value in ("string", "number", "bool", "dynamic")


def _to_marks(paths: Node | None) -> Node | None:
    """Give the paths of a state file's sensitive attributes as marks; only names of the top count, with all below them."""
    found: dict[str, Node] = {}
    for path in paths if isinstance(paths, Sequence) else ():
        step = path[0] if isinstance(path, Sequence) and len(path) else None
        name = step.get("value") if isinstance(step, Mapping) else None
        if isinstance(name, Scalar) and isinstance(name.value, str):
            found[name.value] = _ALL
    return Mapping(_ALL.origin, found, {}) if found else None


def _key(node: Node | None) -> str | int | None:
    value = node.value if isinstance(node, Scalar) else None
    return value if isinstance(value, str | int) and not isinstance(value, bool) else None


def _is_true(node: Node | None) -> bool:
    return isinstance(node, Scalar) and node.value is True


def _mappings(node: Node | None) -> list[Mapping]:
    return [item for item in node if isinstance(item, Mapping)] if isinstance(node, Sequence) else []


def _inner(node: Mapping, *keys: str) -> Mapping:
    for key in keys:
        found = node.get(key)
        node = found if isinstance(found, Mapping) else Mapping(node.origin, {}, {})
    return node


def _text(node: Mapping, key: str) -> str:
    found = node.get(key)
    return found.value if isinstance(found, Scalar) and isinstance(found.value, str) else ""


def fill(node: Node, known: Node, uses: dict[Node, tuple[tuple[str, tuple[Step, ...]], ...]]) -> Node:
    """Put what is known after an apply where a configuration's value is not settled; all else stays as it is written."""
    if isinstance(node, Interpolated) and not isinstance(node.parts, str) and not _is_secret(node):
        place = Origin(node.origin.file, node.origin.line, node.origin.column).through(known.origin)
        found = _at(known, place)
        if node in uses:
            uses[found] = uses[node]
        return found
    if isinstance(node, Mapping) and isinstance(known, Mapping):
        entries = {key: fill(each, known[key], uses) if key in known else each for key, each in node.items()}
        keys = dict(node.keys)
        for key, each in known.items():
            if key not in entries and not _is_empty(each):
                entries[key] = each
                keys[key] = known.keys.get(key) or Scalar(each.origin, key, key)
        return Mapping(node.origin, entries, keys)
    if isinstance(node, Sequence) and isinstance(known, Sequence) and len(node) == len(known):
        items = [fill(each, other, uses) for each, other in zip(node, known, strict=True)]
        return type(node)(node.origin, items)
    return node


def _at(node: Node, origin: Origin) -> Node:
    """Copy a value, its outermost part told from another place."""
    if isinstance(node, Mapping):
        return Mapping(origin, node.entries, node.keys)
    if isinstance(node, Sequence):
        return Sequence(origin, node.items)
    assert isinstance(node, Scalar)
    if isinstance(node, Interpolated):
        return Interpolated(origin, node.value, node.text, node.plain, parts=node.parts)
    return Scalar(origin, node.value, node.text, node.plain)


def _is_empty(node: Node) -> bool:
    if isinstance(node, Scalar):
        return node.value is None and not isinstance(node, Interpolated)
    return isinstance(node, Sequence | Mapping) and not len(node)


def _is_secret(node: Interpolated) -> bool:
    return not isinstance(node.parts, str) and any(isinstance(part, SecretValue) for part in node.parts)
