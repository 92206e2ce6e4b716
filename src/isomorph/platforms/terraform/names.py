"""The names that expressions of a module know: each is evaluated when it is asked for."""

from typing import TYPE_CHECKING, Any

import msgspec

from isomorph.syntax.hcl.evaluate import Evaluator
from isomorph.syntax.hcl.expressions import Expression
from isomorph.syntax.hcl.scope import Use
from isomorph.syntax.hcl.surroundings import Lookup
from isomorph.syntax.hcl.values import attribute_of, to_string
from isomorph.syntax.tree import Node

if TYPE_CHECKING:
    from isomorph.platforms.terraform.frame import Frame


class Known(msgspec.Struct, eq=False):
    """A value: as it is, as a tree, and what it comes from."""

    value: Any
    node: Node | None = None
    uses: tuple[Use, ...] = ()


class Values(Lookup):
    """`var` or `local`."""

    def __init__(self, frame: "Frame", kind: str) -> None:
        self.frame = frame
        self.kind = kind

    def find(self, key: Any, evaluator: Evaluator, expression: Expression) -> Any:
        known = self.known(to_string(key), evaluator, expression)
        evaluator.uses.update(dict.fromkeys(known.uses))
        if known.node is not None:
            origin = known.node.origin
            evaluator.use(msgspec.structs.replace(origin, via=()), *origin.via)
        return known.value

    def find_node(self, key: Any, evaluator: Evaluator, expression: Expression) -> Node | None:
        known = self.known(to_string(key), evaluator, expression)
        evaluator.uses.update(dict.fromkeys(known.uses))
        return known.node

    def known(self, name: str, evaluator: Evaluator, expression: Expression) -> Known:
        frame = self.frame
        if self.kind == "local":
            if name in frame.folder.locals:
                return frame.local(name)
            hint = "add it to `locals { … }`, or correct the name"
        else:
            if name in frame.folder.variables:
                return frame.variable(name)
            hint = f'add `variable "{name}" {{ … }}`, or correct the name'
        return evaluator.fail(f"{self.kind} {name[:60]} is not declared", expression, hint)

    def whole(self) -> Any:
        frame = self.frame
        if self.kind == "local":
            return {name: frame.local(name).value for name in frame.folder.locals}
        return {name: frame.variable(name).value for name in frame.folder.variables}


class Types(Lookup):
    """`data` or `ephemeral`: names of types."""

    def __init__(self, frame: "Frame", mode: str) -> None:
        self.frame = frame
        self.mode = mode

    def find(self, key: Any, evaluator: Evaluator, expression: Expression) -> Any:
        return Resources(self.frame, self.mode, to_string(key))

    def find_node(self, key: Any, evaluator: Evaluator, expression: Expression) -> Node | None:
        return None

    def whole(self) -> Any:
        return attribute_of(f"{self.frame.prefix}{self.mode}", ())


class Resources(Lookup):
    """The resources of one type."""

    def __init__(self, frame: "Frame", mode: str, kind: str) -> None:
        self.frame = frame
        self.mode = mode
        self.kind = kind

    def find(self, key: Any, evaluator: Evaluator, expression: Expression) -> Any:
        name = to_string(key)
        if (self.mode, self.kind, name) not in self.frame.folder.resources:
            what = "" if self.mode == "managed" else f"{self.mode}."
            word = "resource" if self.mode == "managed" else self.mode
            hint = f'add `{word} "{self.kind}" "{name}" {{ … }}`, or correct the name'
            evaluator.fail(f"{what}{self.kind}.{name} is not declared", expression, hint)
        return self.frame.resource_value(self.mode, self.kind, name)

    def find_node(self, key: Any, evaluator: Evaluator, expression: Expression) -> Node | None:
        return None

    def whole(self) -> Any:
        return attribute_of(f"{self.frame.prefix}{self.kind}", ())


class Modules(Lookup):
    """`module`: names of called modules."""

    def __init__(self, frame: "Frame") -> None:
        self.frame = frame

    def find(self, key: Any, evaluator: Evaluator, expression: Expression) -> Any:
        name = to_string(key)
        if name not in self.frame.folder.modules:
            evaluator.fail(f"module {name[:60]} is not declared", expression, f'add `module "{name}" {{ … }}`')
        return self.frame.module_value(name)

    def find_node(self, key: Any, evaluator: Evaluator, expression: Expression) -> Node | None:
        return None

    def whole(self) -> Any:
        return {name: attribute_of(f"{self.frame.prefix}module.{name}", ()) for name in self.frame.folder.modules}


class Outputs(Lookup):
    """The outputs of a module that was read."""

    def __init__(self, frame: "Frame") -> None:
        self.frame = frame

    def find(self, key: Any, evaluator: Evaluator, expression: Expression) -> Any:
        name = to_string(key)
        declared = self.frame.folder.outputs.get(name)
        if declared is None:
            hint = f'add `output "{name}" {{ … }}` in {self.frame.folder.path or "."}, or correct the name'
            evaluator.fail(f"{self.frame.address} has no output {name[:60]}", expression, hint)
        known = self.frame.output(name)
        evaluator.uses[self.frame.address, (name,)] = None
        evaluator.uses.update(dict.fromkeys(known.uses))
        evaluator.use(declared.origin)
        return known.value

    def find_node(self, key: Any, evaluator: Evaluator, expression: Expression) -> Node | None:
        return self.frame.output(to_string(key)).node

    def whole(self) -> Any:
        return {name: self.frame.output(name).value for name in self.frame.folder.outputs}


class Instances(Lookup):
    """The instances of a module that was read: by number or by name."""

    def __init__(self, instances: dict[str | int, Any]) -> None:
        self.instances = instances

    def find(self, key: Any, evaluator: Evaluator, expression: Expression) -> Any:
        found = self.instances.get(key)
        if found is None:
            evaluator.fail(f"there is no instance {str(key)[:60]!r}", expression, "correct the key")
        return found

    def find_node(self, key: Any, evaluator: Evaluator, expression: Expression) -> Node | None:
        return None

    def whole(self) -> Any:
        values = {key: each.whole() if isinstance(each, Lookup) else each for key, each in self.instances.items()}
        return list(values.values()) if all(isinstance(key, int) for key in values) else values


class AnyInstance(Lookup):
    """Instances of which nobody knows how many there are: any key leads to the one that stands for all."""

    def __init__(self, address: str, instance: Any) -> None:
        self.address = address
        self.instance = instance

    def find(self, key: Any, evaluator: Evaluator, expression: Expression) -> Any:
        return self.instance

    def find_node(self, key: Any, evaluator: Evaluator, expression: Expression) -> Node | None:
        return None

    def whole(self) -> Any:
        return attribute_of(self.address, ())


class Absent(Lookup):
    """`each`, `count` or `self` where it means nothing."""

    def __init__(self, hint: str) -> None:
        self.hint = hint

    def find(self, key: Any, evaluator: Evaluator, expression: Expression) -> Any:
        evaluator.fail(f"`{evaluator.source(expression)[:60]}` where it means nothing", expression, self.hint)

    def find_node(self, key: Any, evaluator: Evaluator, expression: Expression) -> Node | None:
        return None

    def whole(self) -> Any:
        return {}


ABSENT = {
    "each": Absent("a block with for_each knows it"),
    "count": Absent("a block with count knows it"),
    "self": Absent("provisioners and connections know it"),
}
