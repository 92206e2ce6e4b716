"""The values of expressions: plain Python ones, as cty (https://github.com/zclconf/go-cty) converts and compares them.

Null, truth values, strings, lists (of tuples and lists alike), dictionaries (of objects and maps alike), `Set`, and numbers:
int where they are whole, else Decimal, so that 0.1 + 0.2 is 0.3 and a million is 1000000. What the given input does not
settle is `Pending`.
"""

import re
from decimal import Context, Decimal, localcontext
from typing import Any

import msgspec

from isomorph.model.origin import Origin
from isomorph.model.text import Part, Placeholder, parts_of

PRECISION = Context(prec=155, Emax=999_999, Emin=-999_999, traps=[])
"""As many decimal digits as the 512 bits of HCL's numbers."""
LARGEST_VALUE = 200_000
"""Elements of one value, those in others counted each time; 64 characters count as an element, too."""
LONGEST_TEXT = 4_000_000

_IDENTIFIER = re.compile(r"[^\W\d][\w-]*+")
_NUMBER = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?")


class HclFault(Exception):
    """What is wrong with a value; the evaluator knows where."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.message = message
        self.hint = hint
        super().__init__(message)


class Pending(msgspec.Struct, frozen=True):
    """A value, or a text in parts, that depends on what the given input does not settle."""

    parts: tuple[Part, ...]

    @property
    def variable(self) -> str:
        """The name of the first variable that would settle it, where there is one."""
        return next((part.variable for part in self.parts if isinstance(part, Placeholder) and part.variable), "")


class Attribute(Pending, frozen=True):
    """What only an apply tells about something that is declared: the address of that, and the steps into it."""

    address: str = ""
    path: tuple[str | int, ...] = ()


def attribute_of(address: str, path: tuple[str | int, ...]) -> Attribute:
    """Give an attribute that only an apply tells; its expression is spelled from the root module, wherever it stands."""
    steps = "".join(f"[{each}]" if isinstance(each, int) else print_step(each) for each in path)
    return Attribute((Placeholder(f"${{{address}{steps}}}"),), address, path)


def print_step(key: str) -> str:
    """Write a step into a map: `.name`, or `["any text"]`."""
    return f".{key}" if _IDENTIFIER.fullmatch(key) else f"[{print_key(key)}]"


def print_key(key: str | int) -> str:
    """Write the key of an instance, `0` or `"blue"`, as Terraform's addresses have it."""
    if isinstance(key, int):
        return str(key)
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("${", "$${") + '"'


class Partial(dict[str, Any]):
    """What is declared at an address: what its arguments say is settled, all else only an apply tells.

    `places` has where each argument is written; `path` leads from the address to a block in it.
    """

    __slots__ = ("address", "path", "places")

    def __init__(
        self, address: str, known: dict[str, Any], places: dict[str, Origin], path: tuple[str | int, ...] = ()
    ) -> None:
        super().__init__(known)
        self.address = address
        self.places = places
        self.path = path

    def __missing__(self, key: str) -> Any:
        return attribute_of(self.address, (*self.path, key))

    def whole(self) -> Attribute:
        """Give what stands for all of it, since not all is settled."""
        return attribute_of(self.address, self.path)


class Argument(dict[str, Any]):
    """A map that is written as an argument of what is declared at an address; a provider may know more keys of it."""

    __slots__ = ("address", "path")

    def __init__(self, address: str, known: dict[str, Any], path: tuple[str | int, ...]) -> None:
        super().__init__(known)
        self.address = address
        self.path = path


def settled(value: Any) -> Any:
    """Give a value, or what stands for it where it is settled in parts only."""
    return value.whole() if type(value) is Partial else value


class Set(list[Any]):
    """Values without order and repetition, kept sorted."""


def pending(expression: str, variable: str = "") -> Pending:
    """Give the value of an expression that is not settled."""
    return Pending((Placeholder(f"${{{expression}}}", variable),))


def find_pending(value: Any) -> Pending | None:
    """Give the first part of a value that is not settled; raises HclFault for a value larger than any definition needs."""
    return measure(value)[0]


def measure(value: Any) -> tuple[Pending | None, int]:
    """Give the first part of a value that is not settled, and how large the value is up to there."""
    if type(value) is str:
        return None, len(value) >> 6
    open_values, cost = [value], 0
    while open_values:
        each = open_values.pop()
        cost += 1
        kind = type(each)
        if kind is Pending or kind is Attribute:
            return each, cost
        if kind is Partial:
            return each.whole(), cost
        if kind is str:
            cost += len(each) >> 6
        elif isinstance(each, list):
            open_values.extend(each)
        elif isinstance(each, dict):
            open_values.extend(each.values())
        if cost + len(open_values) > LARGEST_VALUE:
            raise HclFault("a value is larger than any definition needs", "make it smaller")
    return None, cost


