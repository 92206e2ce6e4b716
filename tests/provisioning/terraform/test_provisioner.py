"""`terraform://`: what an entry may say, and what a resource gives before, after and between applies."""

from pathlib import Path
from typing import Any

import pytest

from isomorph.model.application import Secret
from isomorph.model.errors import InvalidInput
from isomorph.model.text import Placeholder, SecretValue
from isomorph.provisioning.contract import Module, Request, Result
from isomorph.provisioning.files import Loading, read_provisioners
from isomorph.provisioning.terraform.applied import AppliedOutput, digest_module, to_state
from isomorph.provisioning.terraform.provisioner import (
    TerraformProvisioner,
    to_block_name,
    to_variable_name,
)
from tests.provisioning.asking import GUID, make_request

DATABASE = """\
- uri: terraform://terraform-aws-modules/rds/aws
  type: postgres
  class: managed
  version: "~> 6.0"
  variables: {engine_version: "15", tags: {team: shop}, zones: [a, b]}
  expected_outputs: [host, port, password]
  outputs: {host: address, password: master_password}
  sensitive: [host]
"""


def read_entry(text: str, platform: str = "compose", project: str = ".") -> TerraformProvisioner:
    (found,) = read_provisioners(text, "p.provisioners.yaml", Loading(platform, project=project))
    assert isinstance(found, TerraformProvisioner)
    return found


def ask(text: str = DATABASE, platform: str = "compose", **changes: Any) -> Result:
    return read_entry(text, platform).provision(make_request(platform, "postgres", name="orders-db", **changes))


def module_of(result: Result) -> Module:
    (module,) = result.fragments.modules.values()
    return module


def applied_state(result: Result, **outputs: AppliedOutput) -> dict[str, Any]:
    return to_state("orders-db", outputs, digest_module(module_of(result), GUID))


APPLIED = {
    "address": AppliedOutput("db.example.com"),
    "port": AppliedOutput(5432),
    "master_password": AppliedOutput("x1y2z3w4", sensitive=True),
}


def test_params_and_variables_are_arguments_of_one_module() -> None:
    result = ask(params={"size": 3, "name": "${not_hcl}", "rules": [{"port": 80}]})
    assert result.fragments.modules == {
        "orders_db": Module(
            source="terraform-aws-modules/rds/aws",
            version="~> 6.0",
            arguments={
                "engine_version": "15",
                "tags": {"team": "shop"},
                "zones": ["a", "b"],
                "size": 3,
                "name": "${not_hcl}",
                "rules": [{"port": 80}],
            },
            outputs=("address", "master_password", "port"),
            sensitive=frozenset({"address", "master_password"}),
        )
    }


def test_before_an_apply_compose_reads_outputs_from_its_environment() -> None:
    result = ask()
    assert result.outputs == {}
    assert result.references == {
        "host": (Placeholder("${ORDERS_DB_HOST}", "ORDERS_DB_HOST"),),
        "port": (Placeholder("${ORDERS_DB_PORT}", "ORDERS_DB_PORT"),),
        "password": (Placeholder("${ORDERS_DB_PASSWORD}", "ORDERS_DB_PASSWORD"),),
    }
    assert result.parts.secrets == {}
    assert result.state == {"name": "orders-db"}
    (message,) = result.messages
    assert "--apply" in message
    assert "ORDERS_DB_HOST, ORDERS_DB_PORT, ORDERS_DB_PASSWORD" in message


def test_before_an_apply_kubernetes_reads_outputs_from_a_secret_that_is_elsewhere() -> None:
    result = ask(platform="kubernetes")
    assert result.references == {name: (SecretValue("orders-db", name),) for name in ("host", "port", "password")}
    assert result.parts.secrets == {"orders-db": Secret({}, external=True)}
    assert "host, port, password in a Secret orders-db" in result.messages[0]


