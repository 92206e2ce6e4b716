"""Several definitions that form one environment."""

import pytest

from isomorph.model.application import Application, Definition, Volume
from isomorph.model.combine import combine
from isomorph.model.errors import Diagnostic, InvalidInput
from isomorph.model.origin import Origin, Origins
from isomorph.model.workload import Workload


def definition(name: str, *workloads: str, volume: str = "persistent") -> Definition:
    return Definition(
        Application(workloads={key: Workload(key) for key in workloads}, volumes={"data": Volume(volume)}),
        "kubernetes",
        sources=(name,),
        origins=Origins({("workloads", key): Origin(name, 7, 3) for key in workloads}),
        diagnostics=(Diagnostic("detected", name),),
    )


def test_one_definition_is_itself() -> None:
    only = definition("a.yaml", "web")
    assert combine([only]) is only


def test_workloads_join_and_what_is_shared_is_one() -> None:
    joined = combine([definition("a.yaml", "web"), definition("b.yaml", "db", volume="memory")])
    assert list(joined.application.workloads) == ["web", "db"]
    assert joined.application.volumes == {"data": Volume("persistent")}
    assert joined.sources == ("a.yaml", "b.yaml")
    assert joined.origins.find(("workloads", "db")) == Origin("b.yaml", 7, 3)
    assert [each.message for each in joined.diagnostics] == ["a.yaml", "b.yaml"]


def test_a_workload_in_two_definitions_is_refused_with_both_places() -> None:
    with pytest.raises(InvalidInput, match=r"first at a\.yaml:7:3") as caught:
        combine([definition("a.yaml", "web"), definition("b.yaml", "web")])
    assert caught.value.origin == Origin("b.yaml", 7, 3)
