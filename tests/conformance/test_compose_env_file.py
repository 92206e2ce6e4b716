"""Docker compose reads the values of secrets from the env file to the character, wherever the Compose file uses them."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isomorph.model.application import Application, Definition, Secret
from isomorph.model.image import Image
from isomorph.model.text import SecretValue, Text, make_text
from isomorph.model.workload import Container, File, Workload
from isomorph.platforms.compose.env_file import merge_env_file, print_env_file
from isomorph.platforms.compose.writer import write
from isomorph.platforms.platform import WriteOptions
from tests.conformance.conftest import ComposeConfig
from tests.conformance.test_compose_texts import TEXTS

pytestmark = pytest.mark.engine

VALUES = [
    *TEXTS,
    "'",
    "\\",
    "a\\",
    "\\'",
    '\\"',
    "\\n",
    "\\0",
    "\\012",
    "$X",
    "'$X",
    "\\$X",
    "\r\n",
    "#",
    " #x",
    "`x`",
    "",
]
HOSTILE = st.text(
    st.one_of(st.sampled_from("'\"\\$\n\r#{}0nx ="), st.characters(exclude_categories=["C"])), max_size=30
)


def read_values(folder: Path, compose_config: ComposeConfig, values: dict[str, str]) -> dict[str, str]:
    """Give what docker compose makes of variables that are secrets, each in a text."""
    secret = Secret(dict(values), provisioned=True)
    variables: dict[str, Text] = {name: ("<", SecretValue("store", name), ">") for name in values}
    web = Workload("web", names=("web",), containers={"web": Container(image=Image("app"), variables=variables)})
    application = Application(name="shop", workloads={"web": web}, secrets={"store": secret})
    for file in write(Definition(application, "score"), WriteOptions(secrets=True)).files:
        content = file.content if isinstance(file.content, bytes) else file.content.encode()
        (folder / file.path).write_bytes(content)
    read = compose_config(folder, "compose.yaml")["services"]["web"]["environment"]
    return {name: value[1:-1].replace("$$", "$") for name, value in read.items()}


def test_values_are_read_as_they_were(tmp_path: Path, compose_config: ComposeConfig) -> None:
    values = {f"k{index}": value for index, value in enumerate(VALUES)}
    assert read_values(tmp_path, compose_config, values) == values


@given(st.lists(HOSTILE, min_size=10, max_size=60))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_value_is_read_as_it_was(tmp_path: Path, compose_config: ComposeConfig, drawn: list[str]) -> None:
    values = {f"k{index}": value for index, value in enumerate(drawn)}
    assert read_values(tmp_path, compose_config, values) == values


def test_configs_and_secrets_hold_the_value(tmp_path: Path, compose_config: ComposeConfig) -> None:
    password = SecretValue("db", "password")
    files = {"/etc/a": File(make_text(["pw=", password])), "/run/secrets/pw": File((password,))}
    web = Workload("web", names=("web",), containers={"web": Container(image=Image("app"), files=files)})
    application = Application(name="shop", workloads={"web": web}, secrets={"db": Secret({"password": "x$y'z"})})
    for file in write(Definition(application, "score"), WriteOptions(secrets=True)).files:
        (tmp_path / file.path).write_text(str(file.content), encoding="utf-8")
    read = compose_config(tmp_path, "compose.yaml")
    assert [each["content"] for each in read["configs"].values()] == ["pw=x$$y'z"]
    assert [each["environment"] for each in read["secrets"].values()] == ["DB_PASSWORD"]


def test_the_last_line_for_a_name_counts_so_ours_is_left_out(tmp_path: Path, compose_config: ComposeConfig) -> None:
    (tmp_path / "compose.yaml").write_text("services: {web: {image: a, environment: {A: '${PW}', B: '${OURS}'}}}")
    block = print_env_file({"PW": "ours", "OURS": "1"})
    for existing in (b"PW=mine\n", f"{block}PW=mine\n".encode()):
        (tmp_path / ".env").write_bytes(merge_env_file(existing, block))
        read = compose_config(tmp_path, "compose.yaml")["services"]["web"]["environment"]
        assert read == {"A": "mine", "B": "1"}