@pytest.mark.parametrize("platform", ["compose", "kubernetes"])
def test_after_an_apply_outputs_are_values_and_secret_ones_stand_in_a_secret(platform: str) -> None:
    result = ask(platform=platform, state=applied_state(ask(platform=platform), **APPLIED))
    assert result.outputs == {"host": "db.example.com", "port": 5432, "password": "x1y2z3w4"}
    assert result.secrets == {"host", "password"}
    assert result.references == {name: (SecretValue("orders-db", name),) for name in ("host", "password")}
    values = {"host": "db.example.com", "password": "x1y2z3w4"}
    assert result.parts.secrets == {"orders-db": Secret({**values}, provisioned=True)}
    assert result.messages == ()
    assert result.diagnostics == ()


def test_what_terraform_calls_sensitive_is_secret() -> None:
    state = applied_state(ask(), **{**APPLIED, "port": AppliedOutput(5432, sensitive=True)})
    result = ask(state=state)
    assert result.secrets == {"host", "port", "password"}
    assert result.parts.secrets["orders-db"].values["port"] == "5432"


def test_the_state_is_given_again_and_says_which_values_are_secret() -> None:
    state = applied_state(ask(), **APPLIED)
    assert ask(state=state).state == state
    assert state["secret"] == {"master_password": "x1y2z3w4"}
    assert "x1y2z3w4" not in str({key: value for key, value in state.items() if key != "secret"})


def test_changed_arguments_are_told_and_the_outputs_are_those_of_before() -> None:
    state = applied_state(ask(), **APPLIED)
    result = ask(state=state, params={"size": 4})
    assert result.outputs["host"] == "db.example.com"
    (diagnostic,) = result.diagnostics
    assert diagnostic.code == "assumed"
    assert "--apply renews them" in diagnostic.message
    assert result.state == state


def test_an_output_that_the_apply_did_not_give_puts_all_of_them_off() -> None:
    state = applied_state(ask(), **{name: value for name, value in APPLIED.items() if name != "port"})
    result = ask(state=state)
    assert set(result.references) == {"host", "port", "password"}
    assert result.outputs == {}
    assert result.state == state


def test_without_a_list_of_outputs_those_that_are_asked_for_are_given() -> None:
    text = "- {uri: 'terraform://a/b/c', type: postgres, version: '1'}\n"
    result = ask(text, asked=frozenset({"url", "port"}))
    assert set(result.references) == {"url", "port"}
    assert module_of(result).outputs == ("port", "url")
    with pytest.raises(InvalidInput, match="'a b', asked of postgres"):
        ask(text, asked=frozenset({"a b"}))


def test_what_a_file_names_that_permits_no_modules_is_not_applied() -> None:
    (entry,) = read_provisioners(DATABASE, "p", Loading("compose", permits_modules=False))
    assert not module_of(entry.provision(make_request(name="orders-db"))).permitted


def test_secret_params_and_those_that_are_known_later() -> None:
    module = module_of(ask(params={"url": "x", "admin_password": "y", "size": 1}, secret_params=frozenset({"url"})))
    assert module.secret_arguments == {"url", "admin_password"}
    assert not module.waiting
    waiting = ask(params={"url": "${A}"}, open_params=frozenset({"url"}))
    assert module_of(waiting).waiting
    assert "once the resources that its params name are there" in waiting.messages[0]
    assert module_of(ask(params={"url": "🔐💬a_b💬🔐"})).waiting


@pytest.mark.parametrize("name", ["source", "version", "count", "for_each", "providers", "lifecycle", "depends_on"])
def test_a_param_cannot_say_what_the_module_block_says(name: str) -> None:
    with pytest.raises(InvalidInput, match=f"param '{name}' cannot be a variable"):
        ask(params={name: "x"})


@pytest.mark.parametrize("name", ["a b", "1a", "a.b", "ä", 'x" {}\n', "${a}", ""])
def test_a_param_is_a_name(name: str) -> None:
    with pytest.raises(InvalidInput, match="it is no name in Terraform"):
        ask(params={name: "x"})


def test_a_param_cannot_replace_what_the_provisioner_fixed() -> None:
    with pytest.raises(InvalidInput, match="'engine_version' is fixed"):
        ask(params={"engine_version": "9"})


