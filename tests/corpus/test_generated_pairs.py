"""One application, generated for every platform with our own catalogue: any two say the same, whichever is first."""

import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

from isomorph.drift.compare import compare
from isomorph.drift.finding import Environment, Verdict
from isomorph.model.application import Definition
from isomorph.model.normalise import normalise
from isomorph.model.text import Text
from isomorph.platforms.platform import WriteOptions
from isomorph.provisioning.contract import Provisioner
from isomorph.provisioning.files import Loading, read_provisioners
from tests.corpus.generating import (
    GENERATED,
    OUTPUTS,
    Project,
    list_scores,
    load_catalogue_of,
    load_files,
    read_texts,
    supplied,
    texts_of,
)
from tests.corpus.reading import SHOWN as VERDICTS
from tests.corpus.reading import keys

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

#: What is shown of pairs with Compose, and should be.
SHOWN: dict[str, set[tuple[str, str, str, str]]] = {
    # A port of the machine that an annotation asks for on Compose alone.
    "score-compose-examples/10": {("drift", "hello-world-amqp1", "port.exposure", "15672/tcp")},
}

ENDLESS = "cannot say: Marathon starts again what ended"

#: Every difference that is no drift has its reason here: rule -> the beginnings of its reasons.
EXPECTED: dict[str, tuple[str, ...]] = {
    "compute.limits": ("no exact conversion: it is counted in MHz",),
    "compute.requests": ("no exact conversion", "cannot say: 10Mi is the least that is granted"),
    "file.missing": ("cannot say: Marathon fetches files from elsewhere and holds none",),
    "image.pull-policy": ("platform default",),
    "lifecycle.order": (
        "cannot say: workloads are started in no order",
        "cannot say: Nomad starts groups in no order",
        "cannot say: services start in any order",
        ENDLESS,
    ),
    "lifecycle.restart": ("platform default", ENDLESS),
    # What the platforms without a way to Services' ports are reached by instead.
    "port.exposure": ("service discovery",),
    "port.missing": ("service discovery", "open network", "information"),
    "probe.check": ("no exact conversion: the check cannot send headers there",),
    "probe.missing": (
        "cannot say: Docker restarts nothing that is unhealthy",
        "cannot say: Swarm has one health check",
        "cannot say: only services of Consul have checks by a script",
    ),
    "probe.timing": (
        "platform default",
        "no exact conversion: on marathon a command has no time in which it may fail",
        "no exact conversion: on marathon the first failure counts",
        "no exact conversion: on nomad the first failure counts",
        # Consul counts neither of commands.
        "no exact conversion: on consul the first failure counts",
        "no exact conversion: on consul every failure counts from the start",
    ),
    "process.stop-grace": ("platform default",),
    "security.capability": ("platform default",),
    "security.no-new-privileges": ("platform default", "cannot say: `docker stack deploy` ignores `security_opt`"),
    "security.non-root": ("platform default", "cannot say"),
    "variable.value": ("provisioned",),
    "volume.access": (
        "cannot say: every container of the machine may mount a volume",
        "cannot say: Docker's volumes are mounted by whoever names them",
        "cannot say: each instance has its own volume, which no other mounts",
    ),
    "volume.size": (
        "cannot say: Docker's volumes have no size",
        "cannot say: a volume's size is said where it is made",
    ),
    "workload.kind": (
        "cannot say: Compose gives instances neither stable names nor storage",
        "cannot say: Swarm gives instances neither stable names nor storage",
        "cannot say: Compose knows only services",
        "cannot say: Nomad gives instances no stable names",
        "cannot say: instances have storage each, but no stable names",
        ENDLESS,
    ),
}


def files_of(corpus: Path, case: str) -> list[Path]:
    (folder,) = corpus.glob(f"{case}*") if case.startswith("score-compose") else (corpus / case,)
    return list_scores(folder, without=("ai/", "product/score-ai"))


