"""Compose's scalars, each form with what docker compose 2.40 makes of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isomorph.platforms.compose.scalars import (
    PortMapping,
    parse_boolean,
    parse_cpus,
    parse_duration,
    parse_port,
    parse_size,
    print_number,
    split_words,
)


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [("1m", 60_000), ("1.5s", 1_500), ("1d", 86_400_000), ("1w", 604_800_000), ("1h30m", 5_400_000), ("250ms", 250),
     ("0", 0), ("0s", 0), ("1us", 1), ("1500us", 2), ("1m0.5s", 60_500)],
)  # fmt: skip
def test_durations(text: str, milliseconds: int) -> None:
    assert parse_duration(text) == milliseconds


@pytest.mark.parametrize("text", ["", "90", "5 s", "1M", "s", "1s2", "-1s", "1y"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="no duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "size"),
    [("1", 1), ("1b", 1), ("1k", 1024), ("1kb", 1024), ("1KiB", 1024), ("1.5g", 1610612736), ("1 m", 1048576),
     ("1mB", 1048576), ("1t", 1 << 40), ("1p", 1 << 50), ("1e3", 1000), ("1024M", 1 << 30), ("1G", 1 << 30)],
)  # fmt: skip
def test_sizes_are_powers_of_1024(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["1Mi", "1Ki", "1E", "0x10", "-1", "", "m"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(ValueError, match="powers of 1024"):
        parse_size(text)


def test_cpus() -> None:
    assert (parse_cpus("0.5"), parse_cpus("2"), parse_cpus("0.001")) == (500, 2000, 1)
    for text in ("500m", "x", "-1", "nan", "1/2", "inf"):
        with pytest.raises(ValueError, match="no number of CPUs"):
            parse_cpus(text)


def test_booleans() -> None:
    assert [parse_boolean(text) for text in ("true", "Yes", "on", "y", "FALSE", "off")] == [True] * 4 + [False] * 2
    with pytest.raises(ValueError, match="neither"):
        parse_boolean("1")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("echo a; echo b", ["echo", "a"]),
        ("a | b", ["a"]),
        ("a && b", ["a"]),
        ('a "b c"d', ["a", "b cd"]),
        ('a \\"b', ["a", '"b']),
        ("a\\ b", ["a b"]),
        ('a "b\\nc"', ["a", "bnc"]),
        ("a 'b\\nc'", ["a", "b\\nc"]),
        ("`a`", ["`a`"]),
        ("a $(b c)", ["a", "$(b c)"]),
        ("a $(b 'c|d')e f", ["a", "$(b 'c|d')e", "f"]),
        ("a `b c`", ["a", "`b c`"]),
        ("a \"x'y\" 'x\"y'", ["a", "x'y", 'x"y']),
        ("a # b", ["a", "#", "b"]),
        ("a ''", ["a", ""]),
        ("a\nb\tc", ["a", "b", "c"]),
        ("a 'x;y' z", ["a", "x;y", "z"]),
        ("  ", []),
    ],
)
def test_command_lines(text: str, words: list[str]) -> None:
    assert split_words(text) == words


@pytest.mark.parametrize("text", ['a "', "a '", "a (b)", "a \\"])
def test_command_lines_that_do_not_end(text: str) -> None:
    with pytest.raises(ValueError, match="the command line"):
        split_words(text)


@pytest.mark.parametrize(
    ("text", "mappings"),
    [
        ("80", [PortMapping(80)]),
        ("80-81", [PortMapping(80), PortMapping(81)]),
        ("[::1]:80:80", [PortMapping(80, 80, "::1")]),
        ("::1:80:80", [PortMapping(80, 80, "::1")]),
        ("80-81:80", [PortMapping(80)]),
        ("8000-8001:80-81/udp", [PortMapping(80, 8000, None, "udp"), PortMapping(81, 8001, None, "udp")]),
        ("80/sctp", [PortMapping(80, protocol="sctp")]),
        ("80:80/TCP", [PortMapping(80, 80)]),
        ("0.0.0.0::80", [PortMapping(80, None, "0.0.0.0")]),
        (":80", [PortMapping(80)]),
        ("0:80", [PortMapping(80)]),
    ],
)
def test_ports(text: str, mappings: list[PortMapping]) -> None:
    assert parse_port(text) == mappings


@pytest.mark.parametrize(
    "text", ["1:2:3", "a:80", "80:a", "99999:1", "80:", "localhost:80:80", "80:80-81", "80/icmp", "", "9-1", "٣:80"]
)
def test_what_is_no_port(text: str) -> None:
    with pytest.raises(ValueError):
        parse_port(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234567.5, "1.2345675e+06"), (1e6, "1e+06"), (1e5, "100000"), (0.0001, "0.0001"), (0.00001, "1e-05"),
     (1e22, "1e+22"), (0.1, "0.1"), (-0.0, "-0"), (100000.5, "100000.5"), (999999.5, "999999.5"), (1e-7, "1e-07"),
     (float("inf"), "+Inf"), (5, "5"), (True, "true"), (False, "false"), (1.50, "1.5")],
)  # fmt: skip
def test_numbers_are_spelled_as_go_does(value: float, text: str) -> None:
    assert print_number(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
@settings(max_examples=100)
def test_a_spelled_number_is_the_number(value: float) -> None:
    assert float(print_number(value)) == value


@given(st.text())
@settings(max_examples=100)
def test_no_text_breaks_a_parser(text: str) -> None:
    for parse in (parse_duration, parse_size, parse_cpus, parse_boolean, parse_port, split_words):
        try:
            parse(text)
        except ValueError as error:
            assert str(error)  # noqa: PT017