def type_name(value: Any) -> str:
    """Name the type of a value for a message."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | Decimal):
        return "number"
    if isinstance(value, Set):
        return "set"
    if isinstance(value, str):
        return "string"
    return "list" if isinstance(value, list) else "map"


def named(value: Any) -> str:
    """Name a value's type with its article."""
    name = type_name(value)
    return name if name == "null" else f"a {name}"


def print_number(value: int | Decimal) -> str:
    """Write a number without an exponent, as HCL makes strings of numbers."""
    if isinstance(value, int):
        return str(value)
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def normal_number(value: int | Decimal) -> int | Decimal:
    """Give a number as int where it is whole; raises HclFault where it is larger than any definition needs."""
    if isinstance(value, int):
        if value.bit_length() > 1400:
            raise HclFault("a number is larger than any definition needs")
        return value
    if not value.is_finite() or value.adjusted() > 400:
        raise HclFault("a number is larger than any definition needs")
    return int(value) if value == value.to_integral_value() else value


def to_string(value: Any) -> str:
    """Convert to a string."""
    if type(value) is str:
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return print_number(value)
    raise HclFault(f"{named(value)} where a string is needed")


def to_number(value: Any) -> int | Decimal:
    """Convert to a number."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        if len(value) < 400 and _NUMBER.fullmatch(value):
            return normal_number(PRECISION.create_decimal(value)) if not value.isdecimal() else int(value)
        raise HclFault("a string that is no number where a number is needed")
    raise HclFault(f"{named(value)} where a number is needed")


def to_bool(value: Any) -> bool:
    """Convert to a truth value."""
    if isinstance(value, bool):
        return value
    if value in ("true", "1") and isinstance(value, str):
        return True
    if value in ("false", "0") and isinstance(value, str):
        return False
    raise HclFault(f"{named(value)} where true or false is needed")


def to_list(value: Any) -> list[Any]:
    """Take a list or a set."""
    if isinstance(value, list):
        return value
    raise HclFault(f"{named(value)} where a list is needed")


def to_map(value: Any) -> dict[str, Any]:
    """Take a map."""
    if isinstance(value, dict):
        return value
    raise HclFault(f"{named(value)} where a map is needed")


def to_int(value: Any) -> int:
    """Convert to a whole number."""
    number = to_number(value)
    if isinstance(number, int):
        return number
    raise HclFault(f"{print_number(number)} where a whole number is needed")


def unify(values: list[Any]) -> list[Any]:
    """Bring values to one type, as elements of a list must be: with a string among them, numbers and the like are strings."""
    kinds = {type_name(value) for value in values if value is not None and not isinstance(value, Pending)}
    if "string" in kinds and len(kinds) > 1 and kinds <= {"string", "number", "bool"}:
        return [value if value is None or isinstance(value, Pending) else to_string(value) for value in values]
    return values


def key_of(value: Any) -> Any:
    """Give what tells a value from all others, of any type: equal keys, equal values."""
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, list):
        return ("list", tuple(map(key_of, value)))
    if isinstance(value, dict):
        return ("map", tuple((key, key_of(value[key])) for key in sorted(value)))
    return value


def equal(left: Any, right: Any) -> bool:
    """Compare as HCL does: values of different types are not equal."""
    if type(left) is str and type(right) is str:
        return left == right
    return bool(key_of(left) == key_of(right))


def to_set(values: list[Any]) -> Set:
    """Give values without repetitions, in the order in which HCL walks over a set: numbers by size, strings by code point."""
    found = {key_of(value): value for value in unify(values)}
    unique = list(found.values())
    if all(isinstance(value, str) for value in unique) or all(type_name(value) == "number" for value in unique):
        return Set(sorted(unique))
    return Set(sorted(unique, key=lambda value: repr(key_of(value))))


def arithmetic(operator: str, left: Any, right: Any) -> int | Decimal:
    """Calculate."""
    first, second = to_number(left), to_number(right)
    if operator in "/%" and not second:
        raise HclFault("a division by zero")
    if isinstance(first, int) and isinstance(second, int):
        if operator == "+":
            return normal_number(first + second)
        if operator == "-":
            return normal_number(first - second)
        if operator == "*":
            return normal_number(first * second)
        quotient = abs(first) // abs(second) * (1 if (first < 0) == (second < 0) else -1)
        if operator == "%":
            return first - quotient * second
        if quotient * second == first:
            return quotient
    with localcontext(PRECISION):
        one, two = Decimal(first), Decimal(second)
        if operator == "+":
            return normal_number(one + two)
        if operator == "-":
            return normal_number(one - two)
        if operator == "*":
            return normal_number(one * two)
        return normal_number(one / two if operator == "/" else one % two)


def text_parts(value: Any) -> tuple[Part, ...]:
    """Give what a value adds to a text."""
    if isinstance(value, Pending):
        return value.parts
    return parts_of(to_string(value))
