"""Any text that is written for Kubernetes comes back from its reader as it was."""

from hypothesis import given, settings
from hypothesis import strategies as st

from isomorph.model.application import Application, Definition, Secret
from isomorph.model.image import Image
from isomorph.model.text import InstanceField, Part, SecretValue, Text, make_text
from isomorph.model.workload import Container, Exec, File, Probe, Workload
from isomorph.platforms.context import Source
from isomorph.platforms.kubernetes.reader import read
from isomorph.platforms.kubernetes.writer import write
from isomorph.platforms.platform import WriteOptions
from tests.memory_context import memory_context

LITERALS = st.one_of(
    st.text(st.sampled_from("$(){}AB_ \n\"'\\:#-"), max_size=12),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12),
    st.sampled_from(
        ["no", "1e3", "0x1F", "~", "", "2024-01-01", "$(A)", "$$(A)", "$", "$$", "$(", "null", " x ", "- a"]
    ),
)
SECRETS = st.sampled_from([SecretValue("db", "password"), SecretValue("db", "user"), InstanceField("name")])
PARTS: st.SearchStrategy[Part] = st.one_of(LITERALS, SECRETS)
MIXED = st.lists(PARTS, min_size=1, max_size=4).map(make_text)


def read_back(container: Container) -> Container:
    secrets = {"db": Secret({"password": "a", "user": "b"})}
    application = Application(workloads={"web": Workload("web", containers={"web": container})}, secrets=secrets)
    written = write(Definition(application, "score"), WriteOptions())
    context = memory_context({file.path: file.content for file in written.files})
    return read(Source("manifests.yaml"), context).application.workloads["web"].containers["web"]


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["A", "B", "PASSWORD", "x.y"]), MIXED),
    st.lists(MIXED, max_size=3),
    st.lists(LITERALS, max_size=3),
)
def test_texts_come_back(variables: dict[str, Text], args: list[Text], command: list[str]) -> None:
    container = Container(
        image=Image("nginx", tag="1"),
        args=tuple(args) or None,
        variables=variables,
        files={"/etc/file": File(command[0])} if command else {},
        readiness=Probe(Exec(tuple(command))) if command else None,
    )
    found = read_back(container)
    assert (found.variables, found.args, found.files, found.readiness) == (
        variables,
        container.args,
        container.files,
        container.readiness,
    )
