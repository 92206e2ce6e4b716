"""Dockerfiles: lines to instructions, words and variables."""

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.syntax.dockerfile import expand, parse_dockerfile, parse_vector, split_flags, split_words


def instructions(text: str) -> list[tuple[str, str, int]]:
    return [(each.name, each.rest, each.origin.line) for each in parse_dockerfile(text, "Dockerfile").instructions]


def test_lines_are_joined_and_comments_left_out() -> None:
    text = '# a comment\nfrom alpine:3 \n\nRUN a \\\n  # in between\n\n  && b\n  CMD ["x"]\n'
    assert instructions(text) == [("FROM", "alpine:3", 2), ("RUN", "a   && b", 4), ("CMD", '["x"]', 8)]


def test_the_escape_directive_changes_what_joins_lines() -> None:
    text = "# escape=`\nFROM windows\nRUN a `\n  b\nCOPY x C:\\\nUSER u\n"
    assert instructions(text) == [("FROM", "windows", 2), ("RUN", "a   b", 3), ("COPY", "x C:\\", 5), ("USER", "u", 6)]


def test_a_directive_counts_only_at_the_top() -> None:
    text = "# plain\n# escape=`\nFROM a\nRUN x \\\n y\n"
    assert instructions(text) == [("FROM", "a", 3), ("RUN", "x  y", 4)]


def test_here_documents_are_passed_over() -> None:
    text = "FROM a\nRUN <<EOF\nUSER nobody\nEOF\nCOPY <<-'ONE' <<TWO /x\n\tUSER a\n\tONE\nUSER b\nTWO\nCMD run\n"
    assert [name for name, _, _ in instructions(text)] == ["FROM", "RUN", "COPY", "CMD"]


def test_windows_line_ends_and_a_byte_order_mark() -> None:
    assert parse_dockerfile("\ufeffFROM a\r\nUSER b\r\n".encode(), "Dockerfile").instructions[1].rest == "b"


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("FROM a\n  UESR b\n", "a Dockerfile has no instruction 'UESR'", 2, 3),
        ("FROM a\nRUN <<EOF\nx\n", "the here-document EOF has no end", 2, 1),
        ("# nothing\n", "the Dockerfile has no FROM", 1, 1),
        ("", "the Dockerfile has no FROM", 1, 1),
    ],
)
def test_what_no_builder_takes_is_refused_with_its_place(text: str, message: str, line: int, column: int) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_dockerfile(text, "app/Dockerfile")
    origin = caught.value.origin
    assert (caught.value.message, origin and (origin.file, origin.line, origin.column)) == (
        message,
        ("app/Dockerfile", line, column),
    )


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("plain", "plain"),
        ("$A/b", "one/b"),
        ("${A}b", "oneb"),
        ("'$A'", "$A"),
        ('"$A b"', "one b"),
        (r"\$A", "$A"),
        ("${NONE:-x$A}", "xone"),
        ("${EMPTY:-x}", "x"),
        ("${EMPTY-x}", ""),
        ("${A:+y}", "y"),
        ("${NONE:+y}", ""),
        ("$NONE", ""),
        ("${NONE:-${A}}", "one"),
        ("$", "$"),
        ("$UNKNOWN", None),
        ("${A%x}", None),
        ("${A", None),
    ],
)
def test_variables_are_put_in(word: str, expected: str | None) -> None:
    assert expand(word, {"A": "one", "EMPTY": "", "UNKNOWN": None}) == expected


def test_words_are_split_outside_of_quotes() -> None:
    assert split_words("A='b c' D=\"e f\" G=h\\ i  j") == ["A='b c'", 'D="e f"', "G=h\\ i", "j"]


def test_flags_and_vectors() -> None:
    assert split_flags("--interval=5s --retries=2 CMD x --y") == ({"interval": "5s", "retries": "2"}, "CMD x --y")
    assert parse_vector('["a", "b c"]') == ("a", "b c")
    assert parse_vector("a b") is None
    assert parse_vector("[a]") is None
    assert parse_vector("[1]") is None
