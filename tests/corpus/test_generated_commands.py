"""The command line over the corpus: patch templates, overrides, published ports and builds, with the reference tools' files."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.commands import Run, runner
from tests.corpus.generating import OUTPUTS
from tests.corpus.reading import keys, read, shown

PATCHES = {
    "compose": """\
{{ range $name, $service := .Compose.services }}
- op: set
  path: services.{{ $name }}.labels.tier
  value: {{ if hasKey $.Workloads $name }}application{{ else }}resource{{ end }}
  description: every service says what it is
{{ end }}
- {op: delete, path: services.wait-for-resources.labels}
""",
    "kubernetes": """\
{{ range $index, $manifest := .Manifests }}
{{ if eq $manifest.kind "Deployment" }}
- {op: set, path: "{{ $index }}.spec.replicas", value: 3}
{{ end }}
{{ end }}
""",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder that is the current one."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line."""
    return runner(capsys)


def prepare(corpus: Path, project: Path, example: str, platform: str = "compose", more: str = "") -> None:
    """Make a project of an example and a reference tool's default provisioner file."""
    shutil.copytree(corpus / "score-compose-examples" / example, project, dirs_exist_ok=True)
    file = f"{platform}.provisioners.yaml"
    shutil.copy(corpus / "reference-provisioners" / file, project)
    (project / "isomorph.yaml").write_text(f"default-provisioners: false\nprovisioners: [{file}]\n{more}")


def generate(run: Run, *args: str, platform: str = "compose") -> list[dict[str, Any]]:
    """Generate and give the documents that were written."""
    code, _, said = run("generate", *args, "--to", platform, "-o", OUTPUTS[platform])
    assert code == 0, said
    return list(yaml.safe_load_all(Path(OUTPUTS[platform]).read_text()))


@pytest.mark.parametrize("platform", OUTPUTS)
def test_patch_templates_have_the_last_word(platform: str, run: Run, corpus: Path, project: Path) -> None:
    prepare(corpus, project, "16-patching-templates", platform, "patch-templates: [own.tpl]\n")
    (project / "own.tpl").write_text(PATCHES[platform])
    documents = generate(run, "score.yaml", platform=platform)
    if platform == "compose":
        services = documents[0]["services"]
        tiers = {name.split("-")[0]: service.get("labels", {}).get("tier") for name, service in services.items()}
        assert tiers == {"hello": "application", "rabbitmq": "resource", "wait": None}
        (setup,) = (service for name, service in services.items() if name.endswith("-init"))
        assert setup["labels"]["dev.score.compose.labels.is-init-container"] == "true"
    else:
        replicas = {each["kind"]: each["spec"].get("replicas") for each in documents if each["kind"] != "Secret"}
        assert replicas["Deployment"] == 3
        assert replicas["StatefulSet"] == 1
    assert generate(run, platform=platform) == documents, "and again when nothing is named"


def test_a_published_port_is_what_the_examples_compose_override_says(run: Run, corpus: Path, project: Path) -> None:
    prepare(corpus, project, "07-overrides")
    generate(run, "score.yaml", "--publish", "8080:hello-world:80", "--name", "demo")
    shutil.copy(corpus / "reference-outputs/score-compose-examples/07-overrides/compose.yaml", project / "their.yaml")
    theirs = read("compose", project / "their.yaml", file=(str(project / "overrides.compose.yaml"),))
    assert theirs.application.workloads["hello-world"].ports["80/tcp"].exposures
    assert keys(shown(read("compose", project / "compose.yaml"), theirs)) == set()
    generate(run)
    assert keys(shown(read("compose", project / "compose.yaml"), theirs)) == {
        ("drift", "hello-world", "port.exposure", "80/tcp")
    }, "what is published is said each time"


def test_a_port_of_what_realises_a_resource_is_published(run: Run, corpus: Path, project: Path) -> None:
    prepare(corpus, project, "16-patching-templates")
    published = "15672:amqp.default#hello-world.amqp.host:15672"
    (compose,) = generate(run, "score.yaml", "--publish", published)
    ports = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}
    assert [(name.split("-")[0], said) for name, said in ports.items()] == [
        ("rabbitmq", [{"target": 15672, "published": "15672"}])
    ]


@pytest.mark.parametrize("platform", OUTPUTS)
def test_overrides_stay_with_their_workload(platform: str, run: Run, corpus: Path, project: Path) -> None:
    prepare(corpus, project, "04-multiple-workloads", platform)
    (project / "production.yaml").write_text("containers: {first: {image: 'nginx:1.27', variables: null}}\n")
    properties = (r"metadata.annotations.example\.com/tier=gold", "containers.second.variables.LEVEL=debug")
    flags = [part for each in properties for part in ("--override-property", each)]
    documents = generate(run, "score.yaml", "--overrides-file", "production.yaml", *flags, platform=platform)
    first, second = containers(documents, "hello-world")
    assert first["image"] == "nginx:1.27"
    assert "NGINX_PORT" not in str(first)
    assert "debug" in str(second)
    again = generate(run, "score2.yaml", platform=platform)
    assert containers(again, "hello-world") == [first, second]
    assert len(containers(again, "hello-world-2")) == 1


def test_a_build_takes_the_place_of_the_image(run: Run, corpus: Path, project: Path) -> None:
    prepare(corpus, project, "01-hello")
    (compose,) = generate(run, "score.yaml", "--build", 'hello={"context": "./app", "args": {"MODE": "fast"}}')
    (service,) = compose["services"].values()
    assert service["build"] == {"context": "./app", "args": {"MODE": "fast"}}
    (again,) = generate(run)
    assert again == compose


def test_an_image_that_the_score_file_leaves_open_is_named_or_missed(run: Run, corpus: Path, project: Path) -> None:
    shutil.copy(corpus / "score-examples/samples/traderx/ingress/score.yaml", project)
    text = (project / "score.yaml").read_text().partition("resources:")[0].replace("${resources.", "$${resources.")
    (project / "score.yaml").write_text(text)
    (compose,) = generate(run, "score.yaml", "--image", "example.com/ingress:7")
    (service,) = compose["services"].values()
    assert service["image"] == "example.com/ingress:7"
    (again,) = generate(run, "score.yaml")
    (service,) = again["services"].values()
    assert "image" not in service or service["image"] != "example.com/ingress:7"


def containers(documents: list[dict[str, Any]], workload: str) -> list[dict[str, Any]]:
    """Give what is written of a workload's containers, the first one first."""
    if "services" in documents[0]:
        services = documents[0]["services"]
        return [services[workload], *(services[name] for name in (f"{workload}-second",) if name in services)]
    (found,) = (each for each in documents if each["kind"] == "Deployment" and each["metadata"]["name"] == workload)
    return list(found["spec"]["template"]["spec"]["containers"])
