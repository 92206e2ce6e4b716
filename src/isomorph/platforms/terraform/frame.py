"""One instance of a module while it is evaluated: its variables, locals, resources, calls and outputs, each when it is asked for.

Values that wait for others are evaluated after those, in whatever order they are written, as Terraform's graph does it.
"""

import posixpath
from collections.abc import Callable, Iterator
from typing import Any

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.module_sources import is_local
from isomorph.platforms.terraform.after import fill
from isomorph.platforms.terraform.bodies import body_of, depended_on, literal_of, own_part, reference_text
from isomorph.platforms.terraform.evaluation import DEEPEST, Evaluation
from isomorph.platforms.terraform.expansion import COUNT, EACH, NONE, Expansion, Instance, expand
from isomorph.platforms.terraform.folder import Declared, Folder
from isomorph.platforms.terraform.handing_on import hands_on
from isomorph.platforms.terraform.module import (
    BlockList,
    CalledModule,
    Link,
    OutputValue,
    Provider,
    Resource,
    Step,
    VariableValue,
)
from isomorph.platforms.terraform.names import (
    ABSENT,
    AnyInstance,
    Instances,
    Known,
    Modules,
    Outputs,
    Resources,
    Types,
    Values,
)
from isomorph.platforms.terraform.ordering import order_items
from isomorph.syntax.hcl.cursor import Cursor
from isomorph.syntax.hcl.evaluate import Evaluator
from isomorph.syntax.hcl.expressions import Expression
from isomorph.syntax.hcl.nodes import to_node, to_value
from isomorph.syntax.hcl.values import Argument, Partial, Pending, pending
from isomorph.syntax.tree import Mapping, Node

Give = Callable[[str, Declared], Known | None]
"""Gives what a module is given for a variable, None for nothing."""

MODULE_OWN = frozenset(("source", "version", "providers", "count", "for_each", "depends_on"))
RESOURCE_OWN = frozenset(("count", "for_each", "provider", "depends_on"))
RESOURCE_BLOCKS = frozenset(("lifecycle", "provisioner", "connection"))


