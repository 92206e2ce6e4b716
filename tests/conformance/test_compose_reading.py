"""docker compose itself answers each project of tests/platforms/compose/data as its expected.json says, or refuses it."""

import os

import pytest

from tests.conformance.conftest import ComposeRefused, engine
from tests.platforms.compose.plain_form import form_of_engine
from tests.platforms.compose.reading_cases import ACCEPTED, DATA, REFUSED, expected_of, options_of, project_folder

pytestmark = pytest.mark.engine


def ask_docker_compose(name: str) -> dict[str, object]:
    """Have docker compose read a case in a clean environment."""
    import json
    import subprocess

    options = options_of(name)
    command = [str(engine("docker-compose"))]
    for option, flag in (("files", "-f"), ("profiles", "--profile"), ("env_files", "--env-file")):
        for value in options.get(option, []):
            command += [flag, value]
    environment = {"PATH": os.defpath, "HOME": str(DATA), **options.get("environment", {})}
    done = subprocess.run(
        [*command, "config", "--format", "json"],
        cwd=DATA / name, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    if done.returncode:
        raise ComposeRefused(done.stderr.strip())
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize("name", ACCEPTED)
def test_expected_is_docker_composes_answer(name: str) -> None:
    assert form_of_engine(ask_docker_compose(name), str(project_folder(name))) == expected_of(name)


@pytest.mark.parametrize("name", REFUSED)
def test_docker_compose_refuses_it_too(name: str) -> None:
    with pytest.raises(ComposeRefused):
        ask_docker_compose(name)
