"""A real Nomad takes what we write as its own command would leave it: `nomad fmt`, `job validate` and `job plan` all pass."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from isomorph.model.application import Application, Definition
from isomorph.model.normalise import normalise
from isomorph.platforms.nomad.writer import write
from isomorph.platforms.platform import WriteOptions
from tests.conformance.nomad_engine import Nomad
from tests.conformance.test_any_model import webs
from tests.conformance.test_writing import INPUTS, read_input
from tests.field_examples import EXAMPLES
from tests.properties.test_comparison import applications

pytestmark = pytest.mark.engine

#: Nomad answers one in a few milliseconds.
many = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

DECLARED = re.compile(r'^variable "(\w+)"', re.MULTILINE)


def complaints(nomad: Nomad, definition: Definition) -> list[str]:
    """Give what Nomad says against the files that are written for a definition, each with the file's name."""
    written = write(normalise(definition, resolve_configurations=False), WriteOptions(secrets=True))
    found = []
    for file in written.files:
        assert isinstance(file.content, str)
        if file.path.endswith(".nomad.hcl"):
            variables = "".join(f'{name} = "given"\n' for name in DECLARED.findall(file.content))
            said = nomad.check(file.content, variables)
        else:
            said = [] if nomad.format(file.content) == file.content else ["nomad fmt would change it"]
        found += [f"{file.path}: {each}" for each in said]
    return found


@pytest.mark.parametrize(("platform", "path"), INPUTS)
def test_real_definitions(corpus: Path, nomad: Nomad, platform: str, path: str) -> None:
    assert complaints(nomad, read_input(corpus, platform, path)) == []


@pytest.mark.parametrize("field", EXAMPLES)
def test_every_field(nomad: Nomad, field: str) -> None:
    assert complaints(nomad, Definition(EXAMPLES[field].application, "model")) == []


@many
@given(applications)
def test_any_model(nomad: Nomad, application: Application) -> None:
    assert complaints(nomad, Definition(application, "model")) == []


@many
@given(webs)
def test_any_text(nomad: Nomad, application: Application) -> None:
    assert complaints(nomad, Definition(application, "model")) == []
