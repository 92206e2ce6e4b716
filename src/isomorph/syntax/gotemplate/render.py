"""Rendering of a set of templates that share their definitions, as Helm's engine does it.

gotpl parses and executes; each action is given one more command, which formats its value as Go does and keeps its marks,
and what gotpl writes is collected together with the place of the instruction that writes it.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import msgspec
from gotpl.compile.compiler import compile_template
from gotpl.compile.instructions import Program
from gotpl.errors import TemplateError, TemplateExecutionError, TemplateSyntaxError
from gotpl.parse.nodes import ListNode, TextNode
from gotpl.parse.parser import parse_template
from gotpl.runtime.policy import ExecutionBudget, ExecutionBudgetState, SandboxPolicy
from gotpl.runtime.sync_vm import _ExecutionLocation, render_program_to
from gotpl.runtime.values import ValueAdapter, is_bound_method

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.syntax.gotemplate.bounds import ITERATIONS, LONGEST_OUTPUT, TookTooLong, limit_time
from isomorph.syntax.gotemplate.functions.table import EVALUATED, NAMES, make_function
from isomorph.syntax.gotemplate.printing import print_value
from isomorph.syntax.gotemplate.rewriting import FIELDS, NOTHING, RANGED, WRITTEN, check_range, give_nothing, rewrite
from isomorph.syntax.gotemplate.text import (
    NOWHERE,
    Mark,
    Source,
    Text,
    cut_text,
    find_mark,
    join_texts,
    place_text,
    runs_of,
    with_runs,
)

NO_VALUE = "<no value>"
CALLS, NESTING = 2_000_000, 60
"""Function calls and nested templates of one rendering."""
_NOW = re.compile(r"(?<=[{(|\s])now(?=\.[A-Z][A-Za-z]*(?:[^{}]*\}\}))")
"""A call with a field behind it, `now.Unix`, which gotpl knows in parentheses only."""
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


_FIELDS = ("Cert", "Key", "Major", "Minor", "Patch", "Prerelease", "Metadata", "Original", "Compare")
"""What templates may see of a certificate (`genCA`) and of a version (`semver`)."""
_BUDGET = ExecutionBudget(
    max_output_chars=LONGEST_OUTPUT, max_iterations=ITERATIONS, max_template_depth=NESTING, max_function_calls=CALLS
)
_SANDBOX = SandboxPolicy(
    allow_custom_lookup=True,
    allow_attributes=_FIELDS,
    allow_properties=_FIELDS,
    allow_methods=_FIELDS,
    default_budget=_BUDGET,
)
_ADAPTER = ValueAdapter("zero", _SANDBOX)


class TemplateFile(msgspec.Struct, frozen=True):
    """One template: `name` as Helm names it (`shop/templates/_x.tpl`), `file` the path that users are shown."""

    name: str
    text: str
    file: str


class Rendered:
    """What one template gave."""

    def __init__(self, text: str) -> None:
        self.text = text[:]
        self._marks = [mark for _, mark in runs_of(text)]
        self._ends = [end for end, _ in runs_of(text)]
        self._lines = [0]
        self._lines += [match.end() for match in re.finditer("\n", self.text)]

    def to_offset(self, line: int, column: int) -> int:
        """Give the number of the character at a line and column."""
        return self._lines[min(line, len(self._lines)) - 1] + column - 1

    def origin_at(self, line: int, column: int) -> Origin:
        """Give the place in a template that wrote a character; `via` are the places of the values that got there."""
        return self.origin_of(self.to_offset(line, column))

    def origin_of(self, offset: int) -> Origin:
        """Give the place behind a character by its number."""
        index = min(bisect_right(self._ends, offset), len(self._ends) - 1)
        if index < 0:
            return Origin("")
        begin = self._ends[index - 1] if index else 0
        return to_origin(self._marks[index], offset - begin)

    def stretches(self, start: int, end: int) -> list[tuple[int, int, Origin]]:
        """Give the stretches of the text between two characters, each with the place behind its first."""
        found: list[tuple[int, int, Origin]] = []
        while start < end:
            index = bisect_right(self._ends, start)
            if index >= len(self._ends):
                break
            until = min(self._ends[index], end)
            found.append((start, until, self.origin_of(start)))
            start = until
        return found


def to_origin(mark: Mark, offset: int) -> Origin:
    """Give the place of a character that stands `offset` characters into a stretch."""
    source, values = mark.source, mark.values
    if source is None:
        return msgspec.structs.replace(values[0], via=values[1:]) if values else Origin("")
    return source.to_origin(mark.offset + offset if mark.literal else source.to_action(mark.offset), values)


class _Writer:
    """Collects what a template writes, with its places."""

    def __init__(self, location: _ExecutionLocation, sources: Mapping[str, Source]) -> None:
        self.location = location
        self.sources = sources
        self.parts: list[str] = []

    def write(self, value: str, /) -> int:
        location = self.location
        source = self.sources[location.source_name]
        offset = source.to_character(location.position)
        if type(value) is Text:
            self.parts.append(place_text(value, source, offset))
        elif value:
            self.parts.append(with_runs(value, ((len(value), Mark(source, offset, True)),)))
        return len(value)


class Renderer:
    """Templates that are parsed once and render any of themselves."""

    def __init__(self, templates: Sequence[TemplateFile]) -> None:
        self._sources: dict[str, Source] = {}
        self._functions: dict[str, Callable[..., object]] = {
            WRITTEN: print_value,
            NOTHING: give_nothing,
            FIELDS: give_fields,
            RANGED: check_range,
        }
        self._programs: dict[str, Program] = {}
        self._locations: list[_ExecutionLocation] = []
        self._budget = ExecutionBudgetState(_BUDGET)
        for template in sorted(templates, key=lambda template: (template.name.count("/"), template.name), reverse=True):
            self._sources[template.name] = Source(template.file, template.text)
            self._programs.update(self._parse(template.name, template.text, self._programs))

    def render(self, name: str, data: Mapping[str, object]) -> Rendered:
        """Render a template; raises InvalidInput where it fails, with the place of the action that does."""
        self._budget = ExecutionBudgetState(_BUDGET)
        self._locations = []
        origin = Origin(self._sources[name].name)
        try:
            with limit_time():
                return Rendered(drop_no_value(self._execute(name, data)))
        except TemplateError as error:
            raise self._to_fault(error, name) from None
        except RecursionError:
            raise InvalidInput(
                "the templates are nested too deep", origin, "look for a template that includes itself"
            ) from None
        except TookTooLong as late:
            message = f"the template took longer than {late.seconds:g} seconds"
            raise InvalidInput(message, origin, "look for a loop that multiplies its own result") from None

    def _parse(self, name: str, text: str, known: Mapping[str, Program]) -> dict[str, Program]:
        """Compile a text with its definitions; an empty one does not replace what is known under its name."""
        if "now." in text:
            text = self._sources[name].wrap_calls(_NOW)
        try:
            parsed = parse_template(text, name=name, functions=NAMES)
        except TemplateSyntaxError as error:
            raise self._to_fault(error, name) from None
        for word in _WORD.findall(text):
            if word in NAMES and word not in EVALUATED and word not in self._functions:
                self._functions[word] = make_function(word, self)
        program = compile_template(rewrite(parsed), source=text)
        found = {} if _is_empty(parsed.root) and name in known else {name: program}
        for definition, compiled in zip(parsed.definitions, program.definitions, strict=True):
            if not _is_empty(definition.body) or definition.name not in known:
                found[definition.name] = compiled
        return found

    def _place(self) -> Origin | None:
        """Give the place of the action that is being executed."""
        if not self._locations:
            return None
        location = self._locations[-1]
        source = self._sources[location.source_name]
        return source.find_place(source.to_action(source.to_character(location.position)))

    def _execute(self, name: str, data: object) -> str:
        program = self._programs.get(name)
        if program is None:
            raise TemplateExecutionError(f"there is no template {name!r}")
        if len(self._locations) >= NESTING:
            raise TemplateExecutionError(f"templates are nested more than {NESTING} deep: {name!r} includes itself?")
        location = _ExecutionLocation()
        writer = _Writer(location, self._sources)
        self._locations.append(location)
        try:
            render_program_to(
                program,
                writer,  # type: ignore[arg-type]  # It is only written to.
                data,
                functions=self._functions,
                missing_key="zero",
                _namespace=self._programs,
                _depth=len(self._locations),
                _location=location,
                sandbox=_SANDBOX,
                _budget_state=self._budget,
            )
        finally:
            self._locations.pop()
        return join_texts(writer.parts)

    def include(self, name: str, data: object) -> str:
        """Give what a template of the set writes."""
        return self._execute(name, data)

    def render_text(self, text: str, data: object) -> str:
        """Give what a text writes as a template of the set; what it defines is its own (`tpl`)."""
        name = f"tpl {len(self._sources)}"
        source = self._sources[name] = Source(name, text[:])
        source.values, source.place = runs_of(text), self._place()
        before = self._programs
        self._programs = before | self._parse(name, text[:], before)
        try:
            return move_marks(drop_no_value(self._execute(name, data)), source, text)
        finally:
            self._programs = before

    def _to_fault(self, error: TemplateError, name: str) -> InvalidInput:
        """Give the error of a template at the place that it names: where a chart's own words (`fail`) are said, those."""
        from isomorph.syntax.gotemplate.faults import describe, find_fault, hint_for

        inner = find_fault(error)
        if inner is not None:
            return inner
        source = self._sources[getattr(error, "source_name", None) or name]
        position = getattr(error, "position", None)
        origin = source.find_place(source.to_character(position or 0))
        return InvalidInput(describe(error), origin, hint_for(error))


