"""Constraints of a job, its groups and tasks: on which nodes instances may run.

Source: https://developer.hashicorp.com/nomad/docs/job-specification/constraint.
"""

from isomorph.model.workload import Constraint
from isomorph.platforms.nomad.draft import Draft
from isomorph.platforms.nomad.known import CONSTRAINT
from isomorph.platforms.nomad.reading import blocks_of, string_at, to_plain
from isomorph.platforms.nomad.references import REFERENCE
from isomorph.syntax.hcl.body import Block, Body

ATTRIBUTES = {
    "attr.kernel.name": "os",
    "attr.os.type": "os",
    "attr.cpu.arch": "arch",
    "attr.unique.hostname": "hostname",
    "node.unique.name": "hostname",
    "node.datacenter": "zone",
    "node.region": "region",
}
"""What Nomad calls what the model has words for; anything else is a label of that name."""
_OPERATORS = {
    "": "=",
    "=": "=",
    "==": "=",
    "is": "=",
    "!=": "!=",
    "not": "!=",
    "<": "<",
    ">": ">",
    "set_contains_any": "in",
    "is_set": "exists",
    "is_not_set": "absent",
}
_SHORT = ("version", "semver", "regexp", "set_contains", "set_contains_all", "set_contains_any", "is_set", "is_not_set")


def read_placement(draft: Draft) -> None:
    """Read the constraints that hold for a workload: its job's, its group's and its tasks'."""
    unit = draft.unit
    levels: list[tuple[str, Body]] = [("job", unit.group.job.body), ("group", unit.group.body)]
    levels += [("task", task.body) for task in unit.tasks]
    found: list[Constraint] = []
    kept: dict[str, list[Block]] = {}
    path = (*draft.path, "placement")
    for level, body in levels:
        for block in blocks_of(body, "constraint"):
            constraint = _read_constraint(block.body)
            if constraint is None:
                kept.setdefault(level, []).append(block)
            elif constraint not in found:
                draft.reading.origins.setdefault(path, block.origin)
                draft.reading.origins[*path, str(len(found))] = block.origin
                found.append(constraint)
    for level, blocks in kept.items():
        plain = [to_plain(block.body, CONSTRAINT) for block in blocks]
        draft.reading.keep(draft.path, (level, "constraint"), plain, blocks[0].origin)
    if found:
        draft.fields["placement"] = tuple(found)


def _read_constraint(body: Body) -> Constraint | None:
    """Read one constraint, None for one that compares versions, patterns or other instances."""
    said = {name: string_at(node) for name, node in body.attributes.items()}
    operator, value = said.get("operator", ""), said.get("value", "")
    for name in _SHORT:
        if name in said:
            operator, value = name, said[name]
    if "distinct_hosts" in said or "distinct_property" in said or operator not in _OPERATORS:
        return None
    reference = REFERENCE.fullmatch(said.get("attribute", ""))
    if reference is None:
        return None
    attribute = ATTRIBUTES.get(reference[1], reference[1])
    word = _OPERATORS[operator]
    if word in ("exists", "absent"):
        return Constraint(attribute, word)
    if word == "in":
        return Constraint(attribute, "in", tuple(each.strip() for each in value.split(",")))
    return Constraint(attribute, word, (value,))
