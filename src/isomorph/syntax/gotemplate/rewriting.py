"""Templates as gotpl parses them, with one more command at the end of each action: the one that prints its value.

A literal `nil` becomes a call of what gives None: functions are to know one kind of nothing only. Fields of variables and
of parentheses become a call, too, since Go looks them up differently from those of `.`.
"""

from typing import Any

from gotpl.parse.nodes import (
    ActionNode,
    BlockNode,
    CommandNode,
    DefinitionNode,
    IdentifierNode,
    IfNode,
    ListNode,
    NilNode,
    ParenthesizedNode,
    ParsedTemplate,
    PipeNode,
    RangeNode,
    StringNode,
    TemplateCallNode,
    TemplateNode,
    TermNode,
    VariableNode,
    WithNode,
)

from isomorph.syntax.gotemplate.data import Truth
from isomorph.syntax.gotemplate.functions.choices import kind_of

WRITTEN = "written "
"""The name of the function that prints a value; no template can spell it."""
FIELDS = "fields "
"""The name of the function that gives a field of what a variable or parentheses hold, by `a.b` and the value."""
RANGED = "ranged "
"""The name of the function that refuses what `range` cannot iterate over."""
NOTHING = "nothing "
"""The name of the function that gives None."""


def give_nothing() -> None:
    """Give what Go's `nil` is to functions."""


def check_range(value: Any) -> Any:
    """Give what `range` iterates over; gotpl would take a boolean of ours for a number."""
    if isinstance(value, bool | Truth | float | str):
        raise ValueError(f"range can't iterate over a {kind_of(value)}")
    return value


def rewrite(template: ParsedTemplate) -> ParsedTemplate:
    """Give a template whose actions print through WRITTEN."""
    definitions = tuple(
        DefinitionNode(definition.name, _rewrite_list(definition.body), definition.start, definition.end)
        for definition in template.definitions
    )
    return ParsedTemplate(template.name, _rewrite_list(template.root), definitions)


def _rewrite_list(body: ListNode) -> ListNode:
    return ListNode(tuple(_rewrite_node(node) for node in body.nodes))


def _rewrite_node(node: TemplateNode) -> TemplateNode:
    if isinstance(node, ActionNode):
        pipeline = _rewrite_pipeline(node.pipeline)
        printed = pipeline if pipeline.declarations else _add_call(pipeline, WRITTEN)
        return ActionNode(printed, node.start, node.end)
    if isinstance(node, IfNode | WithNode | RangeNode):
        other = None if node.else_body is None else _rewrite_list(node.else_body)
        pipeline = _rewrite_pipeline(node.pipeline)
        if isinstance(node, RangeNode):
            pipeline = _add_call(pipeline, RANGED)
        return type(node)(pipeline, _rewrite_list(node.body), other, node.start, node.end)
    if isinstance(node, TemplateCallNode) and node.pipeline is not None:
        return TemplateCallNode(node.name, _rewrite_pipeline(node.pipeline), node.start, node.end)
    if isinstance(node, BlockNode):
        pipeline = _rewrite_pipeline(node.pipeline)
        return BlockNode(node.name, pipeline, _rewrite_list(node.body), node.start, node.end)
    return node


def _add_call(pipeline: PipeNode, name: str) -> PipeNode:
    last = CommandNode((IdentifierNode(name, pipeline.start, pipeline.end),), pipeline.start, pipeline.end)
    commands = (*pipeline.commands, last)
    return PipeNode(pipeline.declarations, pipeline.is_assignment, commands, pipeline.start, pipeline.end)


def _rewrite_pipeline(pipeline: PipeNode) -> PipeNode:
    commands = tuple(_rewrite_command(command) for command in pipeline.commands)
    return PipeNode(pipeline.declarations, pipeline.is_assignment, commands, pipeline.start, pipeline.end)


def _rewrite_command(command: CommandNode) -> CommandNode:
    if len(command.arguments) == 1 and isinstance(command.arguments[0], NilNode):
        return command  # Which is no command.
    if not any(isinstance(term, NilNode | ParenthesizedNode | VariableNode) for term in command.arguments):
        return command
    return CommandNode(tuple(_rewrite_term(term) for term in command.arguments), command.start, command.end)


def _rewrite_term(term: TermNode) -> TermNode:
    if isinstance(term, NilNode):
        return IdentifierNode(NOTHING, term.start, term.end)
    if isinstance(term, ParenthesizedNode):
        pipeline = _rewrite_pipeline(term.pipeline)
        commands = (*pipeline.commands, _to_fields(term)) if term.fields else pipeline.commands
        inner = PipeNode(pipeline.declarations, pipeline.is_assignment, commands, pipeline.start, pipeline.end)
        return ParenthesizedNode(inner, (), term.start, term.end)
    if isinstance(term, VariableNode) and term.fields and term.name != "$":
        variable = CommandNode((VariableNode(term.name, (), term.start, term.end),), term.start, term.end)
        inner = PipeNode((), False, (variable, _to_fields(term)), term.start, term.end)
        return ParenthesizedNode(inner, (), term.start, term.end)
    return term


def _to_fields(term: ParenthesizedNode | VariableNode) -> CommandNode:
    start, end, path = term.start, term.end, ".".join(term.fields)
    return CommandNode((IdentifierNode(FIELDS, start, end), StringNode(path, path, start, end)), start, end)
