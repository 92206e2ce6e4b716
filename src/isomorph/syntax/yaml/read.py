"""Text to documents: YAML's events, typed by a dialect, as nodes that know where they were written.

The parser is libyaml's (or PyYAML's own where that is absent); it knows neither types nor limits, so both are here.
Nothing recurses: nesting is a list, so that hostile input meets a limit and not the interpreter's stack. An alias costs
nothing, since it is the anchor's node; what walks over the tree later does pay, so the nodes that aliases repeat are
counted as if they were written out.
"""

import re
from typing import Any

import msgspec
import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.syntax.encoding import decode
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence
from isomorph.syntax.yaml.dialects import NUMBER_STARTS, WORDS, Dialect, resolve_number, to_key

Parser: Any
try:
    from yaml._yaml import CParser as Parser
except ImportError:
    from isomorph.syntax.yaml.fallback import PythonParser as Parser


class Limits(msgspec.Struct, frozen=True):
    """How much one text may ask of its reader.

    `size` is in bytes (characters of a text that is already decoded), `depth` in nested collections, `repeated` in
    nodes that aliases repeat; ten times the nodes that are written out may always be repeated.
    """

    size: int = 64 * 1024 * 1024
    depth: int = 100
    repeated: int = 1_000_000


DEFAULT = Limits()


# Text that starts like this is JSON more often than not; libyaml refuses some of it (surrogate pairs, long keys).
_JSON_START = re.compile(r"\s*[\[{]")


class Document(msgspec.Struct, frozen=True):
    """One document of a text; its root is None where it is empty."""

    root: Node | None
    origin: Origin


def parse_yaml(
    text: str | bytes,
    file: str,
    dialect: Dialect,
    *,
    limits: Limits = DEFAULT,
    doubled: list[InvalidInput] | None = None,
) -> list[Document]:
    """Read all documents of a text; raises InvalidInput with the position of what is wrong.

    `doubled` takes up keys that are written twice, of which the last then counts, as Helm has it; without it they are wrong.
    """
    if len(text) > limits.size:
        raise InvalidInput(
            f"the file is larger than {limits.size} bytes", Origin(file), "split it, or check that it is the right one"
        )
    content = decode(text, file)
    if dialect is Dialect.JSON or _JSON_START.match(content):
        documents = _parse_json(content, file, dialect, limits)
        if documents is not None:
            return documents
    parser = None
    try:
        parser = Parser(content)
        return _Builder(parser, file, dialect, limits, doubled).build()
    except (yaml.reader.ReaderError, UnicodeEncodeError) as error:
        from isomorph.syntax.yaml.faults import locate_character

        raise locate_character(content, file, str(error)) from None
    except yaml.error.MarkedYAMLError as error:
        from isomorph.syntax.yaml.faults import to_fault

        raise to_fault(error, content, file) from None
    finally:
        if parser is not None and hasattr(parser, "dispose"):
            parser.dispose()


def parse_one(text: str | bytes, file: str, dialect: Dialect, *, limits: Limits = DEFAULT) -> Document:
    """Read a text that may hold one document only."""
    documents = parse_yaml(text, file, dialect, limits=limits)
    if not documents:
        return Document(None, Origin(file))
    if len(documents) > 1:
        raise InvalidInput(
            "a second document, where one is expected", documents[1].origin, "remove what follows the line `---`"
        )
    return documents[0]


def _parse_json(content: str, file: str, dialect: Dialect, limits: Limits) -> list[Document] | None:
    """Read a text as JSON; None where it is no JSON but may be YAML."""
    from isomorph.syntax.jsontext import parse_json

    try:
        return [Document(root, root.origin) for root in parse_json(content, file, dialect, depth=limits.depth)]
    except InvalidInput:
        if dialect is Dialect.JSON:
            raise
        return None


class _Anchor:
    """What an alias repeats: the node, the nodes in it as if written out, and how deep it reaches below itself."""

    __slots__ = ("height", "node", "origin", "size")

    def __init__(self, origin: Origin) -> None:
        self.node: Node | None = None  # None until the node ends: an alias to it would contain itself.
        self.origin = origin
        self.size = 1
        self.height = 0