@pytest.mark.parametrize(
    ("lines", "place", "message"),
    [
        ("uri: terraform://../x\n  type: t", (1, 8), "outside the project"),
        ("uri: terraform://./a/../../x\n  type: t", (1, 8), "outside the project"),
        ("uri: terraform:///etc/x\n  type: t", (1, 8), "no address of a module"),
        ("uri: terraform://\n  type: t", (1, 8), "no address of a module"),
        ("uri: terraform://file:///etc\n  type: t", (1, 8), "no address of a module"),
        ("uri: terraform://git::file:///etc\n  type: t", (1, 8), "no address of a module"),
        ("uri: terraform://modules\n  type: t", (1, 8), "no address of a module"),
        ("uri: terraform://a/b/c\n  type: t", (1, 8), "which version"),
        ("uri: terraform://./a\n  type: t\n  version: '1'", (1, 8), "has no version"),
        ("uri: terraform://git::https://example.com/a.git\n  type: t\n  version: '1'", (1, 8), "only a registry"),
        ("uri: terraform://./a\n  type: t\n  output: {}", (3, 3), "unknown key 'output'"),
        ("uri: terraform://./a\n  type: t\n  outputs: [a]", (3, 12), "`outputs` must be a mapping"),
        ("uri: terraform://./a\n  type: t\n  outputs: {a: b c}", (3, 16), "names no output"),
        ("uri: terraform://./a\n  type: t\n  outputs: {a: {}}", (3, 16), "names no output"),
        ("uri: terraform://./a\n  type: t\n  variables: [a]", (3, 14), "`variables` must be a mapping"),
        ("uri: terraform://./a\n  type: t\n  variables: {source: b}", (3, 23), "cannot be a variable"),
        ("uri: terraform://./a\n  type: t\n  expected_outputs: [a b]", (3, 21), "'a b' is no output"),
        ("uri: terraform://./a\n  type: t\n  outputs: {a: b}\n  sensitive: [c]", (4, 14), "no output 'c'"),
    ],
)
def test_mistakes_are_told_with_their_place(lines: str, place: tuple[int, int], message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_entry(f"- {lines}\n")
    assert message in caught.value.message
    origin = caught.value.origin
    assert origin is not None
    assert (origin.file, origin.line, origin.column) == ("p.provisioners.yaml", *place)


@pytest.mark.parametrize(
    "source",
    [
        "./modules/a#one",
        "a/b/c//sub#two",
        "registry.example.com/a/b/c",
        "git::https://example.com/a.git?ref=v1",
        "github.com/org/repo?ref=v1",
    ],
)
def test_addresses_that_terraform_knows(source: str) -> None:
    versions = "" if source.startswith(("./", "git")) else ", version: '1'"
    entry = read_entry(f"- {{uri: 'terraform://{source}', type: t{versions}}}\n")
    assert entry.source == source.partition("#")[0]


def local(project: Path) -> Result:
    entry = read_entry("- {uri: 'terraform://./modules/a', type: postgres}\n", project=str(project))
    request: Request = make_request(name="orders-db")
    return entry.provision(request)


def test_a_module_of_the_project_is_there_and_no_link_leads_out(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "modules").mkdir(parents=True)
    with pytest.raises(InvalidInput, match=r"there is no module \./modules/a"):
        local(project)
    (tmp_path / "elsewhere").mkdir()
    (project / "modules" / "a").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InvalidInput, match="leads out of the project"):
        local(project)
    (project / "modules" / "a").unlink()
    (project / "modules" / "a").mkdir()
    assert module_of(local(project)).source == "./modules/a"


@pytest.mark.parametrize(
    ("name", "block", "variable"),
    [
        ("orders-db", "orders_db", "ORDERS_DB_HOST"),
        ("3db", "_3db", "_3DB_HOST"),
        ("a__b-", "a_b", "A_B_HOST"),
        ("ä", "resource", "HOST"),
    ],
)
def test_names_of_blocks_and_variables(name: str, block: str, variable: str) -> None:
    assert to_block_name(name) == block
    assert to_variable_name(name, "host") == variable
