"""Go templates in a service's variables, which Swarm fills in for each task as it starts.

Source: https://docs.docker.com/reference/cli/docker/service/create/#create-services-using-templates.
"""

import re

from isomorph.model.text import InstanceField, Part, Placeholder, Text, make_text, map_parts

_ACTION = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"|`([^`]*)`')
_OPENING = '{{"{{"}}'
"""Two braces that stand for themselves."""

FIELDS = {"node": "{{.Node.Hostname}}", "name": "{{.Task.Name}}", "uid": "{{.Task.ID}}"}
"""What a task may know of itself, by the model's names: the node that it runs on, and its own name and identity."""

_READ = {expression.strip("{}"): field for field, expression in FIELDS.items()}


def read_templates(text: Text) -> Text:
    """Give a text whose templates are fields of the running instance; what the model has no name for is a placeholder."""
    return map_parts(text, _read_part)


def _read_part(part: Part) -> Text:
    if not isinstance(part, str):
        return (part,)
    if "{{" not in part:
        return part
    parts: list[Part] = []
    done = 0
    for action in _ACTION.finditer(part):
        parts.append(part[done : action.start()])
        parts.append(_read_action(action[1], action[0]))
        done = action.end()
    return make_text([*parts, part[done:]])


def _read_action(expression: str, whole: str) -> Part:
    field = _READ.get(expression)
    if field is not None:
        return InstanceField(field)
    quoted = _QUOTED.fullmatch(expression)
    if quoted is not None and "\\" not in quoted[0]:
        return quoted[1] if quoted[1] is not None else quoted[2]
    return Placeholder(whole)


def write_literals(text: Text) -> Text:
    """Give a text whose literal braces Swarm leaves alone."""
    return map_parts(text, lambda part: part.replace("{{", _OPENING) if isinstance(part, str) else (part,))
