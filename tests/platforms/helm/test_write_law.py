"""The law of written charts: rendered with an environment's values, one is that environment's objects, for any environments."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from isomorph.model.application import Application, Definition
from isomorph.model.normalise import normalise
from isomorph.model.workload import Workload
from tests.conformance.test_any_model import webs
from tests.field_examples import EXAMPLES
from tests.platforms.helm.rendered import meant, plain, render, values_of, write
from tests.properties.test_comparison import applications


def define(application: Application, platform: str = "compose") -> Definition:
    """Give what a reader would."""
    return normalise(Definition(application, platform), resolve_configurations=False)


def holds(definitions: dict[str, Definition]) -> None:
    """Check the law, for all environments of a chart."""
    files = write(definitions)
    for name, definition in definitions.items():
        assert plain(render(files, values_of(files, name))) == plain(meant(definition))
    again = write(definitions)
    assert {path: file.content for path, file in again.items()} == {path: file.content for path, file in files.items()}


@pytest.mark.parametrize("platform", ["model", "kubernetes"])
@pytest.mark.parametrize("field", EXAMPLES)
def test_every_field(field: str, platform: str) -> None:
    holds({"one": define(EXAMPLES[field].application, platform)})


@given(applications)
@settings(max_examples=25, deadline=None)
def test_one_environment(application: Application) -> None:
    holds({"one": define(application)})


@given(st.lists(applications, min_size=2, max_size=3))
@settings(max_examples=25, deadline=None)
def test_several_environments(several: list[Application]) -> None:
    holds({f"env-{number}": define(each) for number, each in enumerate(several)})


def with_more(application: Application, more: list[str]) -> Application:
    """Give an application with further workloads, copies of the one that it has."""
    web = application.workloads["web"]
    copies = {name: replace(web, name=name, names=(name,), routes={}) for name in more}
    workloads: dict[str, Workload] = {**application.workloads, **copies}
    return replace(application, workloads=workloads)


names = st.lists(
    st.sampled_from(["api", "my_app", "my-app", "My.App", "global", "config", "9lives"]), max_size=4, unique=True
)


@given(applications, names, names, st.sampled_from(["compose", "kubernetes"]))
@settings(max_examples=25, deadline=None)
def test_workloads_of_some_environments_only(
    application: Application, one: list[str], other: list[str], platform: str
) -> None:
    here, there = with_more(application, one), with_more(application, other)
    holds({"staging": define(here, platform), "production": define(there, platform)})


@given(webs, webs)
@settings(max_examples=40, deadline=None)
def test_any_texts(one: Application, other: Application) -> None:
    holds({"staging": define(one), "production": define(other)})
