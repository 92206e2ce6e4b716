"""Input that cannot be read: exit code 2 and messages with a place, whatever the verb."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isomorph.__main__ import main
from isomorph.platforms.table import PLATFORMS
from tests.cli.commands import Run

BAD: dict[str, bytes] = {
    "empty": b"",
    "blank": b"\n\n# nothing\n",
    "truncated": b'services:\n  web:\n    image: "ngi',
    "no YAML": b"a: [1, 2\nb: }",
    "text": b"just a sentence",
    "number": b"42",
    "list": b"- a\n- b\n",
    "invalid UTF-8": b"services:\n  web: \xff\xfe\n",
    "null bytes": b"a\x00b: c",
    "duplicate keys": b"services: {}\nservices: {}\n",
    "wrong types": b"apiVersion: [score.dev/v1b1]\nkind: 7\nservices: 5\nmetadata: x\ncontainers: []\n",
    "alias bomb": b"a: &a [x,x,x,x,x,x,x,x,x]\n"
    + b"".join(b"%c: &%c [%s]\n" % (97 + n, 97 + n, b",".join([b"*%c" % (96 + n)] * 9)) for n in range(1, 10)),
    "deep nesting": b"services: " + b"[" * 5000,
    "unknown tag": b"services: !!python/object/apply:os.system ['true']\n",
}


@pytest.mark.parametrize("platform", [each.name for each in PLATFORMS])
@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_bad_input_is_told_with_its_place(project: Path, run: Run, platform: str, content: bytes) -> None:
    (project / "bad.yaml").write_bytes(content)
    for argv in (["show"], ["convert", "--to", "compose"]):
        code, out, err = run(*argv, f"{platform}:bad.yaml")
        assert "Traceback" not in err
        assert (code, out) == (2, "")
        assert err.startswith("isomorph: bad.yaml:")


@pytest.mark.parametrize("content", [b"", b"a: 1", b"\xff", b"["], ids=["empty", "unknown", "bytes", "broken"])
def test_what_cannot_be_detected_says_how_to_go_on(project: Path, run: Run, content: bytes) -> None:
    (project / "bad.yaml").write_bytes(content)
    code, out, err = run("show", "bad.yaml")
    assert (code, out) == (2, "")
    assert "say which platform: score:bad.yaml" in err


@pytest.mark.parametrize("verb", ["show", "convert --to score", "generate --to compose"])
def test_what_is_no_file(project: Path, run: Run, verb: str) -> None:
    (project / "folder").mkdir()
    for path in ("nowhere.yaml", "folder", "score.yaml/x", "\0"):
        code, out, err = run(*verb.split(), path)
        assert (code, out) == (2, ""), path
        assert "Traceback" not in err


PIECES = st.sampled_from(
    [
        "services:",
        "\n",
        "  ",
        "web:",
        " image: nginx",
        " ports: [1, '80:80']",
        " {",
        "}",
        " ${A:-b}",
        " &a",
        " *a",
        "- ",
        "x",
        ":",
        "'",
    ]
    + [
        "apiVersion: v1",
        "kind: Pod",
        "spec:",
        "containers:",
        "apiVersion: score.dev/v1b1",
        "metadata: {name: a}",
        " <<: *a",
    ]
)


@given(st.lists(PIECES, max_size=25).map("".join), st.sampled_from([each.name for each in PLATFORMS]))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_read_or_refused(project: Path, run: Run, text: str, platform: str) -> None:
    (project / "any.yaml").write_text(text)
    code, _, err = run("show", f"{platform}:any.yaml")
    assert code in (0, 2), err


def test_the_same_input_gives_the_same_bytes(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outputs = set()
    for _ in range(2):
        assert main(["convert", "compose.yaml", "--to", "kubernetes"]) == 0
        outputs.add(capsys.readouterr().out)
    assert len(outputs) == 1