def provisioners_of(kind: str, platform: str, corpus: Path) -> list[Provisioner]:
    endpoint = read_provisioners(ENDPOINT, "project.provisioners.yaml", Loading(platform))
    return [*endpoint, *(load_catalogue_of(platform) if kind == "catalogue" else load_files(corpus, platform))]


def generate(
    corpus: Path, case: str, platform: str, root: Path, kind: str = "catalogue", discovery: str = "nomad"
) -> Definition:
    project = Project(root / platform, platform, lambda: provisioners_of(kind, platform, corpus))
    options = WriteOptions(name="demo", secrets=True, discovery=discovery)
    return read_texts(platform, texts_of(project.generate(*files_of(corpus, case), given=supplied(), options=options)))


def pairs_of(corpus: Path, case: str, root: Path) -> Iterator[tuple[Environment, Environment]]:
    """Give what is generated for two platforms, in either order; Nomad's services by either kind of discovery."""
    environments = [Environment(platform, generate(corpus, case, platform, root)) for platform in GENERATED]
    consul = Environment("consul", generate(corpus, case, "nomad", root / "consul", discovery="consul"))
    for one, other in combinations([*environments, consul], 2):
        if one.definition.platform != other.definition.platform:  # Consul's services have checks that Nomad's have not.
            yield one, other
            yield other, one


@pytest.mark.parametrize("case", CASES)
def test_what_is_generated_for_two_platforms_is_one_application(case: str, corpus: Path, tmp_path: Path) -> None:
    for pair in pairs_of(corpus, case, tmp_path):
        report = compare(list(pair))
        names = [each.name for each in pair]
        known = SHOWN.get(case, set()) if "compose" in names else set()
        assert keys([each for each in report.findings if each.verdict in VERDICTS]) == known, names
        unlisted = {
            (each.rule, each.reason)
            for each in report.findings
            if each.verdict is Verdict.EXPECTED and not str(each.reason).startswith(EXPECTED.get(each.rule, ()))
        }
        assert unlisted == set(), names
        aliases = {name for workload in report.workloads for name in workload.aliases.values()}
        assert aliases == {workload.name for workload in report.workloads}, names


#: What is shown besides, and why.
BESIDES = {
    # The frontend is offered at 8080, and its user asks for 80: a mistake of the sample.
    "score-examples/samples/onlineboutique": {("reference.dangling", "loadgenerator")},
    # Two workloads realise one topic, the broker and what makes the topic; one of them is taken for it.
    "score-compose-examples/13": {
        ("workload.missing", "kafka"),
        ("workload.missing", "hello-world-bus"),
        ("variable.value", "hello-world"),
        ("dependency.missing", "hello-world"),
    },
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_generated_is_what_its_score_files_say(case: str, corpus: Path, tmp_path: Path) -> None:
    """Outputs of resources are not in a Score file: where they stand, and only there, nothing can be told."""
    for platform in GENERATED:
        project = Project(tmp_path / platform, platform, lambda p=platform: provisioners_of("catalogue", p, corpus))  # type: ignore[misc]
        generated = project.generate(*files_of(corpus, case), given=supplied())
        assert generated.read is not None
        said = Environment("score", normalise(generated.read))
        written = Environment(platform, read_texts(platform, texts_of(generated)))
        for pair in ((said, written), (written, said)):
            findings = [each for each in compare(list(pair)).findings if each.verdict in VERDICTS]
            known = [each for each in findings if each.verdict is not Verdict.UNRESOLVED]
            assert {(each.rule, each.workload) for each in known} <= BESIDES.get(case, set()), platform
            told = [each.message for each in findings if each.verdict is Verdict.UNRESOLVED]
            assert [
                text for text in told if not re.search(r"the output \S+ of the dependency \S+ on score", text)
            ] == []


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
    assert mail_address("nomad", "catalogue") == "email:8080", (
        "the container's, to which the number leads that is picked"
    )
    assert mail_address("marathon", "catalogue") == "email.marathon.l4lb.thisdcos.directory:5000"
