"""The edits that give a chart a value that another environment's values file has, under the same keys of its own file."""

from collections.abc import Iterator

from isomorph.drift.finding import Finding
from isomorph.model.origin import Origin
from isomorph.model.secrecy import mask_text
from isomorph.project.fix.mending import Edit, ReadText
from isomorph.project.fix.said import Sides
from isomorph.project.fix.transplanting import COPIED, Way, add_on_way, chain_to, compose_text, end_of
from isomorph.syntax.written import Syntax, syntax_of


def propose_value(finding: Finding, sides: Sides, read: ReadText, read_source: ReadText) -> Iterator[Edit]:
    """Give the edits that add to a values file what it lacks and the other side's has."""
    source, target = sides.of(finding)
    if target.value is not None or source.origin is None or not finding.rule.startswith(COPIED):
        return
    for place in reversed(source.origin.via):
        way = _find_way(read_source(place.file), place)
        if way is None or mask_text(way.text) != way.text:
            continue
        for file in _values_files(sides):
            text = read(file) if file != place.file else None
            document = next(iter(compose_text(text)), None) if text is not None else None
            if text is None or document is None or document.id != "mapping" or not document.value:
                continue
            start = document.value[0][0].start_mark
            added = add_on_way(text, Origin(file, start.line + 1, start.column + 1), way)
            if added is not None:
                yield Edit(file, *added)


def _find_way(text: str | None, place: Origin) -> Way | None:
    """Give the keys that lead to a value from the top of its file, where nothing else does."""
    chain = chain_to(text, place) if text is not None and syntax_of(place.file, text) is Syntax.YAML else []
    keys = chain[1::2]
    if text is None or not keys or not all(isinstance(key, str) for key in keys):
        return None
    before = tuple(
        tuple(
            each.value for each, _ in node.value if each.start_mark.index < value.start_mark.index and each.value != key
        )
        for node, key, value in zip(chain[::2], keys, chain[2::2], strict=False)
    )
    node = chain[-1]
    return Way(1, tuple(keys), False, before, text[node.start_mark.index : end_of(node, text)], node.start_mark.column)


def _values_files(sides: Sides) -> list[str]:
    """Give the files that values of the environment that is edited come from."""
    origins = sides.target.definition.origins.table.values()
    return list(dict.fromkeys(place.file for origin in origins for place in origin.via))
