"""Values of secrets that are known: they stand in an env file, and the Compose file refers to them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from isomorph.model.application import Application, Definition, Secret
from isomorph.model.errors import InvalidInput
from isomorph.model.image import Image
from isomorph.model.normalise import normalise
from isomorph.model.text import Placeholder, SecretValue, Text, make_text
from isomorph.model.workload import Container, File, Workload
from isomorph.platforms.compose.dotenv import BEGIN, END, parse_env_file
from isomorph.platforms.compose.env_file import merge_env_file, print_env_file
from isomorph.platforms.compose.reader import read
from isomorph.platforms.compose.writer import write
from isomorph.platforms.context import Source
from isomorph.platforms.platform import WriteOptions, Written
from tests.memory_context import memory_context

PASSWORD = SecretValue("orders-db", "password")
SECRETS = {"orders-db": Secret({"password": "p$w'd"}, provisioned=True)}
LINE = 'ORDERS_DB_PASSWORD="p\\$w\'d"\n'
BLOCK = f"{BEGIN}\n{LINE}{END}\n"
URL: Text = ("postgres://u:", PASSWORD, "@db/x")


def write_web(platform: str = "score", secrets: dict[str, Secret] | None = None, **container: Any) -> Written:
    web = Workload("web", names=("web",), containers={"web": Container(image=Image("app"), **container)})
    application = Application(workloads={"web": web}, secrets=SECRETS if secrets is None else secrets)
    return write(Definition(application, platform), WriteOptions(secrets=True))


def contents(written: Written) -> dict[str, str | bytes]:
    return {file.path: file.content for file in written.files}


def read_files(files: dict[str, str | bytes], **environment: str) -> Definition:
    context = replace(memory_context(files), environment=environment)
    return normalise(read(Source("compose.yaml"), context))


# Writing ----------------------------------------------------------------------------------------------------------------


def test_a_known_value_goes_into_the_env_file() -> None:
    written = write_web(variables={"URL": URL})
    assert contents(written) == {
        "compose.yaml": """\
services:
  web:
    image: app
    environment:
      URL: "postgres://u:${ORDERS_DB_PASSWORD}@db/x"