def move_marks(text: str, source: Source, template: str) -> str:
    """Give what a template made of values wrote as a value, which the action around it is to place.

    Behind what stands in the template word for word are the values behind that stretch of it; behind what an action wrote,
    the values that it wrote and those behind the action.
    """
    if type(text) is not Text:
        return text
    runs: list[tuple[int, Mark]] = []
    begin = 0
    for end, mark in text.runs:
        if mark.source is not source:
            runs.append((end, mark))
        elif mark.literal:
            stretch = cut_text(template, mark.offset, mark.offset + end - begin)
            runs += [(begin + until, behind) for until, behind in runs_of(stretch)] or [(end, NOWHERE)]
        else:
            behind = find_mark(template, source.to_action(mark.offset)).values
            runs.append((end, Mark(values=tuple(dict.fromkeys((*mark.values, *behind))))))
        begin = end
    return with_runs(text, runs)


def drop_no_value(text: str) -> str:
    """Leave out what Go writes for a value that is not there, as Helm does."""
    if NO_VALUE not in text:
        return text
    parts: list[str] = []
    start = 0
    while (found := text.find(NO_VALUE, start)) >= 0:
        parts.append(cut_text(text, start, found))
        start = found + len(NO_VALUE)
    return join_texts([*parts, cut_text(text, start, len(text))])


def _is_empty(body: ListNode) -> bool:
    return all(isinstance(node, TextNode) and not node.text.strip() for node in body.nodes)


def give_fields(path: str, value: object) -> object:
    """Give a field of what a variable or parentheses hold; of nothing (nil) Go gives nothing, where it refuses `.a.b`."""
    if value is None:
        return None
    names = path.split(".")
    for index, name in enumerate(names):
        value = _ADAPTER.lookup(_to_object(value), name)
        if index < len(names) - 1 and is_bound_method(value):
            value = value()
    return value


def _to_object(value: object) -> object:
    """Give a time as an object with the methods of Go's."""
    if not isinstance(value, datetime):
        return value
    from isomorph.syntax.gotemplate.functions.moments import Moment

    return Moment(value)
