"""Templates as gotpl parses them, with one more command at the end of each action: the one that prints its value."""

from gotpl.parse.nodes import (
    ActionNode,
    BlockNode,
    CommandNode,
    DefinitionNode,
    IdentifierNode,
    IfNode,
    ListNode,
    ParsedTemplate,
    PipeNode,
    RangeNode,
    TemplateNode,
    WithNode,
)

WRITTEN = "written "
"""The name of the function that prints a value; no template can spell it."""


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
    if isinstance(node, ActionNode) and not node.pipeline.declarations:
        pipeline = node.pipeline
        last = CommandNode((IdentifierNode(WRITTEN, pipeline.start, pipeline.end),), pipeline.start, pipeline.end)
        printed = PipeNode((), False, (*pipeline.commands, last), pipeline.start, pipeline.end)
        return ActionNode(printed, node.start, node.end)
    if isinstance(node, IfNode | WithNode | RangeNode):
        other = None if node.else_body is None else _rewrite_list(node.else_body)
        return type(node)(node.pipeline, _rewrite_list(node.body), other, node.start, node.end)
    if isinstance(node, BlockNode):
        return BlockNode(node.name, node.pipeline, _rewrite_list(node.body), node.start, node.end)
    return node
