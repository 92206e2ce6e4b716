"""The specification's own examples: what is generated for two platforms is the same workload, and the reference tools agree.

What the reference tools are known to do wrong is listed by name. Each entry would fail if we copied the fault.
"""

from pathlib import Path

import pytest

from tests.corpus.reading import generate, keys, read, shown

EXAMPLES = ["annotations", "command", "files", "limits-and-requests", "probes", "service", "variables"]

WORKLOAD = "my-workload"

#: (example, platform) -> what differs from the reference tools' output, and why it should.
KNOWN: dict[tuple[str, str], set[tuple[str, str, str, str]]] = {
    # It drops limits and requests.
    ("limits-and-requests", "compose"): {
        ("drift", WORKLOAD, rule, subject)
        for rule in ("compute.limits", "compute.requests")
        for subject in ("cpu", "memory")
    },
    # It drops HTTP probes; liveness is nothing that Compose can say.
    ("probes", "compose"): {("missing", WORKLOAD, "probe.missing", "readiness")},
    # It binds files from its own folder, which is not here.
    ("files", "compose"): {
        ("unresolved", WORKLOAD, "file.content", "/fileA.txt"),
        ("unresolved", WORKLOAD, "file.content", "/fileB.txt"),
        ("unresolved", WORKLOAD, "file.content", "/fileC.bin"),
    },
}


@pytest.mark.parametrize("example", EXAMPLES)
def test_generated_definitions_compare_clean(corpus: Path, example: str) -> None:
    score = read("score", corpus / "score-examples/specification" / example / "score.yaml")
    compose, kubernetes = generate(score, "compose"), generate(score, "kubernetes")
    assert keys(shown(compose, kubernetes)) == set()
    assert keys(shown(score, compose)) == set()
    assert keys(shown(score, kubernetes)) == set()


@pytest.mark.parametrize(("platform", "file"), [("compose", "compose.yaml"), ("kubernetes", "manifests.yaml")])
@pytest.mark.parametrize("example", EXAMPLES)
def test_the_reference_tools_say_the_same(corpus: Path, example: str, platform: str, file: str) -> None:
    score = read("score", corpus / "score-examples/specification" / example / "score.yaml")
    reference = read(platform, corpus / "reference-outputs/specification" / example / file)
    assert keys(shown(generate(score, platform), reference)) == KNOWN.get((example, platform), set())


def test_no_example_is_left_out(corpus: Path) -> None:
    folders = {path.parent.name for path in (corpus / "score-examples/specification").glob("*/score.yaml")}
    assert folders == {*EXAMPLES, "volumes"}, "`volumes` needs a provisioned volume; all others are tested"
