"""Every Score file of the corpus is generated: with provisioner files as they are, and for every platform with our catalogue."""

import os
import sys
from functools import partial
from pathlib import Path

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.provisioning.contract import Provisioner
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
from tests.corpus.reading import read
from tests.provisioning.test_command import STAND_INS

SPECIFICATION = [
    f"score-examples/specification/{name}/score.yaml"
    for name in ("annotations", "command", "files", "limits-and-requests", "probes", "service", "variables", "volumes")
]
RESOURCES = [f"score-examples/resources/{name}/score.yaml" for name in ("amqp", "dns", "mysql", "postgres", "redis")]
EXAMPLES = [
    f"score-compose-examples/{name}"
    for name in (
        "01-hello/score.yaml",
        "02-environment/score.yaml",
        "03-files/score.yaml",
        "04-multiple-workloads/score.yaml",
        "04-multiple-workloads/score2.yaml",
        "05-volume-mounts/score.yaml",
        "06-resource-provisioning/score.yaml",
        "06-resource-provisioning/score2.yaml",
        "07-overrides/score.yaml",
        "08-service-port-resource/scoreA.yaml",
        "09-dns-and-route/score.yaml",
        "10-amqp-rabbitmq/score.yaml",
        "11-mongodb-document-database/score.yaml",
        "12-mysql-database/score.yaml",
        "13-kafka-topic/score.yaml",
        "14-elasticsearch/score.yaml",
        "15-mssql-database/score.yaml",
        "16-patching-templates/score.yaml",
    )
]
#: Workloads of the samples that refer to no other one.
INDEPENDENT = {
    "aks-store-demo": ("ai", "makeline", "order", "product"),
    "onlineboutique": ("ad", "cart", "currency", "email", "payment", "productcatalog", "shipping"),
    "traderx": ("database", "people-service", "reference-data", "trade-feed"),
}
SAMPLES = [
    f"score-examples/samples/{sample}/{name}/score.yaml" for sample, names in INDEPENDENT.items() for name in names
]
#: Those that refer to others, with these: folders, and the files in them that are left out.
WHOLE = {
    "samples/onlineboutique": ("score-examples/samples/onlineboutique", ()),
    "samples/traderx": ("score-examples/samples/traderx", ()),
    "samples/aks-store-demo": ("score-examples/samples/aks-store-demo", ("product/score-ai.yaml",)),
    "samples/aks-store-demo with ai": ("score-examples/samples/aks-store-demo", ("product/score.yaml",)),
    "samples/aks-store-demo without ai": ("score-examples/samples/aks-store-demo", ("product/score-ai.yaml", "ai/")),
    "08-service-port-resource": ("score-compose-examples/08-service-port-resource", ()),
}
ALONE = [*SPECIFICATION, *RESOURCES, *EXAMPLES, *SAMPLES]
NAMES = [*(path.removesuffix("/score.yaml") for path in ALONE), *WHOLE]

NO_MODEL = "no provisioner for type 'llm-model'"
NO_ENDPOINT = "no provisioner for type 'endpoint'"
NO_NAME = "has no output 'name'"  # The community's `endpoint` gives a url, and traderx asks for a name, too.
WITH_MODEL = ("score-examples/samples/aks-store-demo/ai", "samples/aks-store-demo", "samples/aks-store-demo with ai")

#: (platform, provisioners) -> case -> what neither has for it: one clear error.
LACKING: dict[tuple[str, str], dict[str, str]] = {
    ("compose", "files"): {"samples/traderx": NO_NAME},
    ("kubernetes", "files"): {
        **dict.fromkeys(WITH_MODEL, NO_MODEL),
        "samples/traderx": NO_NAME,
        "score-compose-examples/14-elasticsearch": "no provisioner for type 'elasticsearch'",
    },
    **{
        (platform, "catalogue"): {**dict.fromkeys(WITH_MODEL, NO_MODEL), "samples/traderx": NO_ENDPOINT}
        for platform in GENERATED
    },
}
RUNS = [*(("files", platform) for platform in OUTPUTS), *(("catalogue", platform) for platform in GENERATED)]
#: What is left to whoever runs the output: a variable, or a ConfigMap of the environment that is there already.
LEFT_OPEN = {
    ("compose", "files", "score-compose-examples/02-environment"),
    ("compose", "catalogue", "score-compose-examples/02-environment"),
    *((platform, "catalogue", "score-compose-examples/02-environment") for platform in GENERATED[1:]),
}
#: Where programs read files beside the Score file.
RUNS_PROGRAMS = ("samples/traderx", "score-compose-examples/02-environment")
_FAULTS = {"missing-file", "missing-reference", "unset-variable", "unknown-field", "unknown-kind"}


