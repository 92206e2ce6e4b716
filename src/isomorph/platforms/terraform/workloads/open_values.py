"""What only an apply or a variable tells, carried through readers of plain trees.

Readers of other platforms take texts and numbers. A text that is not settled goes through them as a mark of two private
characters and a number, an amount as a number that nobody means; in what they return each becomes what it stands for.
"""

import re
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from isomorph.model.application import Definition, Secret, Volume
from isomorph.model.image import image_text, parse_image
from isomorph.model.normalise import map_texts
from isomorph.model.origin import Origins
from isomorph.model.text import Part, Placeholder, Text, make_text, map_parts, print_text
from isomorph.model.workload import Binary, Compute, Container, Workload
from isomorph.platforms.terraform.reading import Reading
from isomorph.syntax.hcl.body import Interpolated
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence

_MARK = re.compile("\U0010fff0([0-9]{1,6})\U0010fff1")
_FIRST_AMOUNT = 7_300_000_000_000_000_000


class OpenValues:
    """The texts that are not settled, each with its mark."""

    def __init__(self) -> None:
        self._texts: list[Text] = []
        self._numbers: dict[Text, int] = {}

    def mark(self, node: Interpolated) -> Scalar:
        """Give a text that a reader takes, with a mark for each part that is not settled."""
        if isinstance(node.parts, str):
            return Scalar(node.origin, node.parts, node.parts, False)
        text = "".join(
            part if isinstance(part, str) else f"\U0010fff0{self._number(part)}\U0010fff1" for part in node.parts
        )
        return Scalar(node.origin, text, text, False)

    def mark_all(self, node: Node) -> Node:
        """Give a tree with a mark for all in it that is not settled."""
        if isinstance(node, Mapping):
            return Mapping(node.origin, {key: self.mark_all(each) for key, each in node.items()}, node.keys)
        if isinstance(node, Sequence):
            return Sequence(node.origin, [self.mark_all(item) for item in node])
        return self.mark(node) if isinstance(node, Interpolated) else node

    def text_of(self, node: Scalar) -> str:
        """Give the text of a scalar, with marks."""
        return self.mark(node).text if isinstance(node, Interpolated) else node.text

    @property
    def is_used(self) -> bool:
        """Whether anything was not settled."""
        return bool(self._texts)

    def amount(self, node: Interpolated) -> int:
        """Give a number that stands for an amount that is not settled."""
        return _FIRST_AMOUNT + self._number_of(node.parts)

    def _number(self, part: Part) -> int:
        return self._number_of(part if isinstance(part, str) else (part,))

    def _number_of(self, text: Text) -> int:
        number = self._numbers.setdefault(text, len(self._texts))
        if number == len(self._texts):
            self._texts.append(text)
        return number

    def settle(self, definition: Definition) -> Definition:
        """Put what they stand for in the place of marks and numbers."""
        if not self._texts:
            return definition
        application = map_texts(definition.application, lambda text, _path: self.fill(text))
        application = replace(
            application,
            workloads={key: self._settle_workload(each) for key, each in application.workloads.items()},
            volumes={key: self._settle_volume(each) for key, each in application.volumes.items()},
            secrets={key: self._settle_secret(each) for key, each in application.secrets.items()},
            configurations={
                key: replace(each, values=self._settle_values(each.values))
                for key, each in application.configurations.items()
            },
        )
        return replace(
            definition,
            application=self._spell_all(application),
            origins=Origins(self._spell_all(definition.origins.table)),
            extras=self._spell_all(definition.extras),
            diagnostics=self._spell_all(definition.diagnostics),
        )

    def fill(self, text: Text) -> Text:
        """Give a text with what its marks stand for."""

        def change(part: Part) -> Text:
            if not isinstance(part, str):
                return (part,)
            parts: list[Part] = []
            done = 0
            for found in _MARK.finditer(part):
                known = self._known(found)
                parts += [part[done : found.start()], *((known,) if isinstance(known, str) else known)]
                done = found.end()
            return make_text([*parts, part[done:]])

        return map_parts(text, change)

    def spell(self, text: str) -> str:
        """Give a text for people."""
        return _MARK.sub(lambda found: print_text(self._known(found)), text)

    def _known(self, found: re.Match[str]) -> Text:
        """Give what a mark stands for: itself, where a definition happens to hold the same characters."""
        number = int(found[1])
        return self._texts[number] if number < len(self._texts) else found[0]

    def _settle_workload(self, workload: Workload) -> Workload:
        containers = {name: self._settle_container(each) for name, each in workload.containers.items()}
        routes = {}
        for each in workload.routes.values():
            host = self.fill(each.host)
            routes[f"{print_text(host)}{each.path}"] = replace(each, host=host)
        scale = replace(workload.scale, replicas=self._settle_amount(workload.scale.replicas))
        return replace(workload, containers=containers, routes=routes, scale=scale)

    def _settle_container(self, container: Container) -> Container:
        changes: dict[str, Any] = {}
        if container.image is not None:
            whole = image_text(container.image)
            settled = self.fill(whole)
            if settled != whole:
                changes["image"] = parse_image(settled)
        if container.compute.requests or container.compute.limits:
            changes["compute"] = Compute(
                self._settle_amounts(container.compute.requests), self._settle_amounts(container.compute.limits)
            )
        return replace(container, **changes) if changes else container

    def _settle_amounts(self, amounts: dict[str, int | Placeholder] | None) -> dict[str, int | Placeholder] | None:
        if amounts is None:
            return None
        return {name: found for name, each in amounts.items() if (found := self._settle_amount(each)) is not None}

    def _settle_amount(self, amount: int | Placeholder | None) -> int | Placeholder | None:
        if not isinstance(amount, int) or not 0 <= amount - _FIRST_AMOUNT < len(self._texts):
            return amount
        return to_placeholder(self._texts[amount - _FIRST_AMOUNT])

    def _settle_volume(self, volume: Volume) -> Volume:
        path = volume.host_path
        return replace(
            volume, size=self._settle_amount(volume.size), host_path=None if path is None else self.spell(path)
        )

    def _settle_secret(self, secret: Secret) -> Secret:
        return replace(secret, values=self._settle_values(secret.values))

    def _settle_values(self, values: dict[str, Text | Binary | None]) -> dict[str, Text | Binary | None]:
        return {
            key: value if value is None or isinstance(value, Binary) else self.fill(value)
            for key, value in values.items()
        }

    def _spell_all(self, value: Any) -> Any:
        """Give names, keys and plain data as people read them: marks are left where the model holds no texts."""
        if isinstance(value, str):
            return self.spell(value) if _MARK.search(value) else value
        if isinstance(value, dict):
            return {self._spell_all(key): self._spell_all(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(self._spell_all(each) for each in value)
        if not isinstance(value, Struct):
            return value
        changes = {
            name: new
            for name in value.__struct_fields__
            if (new := self._spell_all(old := getattr(value, name))) is not old and new != old
        }
        return replace(value, **changes) if changes else value


def to_placeholder(text: Text) -> Placeholder:
    """Give what stands for an amount: the one expression that it is, or all of it as it is printed."""
    if not isinstance(text, str):
        found = [part for part in text if isinstance(part, Placeholder)]
        if len(text) == 1 and found:
            return found[0]
        return Placeholder(print_text(text), found[0].variable if found else "")
    return Placeholder(text)


def is_marked(text: str) -> bool:
    """Tell whether a text holds a mark."""
    return _MARK.search(text) is not None


def tell_open(reading: Reading, name: str, node: Interpolated) -> None:
    """Tell that a number or truth value is not settled, so that it is left out."""
    placeholder = to_placeholder(node.parts)
    code = "unset-variable" if placeholder.variable else "known-after-apply"
    reading.say(code, f"{name} is {placeholder.expression}, which nothing here settles; it is left out", node.origin)


def plain(node: Node) -> Any:
    """Give a value as plain data, expressions as they are printed."""
    if isinstance(node, Interpolated):
        return print_text(node.parts)
    if isinstance(node, Mapping):
        return {key: plain(each) for key, each in node.items()}
    if isinstance(node, Sequence):
        return [plain(each) for each in node]
    return node.value if isinstance(node, Scalar) else None
