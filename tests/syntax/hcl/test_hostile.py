"""Texts that are written to harm meet a limit, in little time, and with a message like any other."""

import time

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.syntax.hcl.read import read_body
from isomorph.syntax.hcl.scope import Scope


def doubled(first: str, step: str, times: int = 60) -> str:
    """Give locals of which each is made of the one before it, twice."""
    lines = "".join(f"  a{n + 1} = {step.replace('?', f'local.a{n}')}\n" for n in range(times))
    return f"locals {{\n  a0 = {first}\n{lines}}}\nb = local.a{times}\n"


DEEP = "deep"
HARMFUL = {
    "lists": ("a = " + "[" * 100_000, DEEP),
    "parentheses": ("a = " + "(" * 100_000, DEEP),
    "maps": ("a = " + "{ a = " * 100_000, DEEP),
    "templates": ("a = " + '"${' * 100_000, DEEP),
    "blocks": ("a {\n" * 100_000, DEEP),
    "conditionals": ("a = " + "true ? 1 : " * 10_000 + "1\n", DEEP),
    "splats": ("a = b" + "[*]" * 100_000 + "\n", DEEP),
    "splats of attributes": ("a = b" + ".*.c" * 100_000 + "\n", DEEP),
    "signs": ("a = " + "-" * 100_000 + "1\n", "signs in a row"),
    "operators": ("a = " + "1 + " * 100_000 + "1\n", "operators in a row"),
    "steps": ("a = b" + ".c" * 100_000 + "\n", "steps in a row"),
    "controls": ("a = <<E\n" + "%{ if true }" * 100_000 + "\nE\n", "nested more than 20"),
    "digits": ("a = " + "9" * 1_000_000 + "\n", "larger than"),
    "exponent": ("a = 1e999999999\n", "larger than"),
    "squares": (doubled("10", "? * ?"), "larger than"),
    "power": ("a = pow(10, 1e9)\n", "no finite number"),
    "range": ("a = range(1e9)\n", "1024 elements"),
    "loops": ("a = [for a in range(1000) : [for b in range(1000) : [for c in range(1000) : c]]]\n", "turn more than"),
    "loops in text": ('a = "%{ for x in range(1000) }%{ for y in range(1000) }xx%{ endfor }%{ endfor }"\n', "turn more than"),
    "doubled texts": (doubled('"xxxxxxxxxx"', '"${?}${?}"'), "longer than"),
    "doubled lists": (doubled("[1]", "[?, ?]"), "turn more than"),
    "doubled joins": (doubled("[1]", "concat(?, ?)"), "turn more than"),
    "doubled JSON": (doubled('"x"', "jsonencode([?, ?])"), "(longer|larger|turn more) than"),
    "nested values": (doubled("1", "[?]", 2_000), "nested"),
    "products": ("a = setproduct(range(1000), range(1000), range(1000))\n", "larger than"),
    "replacements": (
        'locals {\n  s = join("", [for x in range(1000) : "aaaaaaaa"])\n}\na = replace(local.s, "a", local.s)\n', "longer"
    ),
    "widths": ('a = format("%999999999d", 1)\n', "a width of more than"),
    "indents": ('a = indent(1000000000, "a\\nb")\n', "longer than"),
    "aliases": ('a = yamldecode("a0: &a0 [1, 1]' + "".join(
        f"\\na{n + 1}: &a{n + 1} [*a{n}, *a{n}, *a{n}, *a{n}, *a{n}, *a{n}]" for n in range(12)) + '")\n', "repeat"),
    "brackets in JSON": ('a = jsondecode("' + "[" * 5_000 + '")\n', "nested more than"),
    "open comments": ("/*" * 500_000, "where the name|is not closed"),
    "open heredocs": ("a = <<E\n" * 100_000, "is not closed"),
    "nested repetitions": ('a = regex("^(a+)+$", "' + "a" * 50 + 'b")\n', "does not match"),
    "branches": ('a = regex("^(a|a)*$", "' + "a" * 50 + 'b")\n', "does not match"),
    "many repetitions": ('a = regex("a*a*a*a*a*a*a*b", "' + "a" * 3_000 + '")\n', "does not match"),
    "long searches": ('a = regexall("(a?){500}b", join("", [for x in range(1000) : "aaaaaaaa"]))\n', "takes too long"),
    "many searches": (
        'a = [for x in range(1000) : regexall("(a?){50}b", join("", [for x in range(1000) : "a"]))]\n', "turn more than"
    ),
    "long patterns": ('a = regex("((a{1000}){1000}){1000}", "a")\n', "repeats more than"),
    "open groups": ('a = regex("' + "(" * 900 + '", "a")\n', "no regular expression"),
}  # fmt: skip


@pytest.mark.parametrize("name", HARMFUL)
def test_harmful_texts_meet_a_limit(name: str) -> None:
    text, message = HARMFUL[name]
    start = time.process_time()
    with pytest.raises(InvalidInput, match=message) as error:
        read_body(text, "f.hcl", Scope())
    assert time.process_time() - start < 10
    assert error.value.origin is not None


LONG = {
    "dollars": 'a = "' + "$" * 500_000 + '"\n',
    "dollars before a brace": 'a = "' + "$" * 500_000 + '{x}"\n',
    "percents in a heredoc": "a = <<E\n" + "%" * 500_000 + "\nE\n",
    "a name": "a" * 500_000 + " = 1\n",
    "labels": "a" + ' "b"' * 50_000 + " {\n}\n",
    "comments": "a = [\n" + "# x\n" * 100_000 + "]\n",
    "lines of a heredoc": "a = <<-E\n" + "  ${1}\n" * 20_000 + "E\n",
    "arguments": "".join(f'a{number} = "x"\n' for number in range(50_000)),
}


@pytest.mark.parametrize("name", LONG)
def test_long_texts_take_linear_time(name: str) -> None:
    start = time.process_time()
    read_body(LONG[name], "f.hcl", Scope())
    assert time.process_time() - start < 10


def test_locals_in_a_long_row_are_read() -> None:
    rows = "".join(f"  a{number} = local.a{number + 1}\n" for number in range(3_000))
    body = read_body(f"locals {{\n{rows}  a3000 = 1\n}}\nb = local.a0\n", "f.hcl", Scope())
    assert len(body.attributes["b"].origin.via) == 8
