"""Which platform a definition is of."""

import pytest

from isomorph.model.errors import InvalidInput, UsageError
from isomorph.platforms.detection import detect_content, detect_platform
from tests.memory_context import memory_context

SCORE = "apiVersion: score.dev/v1b1\nmetadata: {name: web}\n"
COMPOSE = "services:\n  web:\n    image: nginx\n"
KUBERNETES = "apiVersion: v1\nkind: Service\n"


@pytest.mark.parametrize(
    ("content", "platform"),
    [
        (SCORE, "score"),
        ('# comment\n---\n"apiVersion": "score.dev/v1b1"\n', "score"),
        (COMPOSE, "compose"),
        ("\ufeff" + COMPOSE, "compose"),
        ("include:\n  - other.yaml\n", "compose"),
        ("x-a: &a {}\nservices: {}\r\n", "compose"),
        (KUBERNETES, "kubernetes"),
        ("---\n---\nkind: List\napiVersion: v1\nitems: []\n", "kubernetes"),
        ("- apiVersion: v1\n  kind: Service\n", None),
        ('{"apiVersion": "v1", "kind": "List", "items": []}', "kubernetes"),
        ('[{"apiVersion": "v1", "kind": "Pod"}]', "kubernetes"),
        ("apiVersion: v1\nkind: Service\n---\napiVersion: route.openshift.io/v1\nkind: Route\n", "openshift"),
        ("apiVersion: v1\nkind: List\nitems:\n  - apiVersion: apps.openshift.io/v1\n    kind: X\n", "openshift"),
        ("apiVersion: v1\nkind: DeploymentConfig\n", "openshift"),
        ('{"kind": "List", "apiVersion": "v1", "items": [{"apiVersion": "image.openshift.io/v1"}]}', "openshift"),
        ("apiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n      apiVersion: route.openshift.io/v1\n", "kubernetes"),
        ('{"services": {}}', "compose"),
        ('{"apiVersion": "score.dev/v1b1"}', "score"),
        ('variable "tag" {}\njob "web" {\n}\n', "nomad"),
        ('job web {\n  group "web" {\n', "nomad"),
        ('# job "web" {\nregion = "eu"\n', None),
        ('{"Job": {"ID": "web", "TaskGroups": []}}', "nomad"),
        ('{"ID": "web", "TaskGroups": []}', "nomad"),
        ("apiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n    services:\n", "kubernetes"),
        ('{"id": "/web", "cmd": "sleep 1"}', "marathon"),
        ('[{"id": "/web", "container": {}}]', "marathon"),
        ('{"id": "/shop", "groups": []}', "marathon"),
        ('{"id": "/pod", "containers": []}', "marathon"),
        ("id: web\ncmd: sleep 1\n", None),
        ("data:\n  services: 1\n", None),
        ("apiVersion: v2\nname: chart\n", None),
        ('resource "aws_db_instance" "db" {\n}\n', "terraform"),
        ('# all\nmodule "db" {\n  source = "./db"\n', "terraform"),
        ('variable "tag" {}\n', "terraform"),
        ("terraform {\n", "terraform"),
        ('{"format_version": "1.2", "terraform_version": "1.11.4"}', "terraform"),
        ('{"version": 4, "terraform_version": "1.11.4", "resources": []}', "terraform"),
        ("", None),
        ("{", None),
        ("[]", None),
        ("just text", None),
    ],
)
def test_content(content: str, platform: str | None) -> None:
    assert detect_content(content.encode()) == platform


def test_bytes_that_are_no_text() -> None:
    assert detect_content(b"\xff\xfe\x00") is None


@pytest.mark.parametrize(
    ("path", "platform"),
    [
        ("docker-compose.yml", "compose"),
        ("stack.yaml", "swarm"),
        ("a/docker-stack.yml", "swarm"),
        ("a/stack/b.yaml", "compose"),
    ],
)
def test_what_is_called_a_stack_is_one(path: str, platform: str) -> None:
    assert detect_platform(path, memory_context({path: COMPOSE})) == platform


@pytest.mark.parametrize(
    ("files", "platform"),
    [
        ({"p/deploy.yaml": KUBERNETES, "p/notes.txt": COMPOSE}, "kubernetes"),
        ({"p/a.yaml": KUBERNETES, "p/b.yaml": "apiVersion: route.openshift.io/v1\nkind: Route\n"}, "openshift"),
        ({"p/kustomization.yaml": "resources: []", "p/compose.yaml": COMPOSE}, "kubernetes"),
        ({"p/a/score.yaml": SCORE, "p/b/score.yaml": SCORE}, "score"),
        ({"p/compose.yaml": COMPOSE, "p/k/deploy.yaml": KUBERNETES}, "compose"),
        ({"p/web.nomad": 'job "web" {}', "p/prod.hcl": 'region = "eu"'}, "nomad"),
        ({"p/.hidden/deploy.yaml": KUBERNETES, "p/a/b/compose.yml": COMPOSE}, "compose"),
    ],
)
def test_folders(files: dict[str, str], platform: str) -> None:
    assert detect_platform("p", memory_context(files)) == platform


def test_a_folder_of_two_platforms_is_not_guessed() -> None:
    files = {"p/compose.yaml": COMPOSE, "p/deploy.yaml": KUBERNETES}
    with pytest.raises(
        UsageError, match=r"several platforms: compose \(p/compose.yaml\), kubernetes \(p/deploy.yaml\)"
    ):
        detect_platform("p", memory_context(files))


def test_a_chart_is_its_folder_its_chart_yaml_or_a_packed_file() -> None:
    files: dict[str, str | bytes] = {
        "shop/Chart.yaml": "apiVersion: v2\nname: shop\n",
        "shop/templates/web.yaml": KUBERNETES,
        "shop-1.0.0.tgz": b"\x1f\x8b\x08...",
    }
    for path in ("shop", "shop/Chart.yaml", "shop-1.0.0.tgz"):
        assert detect_platform(path, memory_context(files)) == "helm"


def test_what_nobody_knows_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no definition that is known here") as caught:
        detect_platform("a.yaml", memory_context({"a.yaml": "a: 1"}))
    assert "score:a.yaml or kubernetes:a.yaml or compose:a.yaml" in caught.value.hint
    with pytest.raises(InvalidInput, match="the folder holds no definition"):
        detect_platform("p", memory_context({"p/a.txt": "x"}))


def test_standard_input() -> None:
    assert detect_platform("-", memory_context(standard_input=COMPOSE)) == "compose"


def test_a_folder_of_jobs_and_variables_is_nomads() -> None:
    files: dict[str, str | bytes] = {"jobs/web.nomad.hcl": 'job "web" {\n}\n', "jobs/shared.hcl": 'variable "tag" {}\n'}
    assert detect_platform("jobs", memory_context(files)) == "nomad"
    assert detect_platform("infra", memory_context({"infra/main.tf": 'module "db" {\n}\n'})) == "terraform"
