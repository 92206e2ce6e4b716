"""CPU and memory as Score spells them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isomorph.platforms.score.quantities import parse_cpu, parse_memory, print_cpu, print_memory


@pytest.mark.parametrize(
    ("text", "millicores"),
    [("1", 1000), ("0.5", 500), ("0.250", 250), ("125m", 125), ("2", 2000), ("0.0001", 1), ("0", 0)],
)
def test_cpu(text: str, millicores: int) -> None:
    assert parse_cpu(text) == millicores


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1", 1),
        ("128", 128),
        ("1K", 1000),  # Upper case, which Kubernetes refuses, is the same thousand.
        ("1k", 1000),
        ("1Ki", 1024),
        ("125M", 125_000_000),
        ("1.5Gi", 1_610_612_736),
        ("0.5Ki", 512),
        ("0.0001K", 1),
        ("1E", 10**18),
        ("2Ei", 2 * 1024**6),
    ],
)
def test_memory(text: str, size: int) -> None:
    assert parse_memory(text) == size


@pytest.mark.parametrize("text", ["", "x", "1x", "1.2.3", "-1", "1 Mi", "1mi"])
def test_what_is_no_quantity(text: str) -> None:
    with pytest.raises(ValueError):
        parse_memory(text)


@given(st.integers(0, 2**63))
def test_quantities_round_trip(number: int) -> None:
    assert parse_cpu(print_cpu(number)) == number
    assert parse_memory(print_memory(number)) == number
