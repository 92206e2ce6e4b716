"""What is written as HCL is read as what it was."""

import unicodedata
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from isomorph.syntax.hcl.emit import Block, emit_hcl
from isomorph.syntax.hcl.read import read_body
from isomorph.syntax.hcl.scope import Scope
from isomorph.syntax.tree import to_data

TEXTS = st.one_of(
    st.text(max_size=20),
    st.text("$%{}\"\\~ab\n", max_size=20),
    st.sampled_from(["${a}", "%{ if x }", "$${", "$$$${a}", "<<EOT", "/* c */", "# c", "\u2028", "\x00", "\ufeff", "\r\n"]),
)  # fmt: skip
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_-]{0,8}", fullmatch=True)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**30), 10**30), st.floats(allow_nan=False, allow_infinity=False), TEXTS
)
DATA = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)


def normal(value: Any) -> Any:
    """Give data as HCL reads it: texts in Unicode's form C; a whole number is one, with a point or without."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, dict):
        return {normal(key): normal(each) for key, each in value.items()}
    if isinstance(value, list):
        return [normal(each) for each in value]
    if isinstance(value, float):
        return int(Decimal(repr(value))) if value == int(value) else value
    return value


@settings(max_examples=200)
@given(st.dictionaries(NAMES, DATA, max_size=4), NAMES, st.lists(TEXTS, max_size=2))
def test_data_that_is_written_is_read_back(arguments: dict[str, Any], kind: str, labels: list[str]) -> None:
    text = emit_hcl([arguments, Block("b", tuple(labels), [arguments, Block("inner")])])
    body = read_body(text, "f.hcl", Scope())
    expected = {name: normal(value) for name, value in arguments.items()}
    assert {name: to_data(node) for name, node in body.attributes.items()} == expected
    (block,) = body.blocks
    assert block.labels == tuple(map(normal, labels))
    assert {name: to_data(node) for name, node in block.body.attributes.items()} == expected
    assert [inner.type for inner in block.body.blocks] == ["inner"]