def files_of(corpus: Path, case: str) -> list[Path]:
    if case in WHOLE:
        folder, without = WHOLE[case]
        return list_scores(corpus / folder, without)
    return [corpus / (case if case.endswith(".yaml") else f"{case}/score.yaml")]


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A search path with stand-ins for the programs that provisioner files call."""
    folder = tmp_path_factory.mktemp("bin")
    for name, program in STAND_INS.items():
        (folder / name).write_text(f"#!{sys.executable}\n{program}\n")
        (folder / name).chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def provisioners_of(kind: str, platform: str, corpus: Path, programs: str, folder: str) -> tuple[Provisioner, ...]:
    if kind == "catalogue":
        return load_catalogue_of(platform)
    return load_files(corpus, platform, programs, folder)


@pytest.mark.parametrize(("kind", "platform"), RUNS)
@pytest.mark.parametrize("case", NAMES)
def test_a_score_file_is_generated(
    case: str, platform: str, kind: str, corpus: Path, programs: str, tmp_path: Path
) -> None:
    paths = files_of(corpus, case)
    folder = str(paths[-1].parent) if case in RUNS_PROGRAMS else "."
    open_provisioners = partial(provisioners_of, kind, platform, corpus, programs, folder)
    project = Project(tmp_path, platform, open_provisioners)
    lacking = LACKING[platform, kind].get(case)
    if lacking is not None:
        with pytest.raises(InvalidInput, match=lacking) as raised:
            project.generate(*paths, given=supplied())
        assert raised.value.origin is not None
        assert raised.value.origin.file in map(str, paths)
        return
    generated = project.generate(*paths, given=supplied())
    texts = texts_of(generated)
    assert "${resources" not in "".join(texts.values())
    written = read_texts(platform, texts)
    faults = [each.message for each in written.diagnostics if each.code in _FAULTS]
    assert bool(faults) == ((platform, kind, case) in LEFT_OPEN), faults
    for path in paths:
        for name, workload in read("score", path).application.workloads.items():
            assert name in written.application.workloads
            containers = written.application.workloads[name].containers
            assert len(containers) == len(workload.containers)
            if platform != "marathon" or len(containers) > 1:  # The one of an application has no name there.
                assert set(containers) == set(workload.containers)


@pytest.mark.parametrize(
    ("platform", "case"),
    [
        (platform, case)
        for platform in ("compose", "swarm", "helm", "nomad", "marathon", "terraform")
        for case in NAMES
        if case not in LACKING[platform, "catalogue"]
    ],
)
def test_secrets_are_in_files_that_are_for_them_alone(case: str, platform: str, corpus: Path, tmp_path: Path) -> None:
    project = Project(tmp_path, platform, lambda: load_catalogue_of(platform))
    generated = project.generate(*files_of(corpus, case), given=supplied())
    results = [one.result for one in generated.realised.values()]
    secrets = {
        str(each.outputs[name]) for each in results for name in each.secrets if "://" not in str(each.outputs[name])
    }
    told = [*map(str, generated.diagnostics), *generated.messages]
    open_files = [str(file.content) for file in generated.files if file.mode != 0o600]
    assert [secret for secret in secrets if any(secret in text for text in (*open_files, *told))] == []
    closed = {file.path for file in generated.files if file.mode == 0o600}
    assert bool(closed) == bool(secrets)
    endings = (".env", ".nv.hcl", "marathon-secrets.json", "secrets/values.yaml", ".auto.tfvars")
    assert [path for path in closed if not path.endswith(endings)] == []


def test_no_score_file_is_left_out(corpus: Path) -> None:
    everything = {*list_scores(corpus / "score-examples"), *list_scores(corpus / "score-compose-examples")}
    assert len(everything) == 60
    assert {path for case in NAMES for path in files_of(corpus, case)} == everything
