"""The order in which what a module declares is best evaluated: each after what it names, so that little waits on the stack.

It is only a beginning: values are evaluated when they are asked for, and what goes in a circle is told then.
"""

from collections.abc import Iterator
from typing import Any

from isomorph.platforms.terraform.folder import Folder
from isomorph.syntax.hcl.expressions import Expression, Literal, RawAttribute, RawBlock, RawBody, Reference

Item = tuple[str, ...]
"""("local", name), ("module", name), or the mode, type and name of a resource."""


def order_items(folder: Folder) -> list[Item]:
    """Give what a folder declares, each after what it names where there is no circle."""
    syntax: dict[Item, Any] = {
        **{("local", name): local.attribute for name, local in folder.locals.items()},
        **{key: declared.block for key, declared in folder.resources.items()},
        **{("module", name): declared.block for name, declared in folder.modules.items()},
    }
    done: dict[Item, None] = {}
    seen: set[Item] = set()
    for start in syntax:
        waiting: list[tuple[Item, bool]] = [(start, False)]
        while waiting:
            item, is_over = waiting.pop()
            if is_over:
                done[item] = None
            elif item not in seen:
                seen.add(item)
                waiting.append((item, True))
                waiting += [(each, False) for each in _named(syntax[item]) if each in syntax and each not in seen]
    return list(done)


def _named(syntax: Any) -> Iterator[Item]:
    """Give what a part of the syntax refers to."""
    waiting: list[Any] = [syntax]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Reference):
            keys = [step.key.value for step in each.steps[:2] if isinstance(step.key, Literal)]
            names = [key for key in keys if isinstance(key, str)]
            if each.name in ("local", "module") and names:
                yield each.name, names[0]
            elif each.name in ("data", "ephemeral") and len(names) == 2:
                yield each.name, *names
            elif names:
                yield "managed", each.name, names[0]
        if isinstance(each, Expression | RawBlock | RawBody | RawAttribute):
            waiting.extend(getattr(each, field) for field in each.__struct_fields__)
        elif isinstance(each, list | tuple):
            waiting.extend(each)
        elif isinstance(each, dict):
            waiting.extend(each.values())
