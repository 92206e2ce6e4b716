"""Our reading of every real Compose file agrees with docker compose's own.

What the shell does not set is unresolved to us and blank there; all else must be the same: services, images, processes,
variables, ports, volumes, files and health checks.
"""

from pathlib import Path

import pytest

from isomorph.model.errors import InvalidInput, InvalidInputs
from isomorph.platforms.context import Context, Source
from isomorph.platforms.local import LocalEngines, LocalFiles
from isomorph.platforms.table import load_reader
from tests.conformance.compose_projection import Projection, project_engine, project_model
from tests.conformance.conftest import ComposeConfig, ComposeRefused
from tests.conftest import find_corpus

pytestmark = pytest.mark.engine

SHOP = "sock-shop/compose/docker-compose"
OVERRIDES = "score-compose-examples/07-overrides"

#: Files that are one definition, the first the base.
FILES: list[tuple[str, ...]] = [
    (f"{SHOP}.yml",),
    (f"{SHOP}.monitoring.yml",),
    (f"{SHOP}.yml", f"{SHOP}.monitoring.yml"),
    (f"{SHOP}.yml", f"{SHOP}.logging.yml"),
    (f"{SHOP}.yml", f"{SHOP}.logging.yml", f"{SHOP}.monitoring.yml"),
    ("sock-shop/swarm/docker-compose.yml",),
    ("aks-store-demo/compose/docker-compose.yml",),
    ("aks-store-demo/compose/docker-compose-quickstart.yml",),
    (f"reference-outputs/{OVERRIDES}/compose.yaml", f"{OVERRIDES}/overrides.compose.yaml"),
]

#: Overrides that are no definition without their base: refused by both.
INCOMPLETE = [f"{SHOP}.logging.yml", f"{OVERRIDES}/overrides.compose.yaml"]


def reference_outputs() -> list[tuple[str, ...]]:
    """Give the Compose files that the reference tools wrote."""
    corpus = find_corpus()
    if corpus is None:
        return []
    return [(str(path.relative_to(corpus)),) for path in sorted((corpus / "reference-outputs").rglob("compose.yaml"))]


def our_reading(folder: Path, files: tuple[str, ...]) -> Projection:
    """Read files below a folder as one definition, in an empty shell."""
    context = Context(LocalFiles([str(folder)]), LocalEngines(), {})
    paths = [str(folder / file) for file in files]
    options = {"file": tuple(paths[1:])} if paths[1:] else {}
    definition = load_reader("compose")(Source(paths[0], options), context)
    lines = {path: Path(path).read_text().splitlines() for path in paths}
    return project_model(definition, lines, Path(paths[0]).parent)


@pytest.mark.parametrize("files", [*FILES, *reference_outputs()], ids=" ".join)
def test_our_reading_is_docker_composes(corpus: Path, compose_config: ComposeConfig, files: tuple[str, ...]) -> None:
    folder = (corpus / files[0]).parent
    theirs = compose_config(folder, *[str(corpus / file) for file in files])
    assert our_reading(corpus, files) == project_engine(theirs, folder)


@pytest.mark.parametrize("file", INCOMPLETE)
def test_an_override_alone_is_refused_by_both(corpus: Path, compose_config: ComposeConfig, file: str) -> None:
    with pytest.raises(ComposeRefused, match="neither an image nor a build context"):
        compose_config((corpus / file).parent, str(corpus / file))
    with pytest.raises((InvalidInput, InvalidInputs), match="image"):
        our_reading(corpus, (file,))


@pytest.mark.usefixtures("compose_config")
def test_no_compose_file_is_left_out(corpus: Path) -> None:
    """Every Compose file of the corpus is read above, or is no definition by itself."""
    named = {path for path in corpus.rglob("*compose*.y*ml") if "schemas" not in path.parts}
    named = {path for path in named if not path.name.endswith(".provisioners.yaml")}
    read = {corpus / file for files in [*FILES, *reference_outputs()] for file in files}
    assert named == read | {corpus / file for file in INCOMPLETE}
