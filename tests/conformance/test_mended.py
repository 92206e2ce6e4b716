"""What `fix` writes on the corpus is taken by the engines that would run it, and a second run finds nothing to mend."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from isomorph.__main__ import main
from tests.conformance.conftest import ComposeConfig, Kubeconform, engine
from tests.conformance.nomad_engine import Nomad

SHOP = {
    "compose": "compose:compose/docker-compose.yml",
    "kubernetes": "kubernetes:kubernetes",
    "helm": "helm:helm",
    "nomad": "nomad:nomad/weavedemo.nomad",
}
STORE = {
    "compose": "compose:compose/docker-compose.yml",
    "kubernetes": "kubernetes:kubernetes/aks-store-all-in-one.yaml",
    "helm": "helm:helm",
}


@pytest.fixture
def mended(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., Path]:
    """Give a function that mends a copy of an application of the corpus, and checks that nothing more is mended then."""

    def run(application: str, definitions: dict[str, str], source: str, target: str) -> Path:
        folder = tmp_path / application
        shutil.copytree(corpus / application, folder)
        lines = [f'  {name}: {{definitions: ["{definitions[name]}"]}}' for name in (source, target)]
        (folder / "isomorph.yaml").write_text("\n".join(["environments:", *lines, ""]))
        monkeypatch.chdir(folder)
        command = ["fix", "-q", "--from", source, "--to", target, "--write"]
        main(command)
        assert capfd.readouterr().out, "something is mended"
        main(command)
        assert capfd.readouterr().out == ""
        return folder

    return run


@pytest.mark.parametrize(("application", "definitions"), [("sock-shop", SHOP), ("aks-store-demo", STORE)])
def test_docker_compose_takes_it(
    application: str, definitions: dict[str, str], mended: Callable[..., Path], compose_config: ComposeConfig
) -> None:
    folder = mended(application, definitions, "kubernetes", "compose") / "compose"
    read = compose_config(folder, "docker-compose.yml", environment={"MYSQL_ROOT_PASSWORD": "x"})
    limited = [
        name for name, each in read["services"].items() if "limits" in each.get("deploy", {}).get("resources", {})
    ]
    assert len(limited) > 5


@pytest.mark.parametrize("source", ["compose", "helm"])
@pytest.mark.parametrize(("application", "definitions"), [("sock-shop", SHOP), ("aks-store-demo", STORE)])
def test_the_schemas_of_kubernetes_take_it(
    application: str, definitions: dict[str, str], source: str, mended: Callable[..., Path], kubeconform: Kubeconform
) -> None:
    folder = mended(application, definitions, source, "kubernetes") / "kubernetes"
    texts = [path.read_text() for path in sorted(folder.iterdir()) if "quickstart" not in path.name]
    assert kubeconform("\n---\n".join(texts)) == []


@pytest.mark.parametrize("source", ["compose", "kubernetes"])
@pytest.mark.parametrize(("application", "definitions"), [("sock-shop", SHOP), ("aks-store-demo", STORE)])
def test_helm_renders_it(
    application: str,
    definitions: dict[str, str],
    source: str,
    mended: Callable[..., Path],
    kubeconform: Kubeconform,
) -> None:
    chart = mended(application, definitions, source, "helm") / "helm"
    (chart / "requirements.yaml").unlink(missing_ok=True)  # Its subchart is not in the corpus.
    done = subprocess.run([engine("helm"), "template", chart], capture_output=True, text=True, timeout=60, check=True)
    # A kind that no API server here knows is not a concern of what is mended.
    known = [each for each in yaml.safe_load_all(done.stdout) if each and each["apiVersion"] in ("v1", "apps/v1")]
    assert kubeconform(yaml.safe_dump_all(known)) == []


def test_nomad_takes_it(mended: Callable[..., Path], nomad: Nomad) -> None:
    text = (mended("sock-shop", SHOP, "compose", "nomad") / "nomad/weavedemo.nomad").read_text()
    complaints = nomad.validate(nomad.parse(text))
    assert [each for each in complaints if "deprecated" not in each] == []
