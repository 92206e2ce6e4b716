"""Models made at random, and texts made to be misread, before the real engines: what is written arrives as it was meant."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isomorph.model.application import Application, Definition
from isomorph.model.image import Image
from isomorph.model.normalise import normalise
from isomorph.model.workload import Container, Exec, File, Probe, Workload
from tests.conformance.compose_projection import project_engine
from tests.conformance.conftest import ComposeConfig
from tests.conformance.test_reading import our_reading
from tests.conformance.test_writing import assert_compose_agrees, complaints, known_parts, save, write_manifests
from tests.corpus.reading import read
from tests.engines.control_plane import ControlPlane
from tests.properties.test_comparison import applications
from tests.properties.test_fields import write

pytestmark = pytest.mark.engine

# A process for each example: few, and none is slow by hypothesis' reckoning.
few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

MISREAD = ["no", "y", "~", "null", "1e3", "0o14", "014", "1_000", "0x1f", "2026-01-31", ".inf", "<<", "=", "1:30", "0.10",
           "$HOME", "${X}", "$$", "$(A)", "$$(A)", "{{ .x }}", "#x", " #", "a: b", "- a", "'", '"', "\\n", "!x", "&x", "*x",
           "@", "`", "%", "? x", " lead", "trail ", "\t", "line\nline", "line\n\n", "\nline", "é", "漢", "😀"]  # fmt: skip

texts = st.one_of(
    st.sampled_from(MISREAD),
    st.lists(st.sampled_from(MISREAD), min_size=2, max_size=3).map("".join),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12),
)


def web(variables: dict[str, str], words: list[str], content: str) -> Application:
    """Give a workload whose variables, arguments, check and file hold some texts."""
    container = Container(
        image=Image("nginx", tag="1"),
        command=("run", *words),
        args=tuple(words),
        variables=dict(variables),
        files={"/etc/app/text": File(content)},
        readiness=Probe(Exec(("test", *words))),
    )
    return Application(name="shop", workloads={"web": Workload("web", names=("web",), containers={"web": container})})


webs = st.builds(
    web,
    st.dictionaries(st.sampled_from(["A", "B_C", "no", "NULL"]), texts, max_size=3),
    st.lists(texts, max_size=3),
    texts,
)


@few
@given(applications)
def test_compose_accepts_any_model(compose_config: ComposeConfig, application: Application) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "app").mkdir()
        assert_compose_agrees(Path(folder), compose_config, write("compose", application))


@few
@given(applications)
def test_the_api_server_accepts_any_model(api_server: ControlPlane, application: Application) -> None:
    assert complaints(api_server, write_manifests(normalise(Definition(application, "model")))) == []


@few
@given(webs)
def test_any_text_reaches_compose(compose_config: ComposeConfig, application: Application) -> None:
    meant = application.workloads["web"].containers["web"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = save(folder, write("compose", application).files)
        theirs = project_engine(compose_config(folder, file), folder)
        assert our_reading(folder, (file,)) == theirs
    told = theirs[0]["web"]
    assert told["variables"] == meant.variables
    assert (told["entrypoint"], told["command"] or []) == (list(meant.command or ()), list(meant.args or ()))
    assert told["files"] == {"/etc/app/text": str(meant.files["/etc/app/text"].content).encode()}


@few
@given(webs)
def test_any_text_reaches_kubernetes(api_server: ControlPlane, application: Application) -> None:
    meant = application.workloads["web"].containers["web"]
    parts = known_parts(write_manifests(normalise(Definition(application, "model"))))
    items = [api_server.fill_in(parsed, text) for parsed, text in parts]
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "deploy" / "filled.json"
        file.parent.mkdir()
        file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
        told = read("kubernetes", file).application.workloads["web"].containers["web"]
    assert told.variables == meant.variables
    assert (told.command, told.args or ()) == (meant.command, meant.args)
    assert told.files["/etc/app/text"].content == meant.files["/etc/app/text"].content
    assert told.readiness is not None
    assert meant.readiness is not None
    assert told.readiness.check == meant.readiness.check
