"""Expressions to values, as HCL's specification says it, within limits on how much they may ask for.

What is not settled spreads: what depends on it is not settled either, and stays as the text of its expression.
"""

from collections.abc import Callable
from typing import Any, NoReturn

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.model.text import Part, Placeholder, make_text
from isomorph.syntax.hcl.cursor import Cursor
from isomorph.syntax.hcl.expressions import (
    Binary,
    Call,
    Conditional,
    Element,
    Embedded,
    Expression,
    For,
    Literal,
    Object,
    Reference,
    Splat,
    Step,
    Template,
    TemplateFor,
    TemplateIf,
    Traverse,
    Tuple,
    Unary,
)
from isomorph.syntax.hcl.scope import Scope, Use
from isomorph.syntax.hcl.surroundings import Account, Declared, Inside, Lookup
from isomorph.syntax.hcl.values import (
    LONGEST_TEXT,
    Argument,
    Attribute,
    HclFault,
    Partial,
    Pending,
    Set,
    arithmetic,
    attribute_of,
    equal,
    measure,
    named,
    pending,
    settled,
    text_parts,
    to_bool,
    to_number,
    to_string,
    type_name,
)

LONGEST_CHAIN = 8
"""Places that are kept behind the place of one value."""


class Evaluator:
    """Evaluates the expressions of one text.

    `names` are its roots (`var`, `local` and what loops declare); `via` collects where the values that were used are
    written, `uses` what they are attributes of; what is `constant` holds no references. Evaluators that share an `account`
    share a limit. `trying` counts the calls of `try` and `can` around.
    """

    def __init__(self, cursor: Cursor, scope: Scope, names: dict[str, Any], account: Account | None = None) -> None:
        self.cursor = cursor
        self.scope = scope
        self.names = names
        self.via: dict[Origin, None] = {}
        self.uses: dict[Use, None] = {}
        self.account = account or Account()
        self.trying = 0
        self.element: Any = None
        self.constant = False

    def value(self, expression: Expression) -> Any:
        """Give the value of an expression; raises InvalidInput where it has none."""
        if type(expression) is Literal:
            return expression.value
        try:
            return _BY_KIND[type(expression)](self, expression)
        except HclFault as fault:
            raise self.refuse(fault, expression) from None

    def refuse(self, fault: HclFault, expression: Expression) -> InvalidInput:
        return InvalidInput(fault.message, self.cursor.origin(expression.start), fault.hint)

    def fail(self, message: str, expression: Expression, hint: str = "") -> NoReturn:
        raise InvalidInput(message, self.cursor.origin(expression.start), hint)

    def source(self, expression: Expression) -> str:
        """Give the text of an expression."""
        return self.cursor.text[expression.start : expression.end]

    def unsettled(self, expression: Expression, cause: Pending) -> Pending:
        """Give what stands for an expression that depends on something that is not settled."""
        return pending(self.source(expression), cause.variable)

    def use(self, *origins: Origin) -> None:
        """Note where a value that is used is written; the nearest places are enough."""
        for origin in origins:
            if len(self.via) < LONGEST_CHAIN:
                self.via[origin] = None

    def spend(self, expression: Expression, turns: int = 1) -> None:
        self.account.turns += turns
        if self.account.turns > self.account.limit:
            limit = self.account.limit
            self.fail(f"the loops of this file turn more than {limit} times", expression, "make them smaller")

    def inside(self, expression: Embedded) -> Inside:
        """Go into another text."""
        return Inside(self, expression.cursor)

    def embedded(self, expression: Embedded) -> Any:
        with self.inside(expression):
            return self.value(expression.inner)

    def literal(self, expression: Literal) -> Any:
        return expression.value

    def reference(self, expression: Reference) -> Any:
        name = expression.name
        if self.constant:
            self.fail(
                f"`{self.source(expression)[:60]}` where no references may be", expression, "write a text in quotes"
            )
        if name in self.names:
            return self.walk(self.names[name], expression.steps, expression)
        if name in self.scope.roots:
            return self.walk(self.scope.roots[name], expression.steps, expression)
        if self.scope.unknown == "refuse":
            self.fail(
                f"`{self.source(expression)[:60]}` is not declared", expression, "declare it, or correct the name"
            )
        if self.scope.unknown == "keep":
            return expression.around or f"${{{self.source(expression)}}}"
        return pending(self.source(expression))

    def traverse(self, expression: Traverse) -> Any:
        return self.walk(self.value(expression.target), expression.steps, expression)

    def walk(self, value: Any, steps: list[Step], expression: Expression) -> Any:
        """Take steps into a value."""
        used: Use | None = None
        for step in steps:
            if isinstance(value, Pending) and type(value) is not Attribute:
                return self.unsettled(expression, value)
            key = step.key.value if type(step.key) is Literal else self.value(step.key)
            if isinstance(key, Pending):
                return self.unsettled(expression, key)
            if isinstance(value, Lookup):
                value = value.find(key, self, expression)
            elif isinstance(value, Attribute):
                value = attribute_of(value.address, (*value.path, key if isinstance(key, int) else to_string(key)))
                used = used and (value.address, value.path)
            else:
                used = self.use_part(value, to_string(key)) if type(value) is Partial else used
                value = self.step(value, key, step)
        if type(value) is Partial:
            used = value.address, value.path
        if used is not None:
            self.uses[used] = None
        return value.whole() if isinstance(value, Lookup) else value

    def step(self, value: Any, key: Any, step: Step) -> Any:
        if isinstance(value, dict):
            try:
                return value[to_string(key)]
            except KeyError:
                if type(value) is Argument and not self.trying:
                    return attribute_of(value.address, (*value.path, to_string(key)))
                known = ", ".join(sorted(map(str, value))[:10])
                self.fail(f"there is no `{key}` here", step, f"there are: {known}" if known else "the map is empty")
        if isinstance(value, list) and not isinstance(value, Set):
            number = to_number(key) if type(key) is not str or key.isdecimal() else -1
            if isinstance(number, int) and 0 <= number < len(value):
                return value[number]
            self.fail(f"a list of {len(value)} has no element {key}", step, "elements are counted from 0")
        if value is None:
            self.fail("null has no parts", step, "give it a value, or use try(…)")
        return self.fail(f"{named(value)} has no parts to be named or counted", step)

    def use_part(self, value: Partial, key: str) -> Use:
        """Note where an attribute is written that is used; give what it is."""
        if key in value.places:
            self.use(value.places[key])
        return value.address, (*value.path, key)

    def template(self, expression: Template) -> Any:
        if expression.alone:
            return self.value(expression.parts[0])
        parts: list[Part] = []
        length = 0
        for part in expression.parts:
            value = part.value if type(part) is Literal else settled(self.value(part))
            if type(value) is str:
                parts.append(value)
                length += len(value)
                continue
            if value is None:
                self.fail("null in a string", part, "give it a value, or use coalesce(…)")
            try:
                found = text_parts(value)
            except HclFault as fault:
                raise self.refuse(HclFault(fault.message, "use join(…) or jsonencode(…)"), part) from None
            parts.extend(found)
            length += len(found[0]) if len(found) == 1 and isinstance(found[0], str) else len(found)
            if length > LONGEST_TEXT or len(parts) > LONGEST_TEXT:
                break
        if length > LONGEST_TEXT:
            self.fail("a string is longer than any definition needs", expression, "shorten it")
        text = make_text(parts)
        return text if isinstance(text, str) else Pending(text)

    def template_if(self, expression: TemplateIf) -> Any:
        condition = self.value(expression.condition)
        if isinstance(condition, Pending):
            return Pending(pending(self.cursor.text[expression.start : expression.no.end], condition.variable).parts)
        return self.template(expression.yes if self.truth(condition, expression.condition) else expression.no)

    def template_for(self, expression: TemplateFor) -> Any:
        collection = settled(self.value(expression.collection))
        if isinstance(collection, Pending):
            return self.unsettled(expression, collection)
        parts: list[Part] = []
        length = 0
        with Declared(self, expression.key, expression.value) as loop:
            for key, value in self.entries(collection, expression.collection):
                loop.declare(key, value)
                found = text_parts(self.template(expression.body))
                length += sum(len(part) if isinstance(part, str) else 1 for part in found)
                if length > LONGEST_TEXT:
                    self.fail("a string is longer than any definition needs", expression, "shorten it")
                parts.extend(found)
        text = make_text(parts)
        return text if isinstance(text, str) else Pending(text)

    def entries(self, collection: Any, expression: Expression) -> list[tuple[Any, Any]]:
        """Give the keys and values of a collection in the order of HCL: maps by their keys."""
        if isinstance(collection, dict):
            found = sorted(collection.items())
        elif isinstance(collection, Set):
            found = [(value, value) for value in collection]
        elif isinstance(collection, list):
            found = list(enumerate(collection))
        else:
            self.fail(f"{named(collection)} where a list or a map is needed", expression)
        self.spend(expression, len(found))
        return found

    def truth(self, value: Any, expression: Expression) -> bool:
        try:
            return to_bool(value)
        except HclFault as fault:
            raise self.refuse(fault, expression) from None

    def tuple(self, expression: Tuple) -> list[Any]:
        return [self.value(item) for item in expression.items]

    def object(self, expression: Object) -> Any:
        result = {}
        for key, value in expression.entries:
            name = key.value if type(key) is Literal else self.value(key)
            if isinstance(name, Pending):
                return self.unsettled(expression, name)
            result[name if type(name) is str else self.key_text(name, key)] = self.value(value)
        return result

    def key_text(self, value: Any, expression: Expression) -> str:
        if value is None:
            self.fail("null as a key of a map", expression, "give it a value")
        try:
            return to_string(value)
        except HclFault as fault:
            raise self.refuse(fault, expression) from None

    def call(self, expression: Call) -> Any:
        from isomorph.syntax.hcl.functions import call_function

        return call_function(self, expression)

    def for_(self, expression: For) -> Any:
        collection = settled(self.value(expression.collection))
        if isinstance(collection, Pending):
            return self.unsettled(expression, collection)
        items: list[Any] = []
        result: dict[str, Any] = {}
        with Declared(self, expression.key, expression.value) as loop:
            for key, value in self.entries(collection, expression.collection):
                loop.declare(key, value)
                if expression.condition is not None:
                    condition = self.value(expression.condition)
                    if isinstance(condition, Pending):
                        return self.unsettled(expression, condition)
                    if not self.truth(condition, expression.condition):
                        continue
                if expression.result_key is None:
                    items.append(self.value(expression.result))
                    continue
                name = self.value(expression.result_key)
                if isinstance(name, Pending):
                    return self.unsettled(expression, name)
                self.add_entry(expression, result, self.key_text(name, expression.result_key))
        return items if expression.result_key is None else result

    def add_entry(self, expression: For, result: dict[str, Any], key: str) -> None:
        """Add an entry that a `for` makes."""
        if expression.grouped:
            result.setdefault(key, []).append(self.value(expression.result))
        elif key in result:
            self.fail(
                "two elements of a `for` have one key",
                expression.result_key or expression,
                "write `...` after the value to group them",
            )
        else:
            result[key] = self.value(expression.result)

    def splat(self, expression: Splat) -> Any:
        target = self.value(expression.target)
        if isinstance(target, Pending):
            return self.unsettled(expression, target)
        items = target if isinstance(target, list) else [] if target is None else [target]
        self.spend(expression, len(items))
        outer = self.element
        result = []
        try:
            for item in items:
                self.element = item
                result.append(self.value(expression.each))
        finally:
            self.element = outer
        return result

    def at_element(self, expression: Element) -> Any:
        return self.element

    def unary(self, expression: Unary) -> Any:
        value = self.value(expression.operand)
        if isinstance(value, Pending):
            return self.unsettled(expression, value)
        return (not to_bool(value)) if expression.operator == "!" else -to_number(value)

    def binary(self, expression: Binary) -> Any:
        chain: list[Binary] = []
        first: Expression = expression
        while type(first) is Binary:
            chain.append(first)
            first = first.left
        left = self.value(first)
        for link in reversed(chain):
            try:
                left = self.operate(link, left)
            except HclFault as fault:
                raise self.refuse(fault, link) from None
        return left

    def operate(self, link: Binary, left: Any) -> Any:
        operator = link.operator
        right = self.value(link.right)
        if operator in ("==", "!=") and (never_null(left, right) or never_null(right, left)):
            return operator == "!="
        for side in (left, right):
            cause, size = measure(side)
            if cause is not None:
                return self.unsettled(link, cause)
            self.spend(link, size >> 3)
        if operator in ("==", "!="):
            return equal(left, right) == (operator == "==")
        if operator == "&&":
            return to_bool(left) and to_bool(right)
        if operator == "||":
            return to_bool(left) or to_bool(right)
        if operator in ("<", "<=", ">", ">="):
            one, two = to_number(left), to_number(right)
            return {"<": one < two, "<=": one <= two, ">": one > two, ">=": one >= two}[operator]
        return arithmetic(operator, left, right)

    def conditional(self, expression: Conditional) -> Any:
        condition = self.value(expression.condition)
        if isinstance(condition, Pending):
            return self.unsettled(expression, condition)
        chosen, other = expression.yes, expression.no
        if not self.truth(condition, expression.condition):
            chosen, other = other, chosen
        value = self.value(chosen)
        if isinstance(value, str) or type_name(value) not in ("number", "bool"):
            return value
        # Both sides have one type: `true ? 80 : "auto"` is "80". What is wrong with the other side does not matter.
        try:
            return to_string(value) if isinstance(self.value(other), str) else value
        except InvalidInput:
            return value


def never_null(value: Any, other: Any) -> bool:
    """Tell whether a value is compared with null that cannot be null, since a part of its text is known or a secret's."""
    return (
        other is None and isinstance(value, Pending) and any(not isinstance(part, Placeholder) for part in value.parts)
    )


_BY_KIND: dict[type[Expression], Callable[[Evaluator, Any], Any]] = {
    Literal: Evaluator.literal,
    Reference: Evaluator.reference,
    Traverse: Evaluator.traverse,
    Embedded: Evaluator.embedded,
    Template: Evaluator.template,
    TemplateIf: Evaluator.template_if,
    TemplateFor: Evaluator.template_for,
    Tuple: Evaluator.tuple,
    Object: Evaluator.object,
    Call: Evaluator.call,
    For: Evaluator.for_,
    Splat: Evaluator.splat,
    Element: Evaluator.at_element,
    Unary: Evaluator.unary,
    Binary: Evaluator.binary,
    Conditional: Evaluator.conditional,
}
