"""Docker compose reads what we write as we meant it: every text to the character, and every shape of workload."""

from pathlib import Path

import pytest

from isomorph.model.application import Application, Definition
from isomorph.model.image import Image
from isomorph.model.workload import Binary, Container, Exec, File, Probe, Role, Workload
from isomorph.platforms.compose.writer import write
from isomorph.platforms.platform import WriteOptions
from tests.conformance.conftest import ComposeConfig
from tests.platforms.compose.test_write_and_read import workloads

pytestmark = pytest.mark.engine

TEXTS = [
    "$",
    "$$",
    "$HOME",
    "x$X",
    " $X ",
    "${X}",
    "${X:-y}",
    "$(X)",
    "{{ .x }}",
    "no",
    "012",
    "0o14",
    "1e3",
    "1_000",
    "2001-01-01",
    "~",
    "<<",
    "=",
    "- a",
    "a: b",
    "a #b",
    "'",
    '"',
    "\\n",
    "a\nb\n",
    "\n\n a\n",
    "\ttab\t",
    "trailing \n",
    "\u00e9\u2028\U0001f600",
    "\x01\x7f",
]


def config(folder: Path, compose_config: ComposeConfig, *all_workloads: Workload) -> dict[str, dict[str, object]]:
    """Give the services and configs that docker compose makes of what we write."""
    application = Application(name="shop", workloads={each.name: each for each in all_workloads})
    for file in write(Definition(application, "compose"), WriteOptions()).files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content.encode() if isinstance(file.content, str) else file.content)
    read: dict[str, dict[str, object]] = compose_config(folder, "compose.yaml")
    return read


def test_every_text_arrives_as_it_was_meant(tmp_path: Path, compose_config: ComposeConfig) -> None:
    container = Container(
        image=Image("app"),
        command=tuple(TEXTS),
        args=tuple(TEXTS),
        variables={f"V{index}": text for index, text in enumerate(TEXTS)},
        readiness=Probe(Exec(tuple(TEXTS))),
        files={f"/f{index}": File(text) for index, text in enumerate(TEXTS)},
    )
    workload = Workload("web", containers={"web": container}, labels={f"l{i}": text for i, text in enumerate(TEXTS)})
    read = config(tmp_path, compose_config, workload)
    doubled = [text.replace("$", "$$") for text in TEXTS]  # As it prints them, so that they may be read again.
    service: dict[str, object] = read["services"]["web"]  # type: ignore[assignment]
    assert service["entrypoint"] == doubled
    assert service["command"] == doubled
    assert service["environment"] == {f"V{index}": text for index, text in enumerate(doubled)}
    assert service["labels"] == {f"l{index}": text for index, text in enumerate(doubled)}
    assert service["healthcheck"]["test"] == ["CMD", *doubled]  # type: ignore[index]
    assert {name: each["content"] for name, each in read["configs"].items()} == {  # type: ignore[index]
        f"web-f{index}": text for index, text in enumerate(doubled)
    }


@pytest.mark.parametrize("workload", workloads())
def test_every_shape_of_workload_is_accepted(tmp_path: Path, compose_config: ComposeConfig, workload: Workload) -> None:
    (tmp_path / "app").mkdir()
    assert config(tmp_path, compose_config, workload)["services"]


def test_containers_that_wait_for_each_other_are_no_circle(tmp_path: Path, compose_config: ComposeConfig) -> None:
    image = Image("app")
    containers = {
        "one": Container(role=Role.INIT, image=image),
        "two": Container(role=Role.SIDECAR, image=image, before={"main": "healthy"}, readiness=Probe(Exec(("true",)))),
        "main": Container(image=image, files={"/b": File(Binary(b"\xff"), mode=0o600)}),
    }
    services = config(tmp_path, compose_config, Workload("web", names=("web",), containers=containers))["services"]
    assert set(services) == {"web", "web-one", "web-two", "web-main"}
