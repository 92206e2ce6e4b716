"""Everything that we write, from every real definition, is accepted by the platform's own engine."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from isomorph.model.application import Definition
from isomorph.platforms.platform import OutputFile, WriteOptions, Written
from isomorph.platforms.table import load_writer
from tests.conformance.compose_projection import project_engine
from tests.conformance.conftest import ComposeConfig, Kubeconform
from tests.conformance.test_reading import our_reading
from tests.conftest import find_corpus
from tests.corpus.reading import has_kubectl, read
from tests.engines.control_plane import ControlPlane
from tests.field_examples import EXAMPLES
from tests.properties.test_fields import write

pytestmark = pytest.mark.engine

SOURCES: list[tuple[str, str]] = [
    *[
        ("score", f"score-examples/specification/{name}/score.yaml")
        for name in ("annotations", "command", "files", "limits-and-requests", "probes", "service", "variables")
    ],
    ("compose", "sock-shop/compose/docker-compose.yml"),
    ("compose", "sock-shop/compose/docker-compose.monitoring.yml"),
    ("compose", "sock-shop/swarm/docker-compose.yml"),
    ("compose", "aks-store-demo/compose/docker-compose.yml"),
    ("compose", "aks-store-demo/compose/docker-compose-quickstart.yml"),
    ("kubernetes", "sock-shop/kubernetes"),
    ("kubernetes", "aks-store-demo/kubernetes/aks-store-all-in-one.yaml"),
    ("kubernetes", "aks-store-demo/kubernetes/aks-store-quickstart.yaml"),
]
KUSTOMIZATIONS = [
    ("kubernetes", f"aks-store-demo/kustomize/{folder}") for folder in ("base", "overlays/dev", "overlays/kaito")
]


def reference_outputs() -> list[tuple[str, str]]:
    """Give the definitions that the reference tools wrote."""
    corpus = find_corpus()
    if corpus is None:
        return []
    return [
        (platform, str(path.relative_to(corpus)))
        for platform, name in (("compose", "compose.yaml"), ("kubernetes", "manifests.yaml"))
        for path in sorted((corpus / "reference-outputs").rglob(name))
    ]


#: API groups of operators that no API server knows by itself; what we keep of their kinds cannot be checked here.
OPERATORS = {"azmonitoring.coreos.com", "kaito.sh"}

INPUTS = [*SOURCES, *KUSTOMIZATIONS, *reference_outputs()]


def read_input(corpus: Path, platform: str, path: str) -> Definition:
    """Read an input, or skip the test where the engine that builds it is not here."""
    if (platform, path) in KUSTOMIZATIONS and not has_kubectl():
        pytest.skip("kubectl is not installed")
    return read(platform, corpus / path)


def save(folder: Path, files: tuple[OutputFile, ...]) -> str:
    """Put written files into a folder; give the main one's path."""
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content.encode() if isinstance(file.content, str) else file.content)
    return files[0].path


def known_parts(text: str) -> list[tuple[dict[str, Any], str]]:
    """Give the documents of a manifest file whose kinds the API server knows, parsed and as text."""
    parts = [(yaml.safe_load(part), part + "\n") for part in text.removesuffix("\n").split("\n---\n")]
    return [(parsed, part) for parsed, part in parts if parsed["apiVersion"].partition("/")[0] not in OPERATORS]


def complaints(server: ControlPlane, text: str) -> list[str]:
    """Dry-run every document of a manifest file strictly."""
    found = [server.dry_run(parsed, part) for parsed, part in known_parts(text)]
    return [complaint for complaint in found if complaint]


def assert_compose_agrees(folder: Path, compose_config: ComposeConfig, written: Written) -> None:
    """Have docker compose read what was written: it accepts it, and reads there what we do."""
    file = save(folder, written.files)
    assert our_reading(folder, (file,)) == project_engine(compose_config(folder, file), folder)


@pytest.mark.parametrize(("platform", "path"), INPUTS)
def test_compose_accepts_what_we_write(
    corpus: Path, tmp_path: Path, compose_config: ComposeConfig, platform: str, path: str
) -> None:
    definition = read_input(corpus, platform, path)
    written = load_writer("compose")(definition, WriteOptions(name="written"))
    assert_compose_agrees(tmp_path, compose_config, written)


def write_manifests(definition: Definition) -> str:
    """Write a definition for Kubernetes; give its only file."""
    (file,) = load_writer("kubernetes")(definition, WriteOptions()).files
    assert isinstance(file.content, str)
    return file.content


@pytest.mark.parametrize(("platform", "path"), INPUTS)
def test_the_api_server_accepts_what_we_write(corpus: Path, api_server: ControlPlane, platform: str, path: str) -> None:
    assert complaints(api_server, write_manifests(read_input(corpus, platform, path))) == []


@pytest.mark.parametrize(("platform", "path"), INPUTS)
def test_kubeconform_accepts_what_we_write(corpus: Path, kubeconform: Kubeconform, platform: str, path: str) -> None:
    parts = known_parts(write_manifests(read_input(corpus, platform, path)))
    assert kubeconform("---\n".join(part for _, part in parts)) == []


@pytest.mark.parametrize("field", EXAMPLES)
def test_compose_accepts_every_field(tmp_path: Path, compose_config: ComposeConfig, field: str) -> None:
    (tmp_path / "app").mkdir()
    assert_compose_agrees(tmp_path, compose_config, write("compose", EXAMPLES[field].application))


@pytest.mark.parametrize("field", EXAMPLES)
def test_the_api_server_accepts_every_field(api_server: ControlPlane, field: str) -> None:
    content = write("kubernetes", EXAMPLES[field].application).files[0].content
    assert isinstance(content, str)
    assert complaints(api_server, content) == []
