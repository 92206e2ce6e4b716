"""A command and its arguments are written anew as a list of words: laid out as it was, with what stands around the words."""

import pytest

from tests.project.test_transplanting import COMPOSE, mend, pod

FEW = "      args:\n        - -q # quiet\n        - -v\n"
IN_LINES = '    command:\n      [\n        "a",\n        "c",\n        "d",\n      ]\n'


@pytest.mark.parametrize(
    ("words", "after"),
    [
        ("[-q, -v, '8080']", FEW + '        - "8080"\n'),
        ("[-q, --port, -v]", FEW.replace("        - -v", "        - --port\n        - -v")),
        ("[-x, -q, -v]", FEW.replace("- -q", "- -x\n        - -q")),
        ("[-q, -w, -x]", FEW.replace("- -v", "- -w\n        - -x")),
        ("[-q]", FEW.replace("        - -v\n", "")),
    ],
    ids=["behind", "between", "before", "in the place of one", "fewer"],
)
def test_words_on_lines_of_their_own(words: str, after: str) -> None:
    fixed, mended = mend("kubernetes", pod(f"      args: {words}\n"), pod(FEW))
    assert (mended, fixed.by_hand) == (pod(after), ())


def test_words_in_brackets_on_several_lines() -> None:
    fixed, mended = mend("compose", COMPOSE + '    command: ["a", "b"]\n', COMPOSE + IN_LINES)
    assert fixed.by_hand == ()
    assert mended == COMPOSE + IN_LINES.replace('"c",\n        "d"', '"b"')


def test_words_with_a_secret_are_left() -> None:
    own = "    command: [a, b]\n"
    fixed, mended = mend("compose", COMPOSE + "    command: [a, --password=hunter2]\n", COMPOSE + own)
    assert (mended, [each.reason for each in fixed.by_hand]) == (COMPOSE + own, ["secrets are not copied"])