class _Frame:
    """An open collection; `items` is None in a mapping, `name` is None where a mapping expects a key."""

    __slots__ = ("anchor", "entries", "items", "keys", "merged", "name", "node", "reach_before", "size_before")

    # Of an anchored collection only: what had been counted before it.
    size_before: int
    reach_before: int

    def __init__(self, node: Node, items: list[Node] | None, entries: dict[str, Node], keys: dict[str, Scalar]) -> None:
        self.node = node
        self.items = items
        self.entries = entries
        self.keys = keys
        self.name: str | None = None
        self.anchor: _Anchor | None = None
        self.merged: set[str] | None = None  # Names that came by `<<` and were not yet written in the mapping itself.


class _Builder:
    """Builds the documents of one text from its events."""

    def __init__(
        self, parser: Any, file: str, dialect: Dialect, limits: Limits, doubled: list[InvalidInput] | None
    ) -> None:
        self.next_event = parser.get_event
        self.doubled = doubled
        self.file = file
        self.dialect = dialect
        self.limits = limits
        self.frames: list[_Frame] = []
        self.anchors: dict[str, _Anchor] = {}
        self.written = 0
        self.repeated = 0
        self.reach = 0  # The greatest depth since the innermost open anchored collection began.

    def build(self) -> list[Document]:
        documents: list[Document] = []
        while (event := self.next_event()) is not None:
            if type(event) is DocumentStartEvent:
                origin = self.to_origin(event.start_mark)
                self.anchors = {}
                root = self.build_document(origin)
                empty = isinstance(root, Scalar) and root.plain and not root.text and root.value is None
                documents.append(Document(None if empty else root, origin))
        return documents

    def build_document(self, origin: Origin) -> Node:
        """Take one document's events; the loop that all time is spent in, hence its length and its local names."""
        file, dialect, words, next_event = self.file, self.dialect, WORDS[self.dialect], self.next_event
        root: list[Node] = []
        frame = _Frame(Sequence(origin, root), root, {}, {})
        while True:
            event = next_event()
            kind = type(event)
            node: Node
            if kind is ScalarEvent:
                self.written += 1
                mark = event.start_mark
                place = Origin(file, mark.line + 1, mark.column + 1)
                text = event.value
                if event.tag is not None or event.anchor is not None:
                    node = self.to_marked_scalar(event, place)
                elif event.style:
                    node = Scalar(place, text, text, False)
                elif text[:1] in NUMBER_STARTS:
                    node = Scalar(place, resolve_number(text, dialect, place), text)
                else:
                    node = Scalar(place, words.get(text, text), text)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                frame = self.open(event, frame)
                continue
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                node, frame = self.close(frame)
            elif kind is AliasEvent:
                node = self.to_alias(event)
            else:
                return root[0]
            name = frame.name
            if frame.items is not None:
                frame.items.append(node)
            elif name is None:
                frame.name = self.add_key(frame, node)
            elif name != "<<":
                frame.entries[name] = node
                frame.name = None
            else:
                self.add_merge_key(frame, node)

    def to_origin(self, mark: Any) -> Origin:
        return Origin(self.file, mark.line + 1, mark.column + 1)

    def open(self, event: Any, outer: _Frame) -> _Frame:
        """Begin a collection inside another."""
        mark = event.start_mark
        origin = Origin(self.file, mark.line + 1, mark.column + 1)
        self.written += 1
        self.frames.append(outer)
        depth = len(self.frames)
        if depth > self.reach:
            self.check_depth(depth, origin)
        tag = self.to_kept_tag(event, origin) if event.tag is not None else None
        if type(event) is MappingStartEvent:
            entries: dict[str, Node] = {}
            keys: dict[str, Scalar] = {}
            frame = _Frame(Mapping(origin, entries, keys, tag), None, entries, keys)
        else:
            items: list[Node] = []
            frame = _Frame(Sequence(origin, items, tag), items, {}, {})
        if event.anchor is not None:
            frame.anchor = self.anchors[event.anchor] = _Anchor(origin)
            frame.size_before = self.written + self.repeated - 1
            frame.reach_before = self.reach
            self.reach = depth
        elif depth > self.reach:
            self.reach = depth
        return frame

    def to_kept_tag(self, event: Any, origin: Origin) -> str | None:
        from isomorph.syntax.yaml.tags import read_collection_tag

        return read_collection_tag(event, self.dialect, origin)

    def close(self, frame: _Frame) -> tuple[Node, _Frame]:
        """End a collection; gives it and the frame around it."""
        anchor = frame.anchor
        if anchor is not None:
            anchor.node = frame.node
            anchor.size = self.written + self.repeated - frame.size_before
            anchor.height = self.reach - len(self.frames) + 1
            self.reach = max(self.reach, frame.reach_before)
        return frame.node, self.frames.pop()

    def check_depth(self, depth: int, origin: Origin) -> None:
        if depth > self.limits.depth:
            raise InvalidInput(f"nested more than {self.limits.depth} deep", origin, "flatten it")

    def to_marked_scalar(self, event: Any, origin: Origin) -> Scalar:
        """Give a scalar that has a tag or an anchor."""
        from isomorph.syntax.yaml.tags import resolve_tagged

        node = resolve_tagged(event, self.dialect, origin)
        if event.anchor is not None:
            anchor = self.anchors[event.anchor] = _Anchor(origin)
            anchor.node = node
        return node

    def to_alias(self, event: Any) -> Node:
        """Give the node that an alias repeats."""
        origin = self.to_origin(event.start_mark)
        anchor = self.anchors.get(event.anchor)
        if anchor is None:
            known = ", ".join(f"&{name}" for name in list(self.anchors)[:10])
            hint = f"anchors above: {known}" if known else "no anchor is defined above it"
            raise InvalidInput(f"alias *{event.anchor} has no anchor &{event.anchor} before it", origin, hint)
        if anchor.node is None:
            raise InvalidInput(
                f"alias *{event.anchor} stands inside its own anchor, which would never end",
                origin,
                f"&{event.anchor} begins at line {anchor.origin.line}",
            )
        self.repeated += anchor.size
        if self.repeated > max(self.limits.repeated, 10 * self.written):
            raise InvalidInput("aliases repeat more than a definition can need", origin, "write the values out")
        reach = len(self.frames) + anchor.height
        self.check_depth(reach, origin)
        self.reach = max(self.reach, reach)
        return anchor.node

    def add_key(self, frame: _Frame, node: Node) -> str:
        """Take a mapping's next key; gives the name that its value will have."""
        if type(node) is not Scalar:
            raise InvalidInput("a list or mapping cannot be a key", node.origin, "write the key as one word")
        value = node.value
        if value is None:
            raise InvalidInput("a key is missing or null", node.origin, 'quote it if it is meant: "null"')
        name = value if isinstance(value, str) else to_key(value, node.text, self.dialect)
        if name in frame.keys:
            self.check_duplicate(frame, name, node)
        frame.keys[name] = node
        return name

    def check_duplicate(self, frame: _Frame, name: str, node: Scalar) -> None:
        """Refuse a key that was written before, unless it only came by a merge key."""
        if frame.merged is not None and name in frame.merged:
            frame.merged.discard(name)
            return
        first = frame.keys[name].origin
        if name == "<<" and self.dialect is Dialect.KUBERNETES:
            return
        fault = InvalidInput(
            f"key {name!r} is written twice in one mapping, first at line {first.line}, column {first.column}",
            node.origin,
            "remove one of the two",
        )
        if self.doubled is None:
            raise fault
        self.doubled.append(fault)

    def add_merge_key(self, frame: _Frame, node: Node) -> None:
        """Take the value of the key `<<`, which is a key like any other where it is quoted."""
        frame.name = None
        if frame.keys["<<"].plain:
            self.merge(frame, node)
        else:
            frame.entries["<<"] = node

    def merge(self, frame: _Frame, node: Node) -> None:
        """Bring a merge key's entries in.

        go-yaml v3 lets explicit keys win wherever they stand; v2, and so Kubernetes, takes a merge key where it stands
        and lets it win over what was written before it. Of several mappings both let the earlier win.
        """
        sources = node.items if isinstance(node, Sequence) else [node]
        late = self.dialect is Dialect.KUBERNETES
        written = set(frame.entries) if frame.merged is None else set(frame.entries) - frame.merged
        brought: dict[str, None] = {}
        for source in sources:
            if not isinstance(source, Mapping):
                raise InvalidInput(
                    "`<<` takes a mapping or a list of mappings", source.origin, "name an anchor: `<<: *x`"
                )
            for name, value in source.entries.items():
                if name in brought or (name in written and not late):
                    continue
                brought[name] = None
                frame.entries[name] = value
                frame.keys[name] = source.keys[name]
        frame.merged = (frame.merged or set()) | set(brought)
