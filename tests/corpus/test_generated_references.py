"""What is generated from the Score files of the corpus, against what the reference tools made of them.

Our own judge compares the two. What the reference tools are known to do wrong is listed by name: an entry fails if we copied
the fault, and anything that is not listed fails, too.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from isomorph.drift.finding import Finding, Verdict
from isomorph.model.application import Definition
from isomorph.model.workload import File, HostPath
from isomorph.project.generation import Generated
from tests.corpus.generating import OUTPUTS, Project, list_scores, load_files, randoms_of, read_texts, texts_of
from tests.corpus.reading import keys, read, shown
from tests.corpus.renaming import rename_randoms

Key = tuple[str, str, str, str]

#: Folders of Score files whose outputs the reference tools gave; of the samples, the files that they were given.
KUBERNETES = [
    *("specification/annotations", "specification/command", "specification/files", "specification/limits-and-requests"),
    *("specification/probes", "specification/service", "specification/variables", "specification/volumes"),
    *("resources/amqp", "resources/dns", "resources/mysql", "resources/postgres", "resources/redis"),
    "samples/onlineboutique",
]
COMPOSE = [
    *KUBERNETES,
    "samples/aks-store-demo",
    "score-compose-examples/01-hello",
    "score-compose-examples/02-environment",
    "score-compose-examples/03-files",
    "score-compose-examples/04-multiple-workloads",
    "score-compose-examples/05-volume-mounts",
    "score-compose-examples/06-resource-provisioning",
    "score-compose-examples/07-overrides",
    "score-compose-examples/08-service-port-resource",
    "score-compose-examples/09-dns-and-route",
    "score-compose-examples/10-amqp-rabbitmq",
    "score-compose-examples/11-mongodb-document-database",
    "score-compose-examples/12-mysql-database",
    "score-compose-examples/13-kafka-topic",
    "score-compose-examples/14-elasticsearch",
    "score-compose-examples/15-mssql-database",
    "score-compose-examples/16-patching-templates",
]
CASES = [*(("kubernetes", case) for case in KUBERNETES), *(("compose", case) for case in COMPOSE)]

STORES = ["ai-service", "makeline-service", "order-service", "product-service", "store-admin", "store-front"]
BOUTIQUE = [
    *("ad", "cart", "checkout", "currency", "email", "frontend", "loadgenerator", "payment", "productcatalog"),
    *("recommendation", "shipping"),
]


def computes(*workloads: str) -> set[Key]:
    rules = ("compute.limits", "compute.requests")
    return {("drift", one, rule, subject) for one in workloads for rule in rules for subject in ("cpu", "memory")}


def probes(*workloads: str) -> set[Key]:
    return {("missing", one, "probe.missing", "readiness") for one in workloads}


#: fault -> case -> the findings that tell it. All are faults of the Compose tool; the Kubernetes tool's do not show here.
FAULTS: dict[str, dict[str, set[Key]]] = {
    "limits and requests are dropped": {
        "specification/limits-and-requests": computes("my-workload"),
        "samples/onlineboutique": computes(*BOUTIQUE),
        "samples/aks-store-demo": computes(*STORES),
    },
    "HTTP probes are dropped": {
        "specification/probes": probes("my-workload"),
        "samples/onlineboutique": probes("frontend"),
        "samples/aks-store-demo": probes(*STORES),
    },
    "probes by command run at times of the tool's own": {
        "score-compose-examples/08-service-port-resource": {
            ("drift", "workload-a", "probe.timing", "readiness.period"),
            ("drift", "workload-a", "probe.timing", "readiness.timeout"),
        },
    },
    "a Service's port stays in the address of a peer that reaches the container's": {
        "samples/onlineboutique": {("drift", "checkout", "reference.dangling", "email:5000")},
    },
}


def folder_of(corpus: Path, case: str) -> Path:
    return corpus / (case if case.startswith("score-compose-examples") else f"score-examples/{case}")


def generate(corpus: Path, platform: str, case: str, root: Path) -> Generated:
    project = Project(root, platform, lambda: load_files(corpus, platform))
    return project.generate(*list_scores(folder_of(corpus, case), without=("product/score-ai",)))


def files_of(definition: Definition) -> Iterable[File]:
    for workload in definition.application.workloads.values():
        for container in workload.containers.values():
            yield from container.files.values()


def is_unread(finding: Finding) -> bool:
    """Tell whether a finding only says that the reference tool's files are not in the corpus."""
    return finding.verdict is Verdict.UNRESOLVED and finding.rule == "file.content"


@cache
def expected(case: str) -> set[Key]:
    return set().union(*(cases.get(case, set()) for cases in FAULTS.values()))


@pytest.mark.parametrize(("platform", "case"), CASES)
def test_what_is_generated_means_what_the_reference_tool_wrote(
    platform: str, case: str, corpus: Path, tmp_path: Path
) -> None:
    generated = generate(corpus, platform, case, tmp_path / "first")
    other = generate(corpus, platform, case, tmp_path / "second")
    reference = corpus / "reference-outputs" / case / OUTPUTS[platform]
    made_up = randoms_of(generated) - randoms_of(other)
    ours = read_texts(platform, rename_randoms(texts_of(generated), reference.read_text(), made_up))
    theirs = read(platform, reference)
    here, there = shown(ours, theirs), shown(theirs, ours)
    assert keys(here) == keys(there)
    faults = expected(case) if platform == "compose" else set()
    assert keys([each for each in here if not is_unread(each)]) == faults
    assert not [each for each in ours.diagnostics if each.code in ("missing-file", "missing-reference")]


@pytest.mark.parametrize(("platform", "case"), CASES)
def test_every_file_of_a_workload_stands_beside_the_output(
    platform: str, case: str, corpus: Path, tmp_path: Path
) -> None:
    written = read_texts(platform, texts_of(generate(corpus, platform, case, tmp_path)))
    assert not [each.content for each in files_of(written) if isinstance(each.content, HostPath) and not each.folder]


def test_no_output_of_the_reference_tools_is_left_out(corpus: Path) -> None:
    outputs = corpus / "reference-outputs"
    for platform, cases in (("kubernetes", KUBERNETES), ("compose", COMPOSE)):
        found = {str(path.parent.relative_to(outputs)) for path in outputs.rglob(OUTPUTS[platform])}
        assert found == {*cases, "projects/resource-provisioning"}


@pytest.mark.parametrize("platform", OUTPUTS)
@pytest.mark.parametrize("case", ["specification/files", "score-compose-examples/09-dns-and-route"])
def test_files_keep_their_contents_and_leave_their_folders_visible(
    platform: str, case: str, corpus: Path, tmp_path: Path
) -> None:
    """The Compose tool writes files of one basename over each other, the Kubernetes tool mounts over whole folders."""
    source = read("score", folder_of(corpus, case) / "score.yaml")
    generated = generate(corpus, platform, case, tmp_path)
    written = read_texts(platform, texts_of(generated))
    (name,) = source.application.workloads
    wanted = {path: file.content for path, file in of_container(source, name).items()}
    assert {path: file.content for path, file in of_container(written, name).items()} == wanted
    mounts = texts_of(generated)[OUTPUTS[platform]].split("volumeMounts:")[1:]
    assert sum(mount.count("subPath:") for mount in mounts) == (len(wanted) if platform == "kubernetes" else 0)


def of_container(definition: Definition, workload: str) -> dict[str, File]:
    (container,) = definition.application.workloads[workload].containers.values()
    return container.files