class Frame:
    """An instance of a module. `address` is empty for the root, `module.NAME` for one that it calls."""

    def __init__(self, evaluation: Evaluation, folder: Folder, address: str, argument: Give, depth: int = 0) -> None:
        self.evaluation = evaluation
        self.folder = folder
        self.address = address
        self.prefix = f"{address}." if address else ""
        self.argument = argument
        self.depth = depth
        self.done: dict[str, Any] = {}
        self.frames: list[Frame] = []
        self.handed: dict[str, tuple[str, ...]] = {}
        here = posixpath.relpath(folder.path or ".", evaluation.root or ".")
        self.names: dict[str, Any] = {
            **ABSENT,
            **{kind: Resources(self, mode, kind) for mode, kind, _ in folder.resources if mode == "managed"},
            "var": Values(self, "variable"),
            "local": Values(self, "local"),
            "data": Types(self, "data"),
            "ephemeral": Types(self, "ephemeral"),
            "module": Modules(self),
            "path": {"module": here, "root": ".", "cwd": pending("path.cwd")},
            "terraform": {"workspace": evaluation.workspace, "applying": pending("terraform.applying")},
        }

    def evaluator(self, cursor: Cursor, names: dict[str, Any] | None = None) -> Evaluator:
        """Give an evaluator for a text of this module; `names` are those of an instance."""
        known = {**self.names, **names} if names else self.names
        return Evaluator(cursor, self.evaluation.scope, known, self.evaluation.account)

    def once(self, what: str, origin: Origin, evaluate: Callable[[], Any]) -> Any:
        """Evaluate something the first time that it is asked for."""
        if what not in self.done:
            named = f"{self.prefix}{what}"
            self.evaluation.begin(named, origin)
            try:
                self.done[what] = evaluate()
            finally:
                self.evaluation.end(named)
        return self.done[what]

    def evaluate(self, cursor: Cursor, expression: Expression, names: dict[str, Any] | None = None) -> Known:
        """Give a value as it is and as a tree."""
        evaluator = self.evaluator(cursor, names)
        node = to_node(evaluator, expression)
        return Known(self.evaluator(cursor, names).value(expression), node, tuple(evaluator.uses))

    def local(self, name: str) -> Known:
        local = self.folder.locals[name]
        origin = local.cursor.origin(local.attribute.start)
        found: Known = self.once(f"local.{name}", origin, lambda: self.evaluate(local.cursor, local.attribute.value))
        return found

    def variable(self, name: str) -> Known:
        declared = self.folder.variables[name]

        def evaluate() -> Known:
            known = self.argument(name, declared)
            if known is None:
                self.evaluation.unset.setdefault(name, declared.origin)
                return Known(pending(f"var.{name}", name))
            return self.hide(known, f"{self.prefix}var.{name}") if is_sensitive(declared) else known

        found: Known = self.once(f"var.{name}", declared.origin, evaluate)
        return found

    def output(self, name: str) -> Known:
        declared = self.folder.outputs[name]

        def evaluate() -> Known:
            attribute = declared.attributes.get("value")
            if attribute is None:
                raise InvalidInput(f"output {name} without a value", declared.origin, "add `value = …`")
            known = self.evaluate(declared.cursor, attribute.value)
            return self.hide(known, f"{self.prefix}output.{name}") if is_sensitive(declared) else known

        found: Known = self.once(f"output.{name}", declared.origin, evaluate)
        return found

    def hide(self, known: Known, address: str) -> Known:
        """Put references to secrets in place of a sensitive value."""
        secrets = self.evaluation.secrets
        node = secrets.hide(known.node, address, ()) if known.node is not None else None
        return Known(secrets.hide_value(known.value, address, ()), node, known.uses)

    def expand(self, declared: Declared, address: str) -> Expansion:
        """Give the instances of a block."""
        after = self.evaluation.after
        evaluator = self.evaluator(declared.cursor)

        def tell(expression: Expression, cause: Pending) -> None:
            self.evaluation.uncounted.setdefault(address, (declared.cursor.origin(expression.start), cause.variable))

        expansion = expand(declared, evaluator, after.keys_of(address) if after else [], tell)
        for _ in expansion.instances:
            self.evaluation.count_thing(declared.origin)
        return expansion

    def resources(self, mode: str, kind: str, name: str) -> tuple[Expansion, list[Resource]]:
        """Evaluate a resource, all its instances."""
        declared = self.folder.resources[mode, kind, name]
        block = f"{'' if mode == 'managed' else f'{mode}.'}{kind}.{name}"

        def evaluate() -> tuple[Expansion, list[Resource]]:
            expansion = self.expand(declared, f"{self.prefix}{block}")
            return expansion, [self.resource(declared, mode, block, each) for each in expansion.instances]

        found: tuple[Expansion, list[Resource]] = self.once(block, declared.origin, evaluate)
        return found

    def resource(self, declared: Declared, mode: str, block: str, instance: Instance) -> Resource:
        """Evaluate one instance of a resource; what an apply told fills what is not settled."""
        address = f"{self.prefix}{block}{instance.suffix}"
        raw = own_part(declared.block.body, RESOURCE_OWN, RESOURCE_BLOCKS)
        body = body_of(raw, self.evaluator(declared.cursor, instance.names), declared.origin)
        after = self.evaluation.after
        known = after.resources.get(address) if after is not None else None
        if known is not None:
            filled = fill(body, known.body, self.evaluation.scope.uses)
            body = filled if isinstance(filled, Mapping) else body
        provider = declared.attributes.get("provider")
        return Resource(
            mode=mode,
            type=declared.block.labels[0],
            name=declared.block.labels[1],
            address=address,
            body=body,
            origin=declared.origin,
            module=self.address,
            key=instance.key,
            key_known=instance.suffix != "[?]",
            provider=reference_text(provider.value) if provider is not None else "",
            links=(*self.evaluation.links(body), *self.dependencies(declared)),
        )

    def dependencies(self, declared: Declared) -> Iterator[Link]:
        """Give what `depends_on` names."""
        attribute = declared.attributes.get("depends_on")
        if attribute is not None:
            for text in depended_on(attribute.value, declared.cursor):
                yield Link(("depends_on",), f"{self.prefix}{text}")

    def resource_value(self, mode: str, kind: str, name: str) -> Any:
        """Give what a reference to a resource means: an object, a list or a map of them, or any of an unknown number."""
        expansion, resources = self.resources(mode, kind, name)
        values = [_to_partial(each.address, each.body) for each in resources]
        if expansion.kind == NONE:
            return values[0]
        if expansion.kind == COUNT:
            return values
        if expansion.kind == EACH:
            return {str(each.key): value for each, value in zip(resources, values, strict=True)}
        return AnyInstance(resources[0].address.removesuffix("[?]"), values[0])

    def calls(self, name: str) -> tuple[Expansion, list[Any]]:
        """Give the instances of a module block: a frame for each that is on disk, else its address."""
        declared = self.folder.modules[name]

        def evaluate() -> tuple[Expansion, list[Any]]:
            expansion = self.expand(declared, f"{self.prefix}module.{name}")
            return expansion, [self.call(name, declared, each) for each in expansion.instances]

        found: tuple[Expansion, list[Any]] = self.once(f"module.{name}", declared.origin, evaluate)
        return found

    def call(self, name: str, declared: Declared, instance: Instance) -> Any:
        """Go into a module of the project; give the address of any other, and of one that only hands on."""
        address = f"{self.prefix}module.{name}{instance.suffix}"
        source, place = literal_of(declared, "source")
        if not is_local(source):
            return address
        if self.depth >= DEEPEST:
            raise InvalidInput(
                f"modules in each other more than {DEEPEST} deep", declared.origin, "does one call itself?"
            )
        path = posixpath.normpath(f"{self.folder.path}/{source}" if self.folder.path else source)
        folder = self.evaluation.folder("" if path == "." else path, place)
        self.check_arguments(name, declared, folder)
        if hands_on(source, folder):
            self.handed[name] = tuple(folder.outputs)
            return address

        def argument(variable: str, wanted: Declared) -> Known | None:
            return self.give(declared, instance, variable, wanted)

        frame = Frame(self.evaluation, folder, address, argument, self.depth + 1)
        self.frames.append(frame)
        return frame

    def check_arguments(self, name: str, declared: Declared, folder: Folder) -> None:
        """Refuse arguments that a module does not have, and the lack of those that it needs."""
        for key, attribute in declared.attributes.items():
            if key not in folder.variables and key not in MODULE_OWN:
                hint = (
                    f"its variables are {', '.join(sorted(folder.variables)[:10])}" if folder.variables else "remove it"
                )
                place = declared.cursor.origin(attribute.start)
                raise InvalidInput(f"module {name} has no variable {key}", place, hint)
        for key, variable in folder.variables.items():
            if key not in declared.attributes and "default" not in variable.attributes:
                message = f"module {name} is not given {key}, which it needs"
                raise InvalidInput(message, declared.origin, f"add `{key} = …`; the variable is at {variable.origin}")

    def give(self, declared: Declared, instance: Instance, name: str, wanted: Declared) -> Known | None:
        """Evaluate an argument of a called module, and bring it to its variable's type."""
        from isomorph.platforms.terraform.variables import default_of, to_type

        attribute = declared.attributes.get(name)
        evaluator = self.evaluator(wanted.cursor)
        if attribute is None:
            return default_of(wanted, evaluator)
        known = self.evaluate(declared.cursor, attribute.value, instance.names)
        return to_type(known, wanted, evaluator, self.evaluation.scope.uses)

    def module_value(self, name: str) -> Any:
        """Give what a reference to a module means."""
        expansion, called = self.calls(name)
        values = [Outputs(each) if isinstance(each, Frame) else Partial(each, {}, {}) for each in called]
        if expansion.kind == NONE:
            return values[0]
        if expansion.kind in (COUNT, EACH):
            keys = [instance.key for instance in expansion.instances]
            return Instances({key: value for key, value in zip(keys, values, strict=True) if key is not None})
        return AnyInstance(f"{self.prefix}module.{name}", values[0])

    def evaluate_all(self) -> None:
        """Evaluate all that is declared here and below, and keep what came of it."""
        evaluation = self.evaluation
        self.evaluate_inside()
        for name in self.folder.outputs:
            self.output(name)
        for name in self.folder.variables:
            self.variable(name)
        for declared in self.folder.providers:
            evaluation.providers.append(self.provider(declared))
        for mode, kind, name in self.folder.resources:
            evaluation.resources += self.resources(mode, kind, name)[1]
        for name, declared in self.folder.modules.items():
            expansion, called = self.calls(name)
            for instance, each in zip(expansion.instances, called, strict=True):
                evaluation.modules.append(self.called(name, declared, instance, isinstance(each, Frame)))
        for frame in self.frames:
            frame.evaluate_all()

    def evaluate_inside(self) -> None:
        """Evaluate what others may ask this module for, and what is below it."""
        for kind, *names in order_items(self.folder):
            if kind == "local":
                self.local(names[0])
            elif kind == "module":
                for each in self.calls(names[0])[1]:
                    if isinstance(each, Frame):
                        each.evaluate_inside()
            else:
                self.resources(kind, *names)

    def called(self, name: str, declared: Declared, instance: Instance, is_read: bool) -> CalledModule:
        raw = own_part(declared.block.body, MODULE_OWN, frozenset())
        arguments = body_of(raw, self.evaluator(declared.cursor, instance.names), declared.origin)
        source, _ = literal_of(declared, "source")
        version = literal_of(declared, "version")[0] if "version" in declared.attributes else ""
        return CalledModule(
            name=name,
            address=f"{self.prefix}module.{name}{instance.suffix}",
            source=source,
            arguments=arguments,
            origin=declared.origin,
            version=version,
            module=self.address,
            key=instance.key,
            key_known=instance.suffix != "[?]",
            links=(*self.evaluation.links(arguments), *self.dependencies(declared)),
            is_read=is_read,
            handed=self.handed.get(name),
        )

    def provider(self, declared: Declared) -> Provider:
        raw = own_part(declared.block.body, frozenset(("alias",)), frozenset())
        body = body_of(raw, self.evaluator(declared.cursor), declared.origin)
        alias = literal_of(declared, "alias")[0] if "alias" in declared.attributes else ""
        links = self.evaluation.links(body)
        return Provider(declared.block.labels[0], alias, body, declared.origin, self.address, links)

    def output_values(self) -> dict[str, OutputValue]:
        """Give the outputs as the result has them."""
        after = self.evaluation.after
        found: dict[str, OutputValue] = {}
        for name, declared in self.folder.outputs.items():
            known = self.output(name)
            assert known.node is not None
            node: Node = known.node
            if after is not None and name in after.outputs:
                node = fill(node, after.outputs[name].value, self.evaluation.scope.uses)
            links = tuple(Link((), address, path) for address, path in known.uses)
            found[name] = OutputValue(name, node, declared.origin, is_sensitive(declared), links)
        return found

    def variable_values(self) -> dict[str, VariableValue]:
        """Give the variables as the result has them."""
        return {
            name: VariableValue(name, self.variable(name).node, declared.origin, is_sensitive(declared))
            for name, declared in self.folder.variables.items()
        }


def is_sensitive(declared: Declared) -> bool:
    """Tell whether a variable or an output is one that is shown nowhere."""
    attribute = declared.attributes.get("sensitive")
    return attribute is not None and getattr(attribute.value, "value", True) not in (False, "false")


def _to_argument(address: str, value: Any, path: tuple[Step, ...]) -> Any:
    """Give an argument as a value that knows where its maps belong."""
    if isinstance(value, dict):
        return Argument(address, {key: _to_argument(address, each, (*path, key)) for key, each in value.items()}, path)
    if isinstance(value, list):
        return [_to_argument(address, each, (*path, number)) for number, each in enumerate(value)]
    return value


def _to_partial(address: str, body: Mapping, path: tuple[Step, ...] = ()) -> Partial:
    """Give a body as a value; a provider may know more of it, and of the blocks in it, than is written."""
    known: dict[str, Any] = {}
    for name, node in body.items():
        if isinstance(node, BlockList):
            blocks = [each for each in node if isinstance(each, Mapping)]
            known[name] = [_to_partial(address, each, (*path, name, at)) for at, each in enumerate(blocks)]
        else:
            known[name] = _to_argument(address, to_value(node), (*path, name))
    return Partial(address, known, {key: node.origin for key, node in body.items()}, path)
