"""`local-env://`: outputs that are left for Compose to read."""

from pathlib import Path

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.model.text import Placeholder
from isomorph.provisioning.contract import Result
from isomorph.provisioning.files import Loading, read_provisioners
from isomorph.provisioning.local_environment import LocalEnvironmentProvisioner
from tests.provisioning.asking import make_request, read_one

TEXT = "- uri: local-env://default-provisioners/environment\n  type: environment\n  description: From the shell\n"


def test_every_output_that_is_asked_for_is_a_placeholder_of_its_name() -> None:
    result = read_one(TEXT).provision(make_request(asked=frozenset({"DEBUG", "_x1"})))
    assert result == Result(outputs={"DEBUG": Placeholder("${DEBUG}", "DEBUG"), "_x1": Placeholder("${_x1}", "_x1")})


def test_nothing_asked_gives_nothing() -> None:
    assert read_one(TEXT).provision(make_request()) == Result()


@pytest.mark.parametrize("name", ["a-b", "1a", "a.b", "", "ä", "A}B"])
def test_what_is_no_variable_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="is no variable"):
        read_one(TEXT).provision(make_request(asked=frozenset({name})))


def test_it_takes_no_params() -> None:
    with pytest.raises(InvalidInput, match="takes no params"):
        read_one(TEXT).provision(make_request(params={"a": 1}))


def test_it_serves_compose_only_and_has_no_templates() -> None:
    with pytest.raises(InvalidInput, match="serves Compose only"):
        read_one(TEXT, "kubernetes")
    with pytest.raises(InvalidInput, match="unknown key 'outputs'"):
        read_one(f"{TEXT}  outputs: 'a: b'\n")


def test_the_file_of_the_reference_tool_has_one(corpus: Path) -> None:
    content = (corpus / "reference-provisioners" / "compose.provisioners.yaml").read_bytes()
    found = read_provisioners(content, "p", Loading("compose"))
    (one,) = [each for each in found if isinstance(each, LocalEnvironmentProvisioner)]
    assert one.type == "environment"
    assert one.provision(make_request(asked=frozenset({"NAME"}))).outputs == {"NAME": Placeholder("${NAME}", "NAME")}
