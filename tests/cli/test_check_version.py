"""`isomorph check-version`: what a constraint means."""

import pytest

from isomorph import __version__
from isomorph.cli.check_version import satisfies
from isomorph.model.errors import UsageError
from tests.cli.commands import Run


@pytest.mark.parametrize(
    ("constraint", "held", "missed"),
    [
        ("1.2", "1.2.0 1.2.9", "1.3.0 1.1.9 0.1.2 12.0.0"),
        ("=1.2.3", "1.2.3", "1.2.4"),
        ("==1", "1.0.0 1.9.9", "2.0.0"),
        ("=v1.2.3", "1.2.3", "1.2.2"),
        ("!=1.2", "1.3.0", "1.2.3"),
        (">1.2", "1.3.0 2.0.0", "1.2.9 1.1.0"),
        (">=1.2", "1.2.0 1.10.0", "1.1.9"),
        (">= 1.2", "1.2.0", "1.1.9"),
        ("<1.2", "1.1.9", "1.2.0"),
        ("<=1.2", "1.2.9 1.1.0", "1.3.0"),
        ("~1.2", "1.2.0 1.2.9", "1.3.0 1.1.0"),
        ("~1.2.3", "1.2.3 1.2.9", "1.2.2 1.3.0"),
        ("~1", "1.0.0 1.9.0", "2.0.0"),
        ("^1.2", "1.2.0 1.9.0", "1.1.0 2.0.0"),
        ("^0.2.3", "0.2.3 0.2.9", "0.2.2 0.3.0 1.0.0"),
        ("^0.0.3", "0.0.3", "0.0.4"),
        (">=1.2, <2", "1.2.0 1.9.0", "2.0.0 1.1.0"),
        (">=1.2 <2", "1.9.0", "2.0.0"),
        (">=1.2", "1.2.0rc1 1.2.0.dev3", "1.1.0rc1"),
    ],
)
def test_constraints(constraint: str, held: str, missed: str) -> None:
    assert [version for version in held.split() if not satisfies(version, constraint)] == []
    assert [version for version in missed.split() if satisfies(version, constraint)] == []


@pytest.mark.parametrize("constraint", ["", " ", "latest", ">=x", "1.2.3.4", "=>1", ">=1 or so"])
def test_what_is_no_constraint(constraint: str) -> None:
    with pytest.raises(UsageError, match="constraint"):
        satisfies("1.0.0", constraint)


def test_the_exit_code_tells(run: Run) -> None:
    assert run("check-version", ">=0.0.1") == (0, "", "")
    assert run("check-version", ">99") == (1, "", f"isomorph: this is version {__version__}, which is not >99\n")
    assert run("check-version", "soon")[0] == 2
