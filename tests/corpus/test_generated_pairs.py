"""One application, generated for Compose and for Kubernetes with our own catalogue: the two say the same."""

from pathlib import Path

import pytest

from isomorph.drift.compare import compare
from isomorph.drift.finding import Environment, Verdict
from isomorph.model.application import Definition
from isomorph.model.text import Text
from isomorph.provisioning.contract import Provisioner
from isomorph.provisioning.files import Loading, read_provisioners
from tests.corpus.generating import (
    OUTPUTS,
    Project,
    list_scores,
    load_catalogue_of,
    load_files,
    read_texts,
    supplied,
    texts_of,
)
from tests.corpus.reading import keys, shown

SPECIFICATION = ["annotations", "command", "files", "limits-and-requests", "probes", "service", "variables", "volumes"]
RESOURCES = ["amqp", "dns", "mysql", "postgres", "redis"]
PROJECTS = ["aks-store-demo", "onlineboutique", "traderx"]
CASES = [
    *(f"score-examples/specification/{name}" for name in SPECIFICATION),
    *(f"score-examples/resources/{name}" for name in RESOURCES),
    *(f"score-examples/samples/{name}" for name in PROJECTS),
    *(f"score-compose-examples/{number:02}" for number in range(1, 17)),
]

#: traderx brings the provisioner of this type itself: mocks of services that others own.
ENDPOINT = """\
- uri: template://project/endpoint
  type: endpoint
  outputs: |
    name: {{ splitList "." .Id | last }}
    url: http://{{ splitList "." .Id | last }}:{{ .Params.port }}
"""

#: What is shown of a pair, and should be.
SHOWN: dict[str, set[tuple[str, str, str, str]]] = {
    # A port of the machine that an annotation asks for on Compose alone.
    "score-compose-examples/10": {("drift", "hello-world-amqp1", "port.exposure", "15672/tcp")},
}

#: Every difference that is no drift has its reason here: rule -> the beginnings of its reasons.
EXPECTED: dict[str, tuple[str, ...]] = {
    "image.pull-policy": ("platform default",),
    "lifecycle.order": ("cannot say: workloads are started in no order",),
    "lifecycle.restart": ("platform default",),
    "port.missing": ("service discovery",),
    "probe.missing": ("cannot say: Docker restarts nothing that is unhealthy",),
    "process.stop-grace": ("platform default",),
    "variable.value": ("provisioned",),
    "volume.access": ("cannot say: every container of the machine may mount a volume",),
    "volume.size": ("cannot say: Docker's volumes have no size",),
    "workload.kind": (
        "cannot say: Compose gives instances neither stable names nor storage",
        "cannot say: Compose knows only services",
    ),
}


def files_of(corpus: Path, case: str) -> list[Path]:
    (folder,) = corpus.glob(f"{case}*") if case.startswith("score-compose") else (corpus / case,)
    return list_scores(folder, without=("ai/", "product/score-ai"))


def provisioners_of(kind: str, platform: str, corpus: Path) -> list[Provisioner]:
    endpoint = read_provisioners(ENDPOINT, "project.provisioners.yaml", Loading(platform))
    return [*endpoint, *(load_catalogue_of(platform) if kind == "catalogue" else load_files(corpus, platform))]


def generate(corpus: Path, case: str, platform: str, root: Path, kind: str = "catalogue") -> Definition:
    project = Project(root / platform, platform, lambda: provisioners_of(kind, platform, corpus))
    return read_texts(platform, texts_of(project.generate(*files_of(corpus, case), given=supplied())))


@pytest.mark.parametrize("case", CASES)
def test_what_is_generated_for_two_platforms_is_one_application(case: str, corpus: Path, tmp_path: Path) -> None:
    compose, kubernetes = (generate(corpus, case, platform, tmp_path) for platform in OUTPUTS)
    assert keys(shown(compose, kubernetes)) == SHOWN.get(case, set())
    assert keys(shown(kubernetes, compose)) == SHOWN.get(case, set())
    report = compare([Environment("compose", compose), Environment("kubernetes", kubernetes)])
    unlisted = [
        (each.rule, each.reason)
        for each in report.findings
        if each.verdict is Verdict.EXPECTED and not str(each.reason).startswith(EXPECTED.get(each.rule, ()))
    ]
    assert unlisted == []
    names = {workload.name for workload in report.workloads}
    assert {name for workload in report.workloads for name in workload.aliases.values()} == names


@pytest.mark.parametrize("platform", OUTPUTS)
@pytest.mark.parametrize(("project", "workloads"), [("aks-store-demo", 5), ("onlineboutique", 11), ("traderx", 10)])
def test_whole_projects_come_out_with_the_files_of_the_reference_tools(
    project: str, workloads: int, platform: str, corpus: Path, tmp_path: Path
) -> None:
    case = f"score-examples/samples/{project}"
    written = generate(corpus, case, platform, tmp_path, "files").application.workloads
    named = {path.parent.name for path in files_of(corpus, case)}
    assert len(named) == workloads
    assert len([name for name in written if name.removesuffix("-service") in named or name in named]) == workloads


def test_a_literal_port_is_the_one_that_peers_reach_on_each_platform(corpus: Path, tmp_path: Path) -> None:
    def mail_address(platform: str, kind: str) -> Text:
        definition = generate(corpus, "score-examples/samples/onlineboutique", platform, tmp_path / kind, kind)
        (container,) = definition.application.workloads["checkout"].containers.values()
        return "".join(
            part if isinstance(part, str) else f"{part.name}:{part.port}"  # type: ignore[union-attr]
            for part in container.variables["EMAIL_SERVICE_ADDR"]
        )

    for kind in ("catalogue", "files"):
        assert mail_address("compose", kind) == "email:8080"
        assert mail_address("kubernetes", kind) == "email:5000"
