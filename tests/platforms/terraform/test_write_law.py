"""The law of written configurations: they say what Kubernetes' manifests of the same definition say, whatever it holds."""

from unicodedata import is_normalized

import pytest
from hypothesis import Phase, assume, given, settings
from msgspec.structs import replace

from isomorph.model.application import Application, Definition
from isomorph.platforms.terraform.write_variables import find_open
from isomorph.platforms.terraform.writer import write
from tests.conformance.test_any_model import webs
from tests.field_examples import EXAMPLES
from tests.platforms.terraform.writing import OPTIONS, define, read_back, through_kubernetes
from tests.properties.test_comparison import applications


def without_dependencies(application: Application) -> Application:
    """Give an application without what Kubernetes has no objects for."""
    workloads = {key: replace(each, dependencies={}) for key, each in application.workloads.items()}
    return replace(application, workloads=workloads, dependencies={})


def holds(definition: Definition) -> Application:
    """Check the law, and that writing again gives the same bytes; gives what was read."""
    written = write(definition, OPTIONS)
    back = read_back(written.files)
    assert without_dependencies(back.application) == without_dependencies(through_kubernetes(definition))
    assert [each.message for each in back.diagnostics] == []
    assert write(definition, OPTIONS) == written
    assert needed(back.application) == needed(definition.application)
    return back.application


def needed(application: Application) -> list[tuple[str, str]]:
    """Give the types and versions of what workloads do not provide themselves."""
    return sorted((each.type, each.version or "") for each in find_open(application).values())


@pytest.mark.parametrize("platform", ["model", "compose", "kubernetes"])
@pytest.mark.parametrize("field", EXAMPLES)
def test_every_field(field: str, platform: str) -> None:
    back = holds(define(EXAMPLES[field].application, platform))
    second = write(define(back, platform), OPTIONS)
    third = write(define(read_back(second.files).application, platform), OPTIONS)
    assert third.files == second.files


@given(applications)
@settings(max_examples=25, deadline=None)
def test_any_application(application: Application) -> None:
    holds(define(application))


@given(webs)
@settings(max_examples=60, deadline=None, phases=[Phase.generate])
def test_any_texts(application: Application) -> None:
    assume(is_normalized("NFC", repr(application)))  # Terraform has no others.
    holds(define(application))