""",
        ".env": BLOCK,
    }
    assert written.files[1].mode == 0o600
    assert written.diagnostics == ()
    assert written.variables == ()


def test_values_are_written_only_when_asked_for() -> None:
    web = Workload("web", names=("web",), containers={"web": Container(image=Image("app"), variables={"URL": URL})})
    written = write(Definition(Application(workloads={"web": web}, secrets=SECRETS), "score"), WriteOptions())
    assert list(contents(written)) == ["compose.yaml"]
    assert [each.code for each in written.diagnostics] == ["approximated"]
    assert written.variables == ("ORDERS_DB_PASSWORD",)


def test_a_file_that_is_a_whole_secret_is_taken_from_the_same_variable() -> None:
    written = write_web(variables={"URL": URL}, files={"/run/secrets/pw": File((PASSWORD,))})
    text = str(contents(written)["compose.yaml"])
    assert "secrets:\n  orders-db-password:\n    environment: ORDERS_DB_PASSWORD\n" in text
    assert contents(written)[".env"] == BLOCK
    assert written.diagnostics == ()


def test_a_secret_inside_a_file_is_interpolated() -> None:
    written = write_web(files={"/etc/app.ini": File(make_text(["pw = ", PASSWORD, "\n"]))})
    assert "content: |\n      pw = ${ORDERS_DB_PASSWORD}\n" in str(contents(written)["compose.yaml"])
    assert contents(written)[".env"] == BLOCK


def test_secrets_whose_variables_would_have_one_name_have_two() -> None:
    secrets = {"a-b": Secret({"c": "1"}), "a": Secret({"b-c": "2"})}
    variables: dict[str, Text] = {"X": (SecretValue("a-b", "c"),), "Y": (SecretValue("a", "b-c"),)}
    files = contents(write_web(secrets=secrets, variables=variables))
    assert files[".env"] == f"{BEGIN}\nA_B_C='1'\nA_B_C_2='2'\n{END}\n"


def test_a_variable_that_every_shell_sets_is_not_taken() -> None:
    variables: dict[str, Text] = {"A": (SecretValue("user"),), "B": (SecretValue("compose", "file"),)}
    secrets = {"user": Secret({"": "1"}), "compose": Secret({"file": "2"})}
    written = contents(write_web(secrets=secrets, variables=variables))
    assert written[".env"] == f"{BEGIN}\nSECRET_COMPOSE_FILE='2'\nSECRET_USER='1'\n{END}\n"
    assert contents(write(read_files(written), WriteOptions(secrets=True))) == written


def test_an_optional_reference_is_to_the_same_secret() -> None:
    variables: dict[str, Text] = {"X": (PASSWORD,), "Z": (SecretValue("orders-db", "password", optional=True),)}
    text = str(contents(write_web(variables=variables))["compose.yaml"])
    assert 'X: "${ORDERS_DB_PASSWORD}"\n      Z: "${ORDERS_DB_PASSWORD}"' in text


def test_what_is_left_to_the_shell_is_listed() -> None:
    variables: dict[str, Text] = {
        "A": (Placeholder("${HOST}", "HOST"), ":", PASSWORD),
        "B": "$${NOT} $NOT_EITHER",
        "C": (Placeholder("${WITH:-default}", "WITH"),),
        "D": (Placeholder("${MUST:?be set}", "MUST"),),
        "E": (SecretValue("elsewhere", "key"),),
    }
    written = write_web(variables=variables, files={"/x": File((SecretValue("more"),))})
    assert written.variables == ("ELSEWHERE_KEY", "HOST", "MORE", "MUST")


# Reading back -----------------------------------------------------------------------------------------------------------


def test_a_variable_of_the_block_is_a_reference_to_a_secret() -> None:
    definition = read_files(contents(write_web(variables={"URL": URL})))
    application = definition.application
    read_url = application.workloads["web"].containers["web"].variables["URL"]
    assert read_url == ("postgres://u:", SecretValue("ORDERS_DB_PASSWORD"), "@db/x")
    assert application.secrets == {"ORDERS_DB_PASSWORD": Secret({"": "p$w'd"}, provisioned=True)}
    origin = definition.origins.find(("secrets", "ORDERS_DB_PASSWORD"))
    assert str(origin) == ".env:2:20"
    via = definition.origins.find(("workloads", "web", "containers", "web", "variables", "URL"))
    assert via is not None
    assert [str(each) for each in via.via] == [".env:2:20"]


def test_what_is_read_is_written_again_as_it_was() -> None:
    first = contents(
        write_web(
            variables={"URL": URL},
            files={"/run/secrets/pw": File((PASSWORD,)), "/etc/a": File(make_text(["a", PASSWORD]))},
            args=("--password", (PASSWORD,)),
        )
    )
    assert contents(write(read_files(first), WriteOptions(secrets=True))) == first


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("image: app:${PW}", 'image: "app:${PW}"'),
        ("working_dir: /srv/${PW}", 'working_dir: "/srv/${PW}"'),
        ("labels: {a: 'x${PW}'}", 'a: "x${PW}"'),
        ("x-own: ['${PW}']", '- "${PW}"'),
        ("volumes: ['./${PW}/a:/b']", '- "./${PW}/a:/b"'),
    ],
)
def test_a_value_stays_out_of_whatever_uses_it(line: str, said: str) -> None:
    files: dict[str, str | bytes] = {
        "compose.yaml": f"services:\n  web:\n    image: app\n    {line}\n".replace("image: app\n    image", "image"),
        ".env": f"{BEGIN}\nPW='secret'\n{END}\n",
    }
    written = write(read_files(files), WriteOptions(secrets=True))
    text = str(contents(written)["compose.yaml"])
    assert said in text
    assert "secret" not in text.replace("secrets", "")


def test_the_shell_gives_a_secret_its_value() -> None:
    files: dict[str, str | bytes] = {
        "compose.yaml": "services: {web: {image: a, environment: {A: '${PW}', B: '${EMPTY:-no}'}}}",
        ".env": f"{BEGIN}\nPW='one'\nEMPTY=''\n{END}\nOWN=plain\n",
    }
    definition = read_files(files, PW="two")
    variables = definition.application.workloads["web"].containers["web"].variables
    assert variables == {"A": (SecretValue("PW"),), "B": "no"}
    assert definition.application.secrets == {"PW": Secret({"": "two"}, provisioned=True)}


def test_outside_the_block_a_variable_is_plain() -> None:
    files: dict[str, str | bytes] = {
        "compose.yaml": "services: {web: {image: a, environment: {A: '${OWN}', B: '${URL}'}}}",
        ".env": f"{BEGIN}\nPW='one'\n{END}\nOWN=plain\nURL=x://${{PW}}@h\n",
    }
    variables = read_files(files).application.workloads["web"].containers["web"].variables
    assert variables == {"A": "plain", "B": ("x://", SecretValue("PW"), "@h")}


def test_an_env_file_of_a_service_has_secrets_too() -> None:
    files: dict[str, str | bytes] = {
        "compose.yaml": "services: {web: {image: a, env_file: my.env}}",
        "my.env": f"A=1\n{BEGIN}\nPW='one'\n{END}\n",
    }
    application = read_files(files).application
    assert application.workloads["web"].containers["web"].variables == {"A": "1", "PW": (SecretValue("PW"),)}
    assert application.secrets == {"PW": Secret({"": "one"}, provisioned=True)}


# The env file -----------------------------------------------------------------------------------------------------------


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_any_value_is_read_as_it_was(value: str) -> None:
    text = print_env_file({"A": value, "B": "next"})
    assert len(text.split("\n")) == 5
    entries = parse_env_file(text.encode(), ".env", lambda _: None).entries
    assert [entry.secret or "" for entry in entries.values()] == [value, "next"]


@pytest.mark.parametrize(
    ("existing", "merged"),
    [
        (None, "{block}"),
        (b"", "{block}"),
        (b"A=1\n", "A=1\n{block}"),
        (b"A=1", "A=1\n{block}"),
        (b"\xef\xbb\xbfA=1\r\n", "\ufeffA=1\r\n{block}"),
        (f"A=1 \n\n{BEGIN}\nOLD='1'\n{END}\n\n# é\nB = 2".encode(), "A=1 \n\n{block}\n# é\nB = 2"),
        (f"{BEGIN}\nOLD='1'\n{END}".encode(), "{block}"),
        (f"{BEGIN}\r\nOLD='1'\r\n{END}\r\nA=1\r\n".encode(), "{block}A=1\r\n"),
        (f"{BEGIN}\nMINE=1\n".encode(), f"{BEGIN}\nMINE=1\n{{block}}"),
        (f"A=1\n{BEGIN}\n{END}\nB=2\n{BEGIN}\nX='1'\n{END}\nC=3\n".encode(), "A=1\n{block}B=2\nC=3\n"),
    ],
)
def test_what_is_the_users_stays_as_it_is(existing: bytes | None, merged: str) -> None:
    wanted = merged.replace("{block}", BLOCK).encode()
    assert merge_env_file(existing, BLOCK) == wanted
    assert merge_env_file(wanted, BLOCK.encode()) == wanted


def test_a_line_of_the_users_own_wins() -> None:
    existing = f"{BLOCK}ORDERS_DB_PASSWORD=mine\n".encode()
    merged = merge_env_file(existing, print_env_file({"ORDERS_DB_PASSWORD": "ours", "Z": "1"}))
    assert merged.decode() == (
        f"{BEGIN}\nZ='1'\n# ORDERS_DB_PASSWORD is set outside of this block\n{END}\nORDERS_DB_PASSWORD=mine\n"
    )
    assert merge_env_file(b"X=${MUST:?be set}\n", "") == b"X=${MUST:?be set}\n"
    assert merge_env_file(b"X='a\nORDERS_DB_PASSWORD=inside'\n", BLOCK).decode().endswith(BLOCK)


def test_the_block_goes_when_nothing_is_in_it() -> None:
    assert merge_env_file(f"A=1\n{BLOCK}B=2\n".encode(), "") == b"A=1\nB=2\n"
    assert merge_env_file(None, "") == b""


def test_an_env_file_that_cannot_be_read_is_not_touched() -> None:
    with pytest.raises(InvalidInput, match=r"my\.env:4:3: a quoted value is not closed"):
        merge_env_file(f"{BLOCK}A='\n".encode(), BLOCK, "my.env")
    with pytest.raises(InvalidInput, match="UTF-8"):
        merge_env_file(b"A=\xff\n", BLOCK)
