"""Quantities as k8s.io/apimachinery reads and prints them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isomorph.model.errors import InvalidInput
from isomorph.platforms.kubernetes.quantities import parse_bytes, parse_cpu, print_bytes, print_cpu


@pytest.mark.parametrize(
    ("text", "millicores"),
    [("1", 1000), ("0.5", 500), (".5", 500), ("1.", 1000), ("100m", 100), ("1e3", 1_000_000), ("1k", 1_000_000)]
    + [("0", 0), ("0.1m", 1), ("1500u", 2), ("+2", 2000), ("5E-1", 500), ("1Ki", 1_024_000)],
)
def test_cpu(text: str, millicores: int) -> None:
    assert parse_cpu(text) == millicores


@pytest.mark.parametrize(
    ("text", "size"),
    [("64Mi", 64 << 20), ("1Gi", 1 << 30), ("1.5Gi", 3 << 29), ("1G", 10**9), ("500M", 5 * 10**8), ("1e9", 10**9)]
    + [
        ("128974848", 128974848),
        ("128974848000m", 128974848),
        ("1m", 1),
        ("1E", 10**18),
        ("1Ei", 1 << 60),
        ("2e-1", 1),
    ],
)
def test_memory_rounds_up_to_whole_bytes(text: str, size: int) -> None:
    assert parse_bytes(text) == size


@pytest.mark.parametrize(
    "text", ["", "Mi", "1K", "1mi", "1 Mi", "1.2.3", "--1", "1e", "1e99", "0x10", "1Mib", "١", "1" * 70, "1e1000000000"]
)
def test_what_is_no_quantity(text: str) -> None:
    with pytest.raises(InvalidInput, match="quantity"):
        parse_bytes(text)


@given(st.integers(0, 1 << 62))
@settings(max_examples=100)
def test_bytes_print_and_parse(size: int) -> None:
    assert parse_bytes(print_bytes(size)) == size


@given(st.integers(0, 10**9))
@settings(max_examples=50)
def test_cpu_prints_and_parses(millicores: int) -> None:
    assert parse_cpu(print_cpu(millicores)) == millicores


def test_canonical_forms() -> None:
    assert [print_cpu(value) for value in (0, 500, 1000, 1500)] == ["0", "500m", "1", "1500m"]
    assert [print_bytes(value) for value in (0, 1000, 1 << 10, 1 << 30, 3 << 29)] == [
        "0",
        "1000",
        "1Ki",
        "1Gi",
        "1536Mi",
    ]
