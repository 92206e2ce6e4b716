"""Templates as gotpl parses them, with one more command at the end of each action: the one that prints its value.

A literal `nil` becomes a call of what gives None: functions are to know one kind of nothing only. Fields of variables and
of parentheses become a call, too, since Go looks them up differently from those of `.`.
"""

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

WRITTEN = "written "
"""The name of the function that prints a value; no template can spell it."""
FIELDS = "fields "
"""The name of the function that gives a field of what a variable or parentheses hold, by `a.b` and the value."""
NOTHING = "nothing "
"""The name of the function that gives None."""


def give_nothing() -> None:
    """Give what Go's `nil` is to functions."""


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
        if not pipeline.declarations:
            last = CommandNode((IdentifierNode(WRITTEN, pipeline.start, pipeline.end),), pipeline.start, pipeline.end)
            pipeline = PipeNode((), False, (*pipeline.commands, last), pipeline.start, pipeline.end)
        return ActionNode(pipeline, node.start, node.end)
    if isinstance(node, IfNode | WithNode | RangeNode):
        other = None if node.else_body is None else _rewrite_list(node.else_body)
        pipeline = _rewrite_pipeline(node.pipeline)
        return type(node)(pipeline, _rewrite_list(node.body), other, node.start, node.end)
    if isinstance(node, TemplateCallNode) and node.pipeline is not None:
        return TemplateCallNode(node.name, _rewrite_pipeline(node.pipeline), node.start, node.end)
    if isinstance(node, BlockNode):
        pipeline = _rewrite_pipeline(node.pipeline)
        return BlockNode(node.name, pipeline, _rewrite_list(node.body), node.start, node.end)
    return node


def _rewrite_pipeline(pipeline: PipeNode) -> PipeNode:
    commands = tuple(_rewrite_command(command) for command in pipeline.commands)
    return PipeNode(pipeline.declarations, pipeline.is_assignment, commands, pipeline.start, pipeline.end)


def _rewrite_command(command: CommandNode) -> CommandNode:
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
