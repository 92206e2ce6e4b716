"""The order of provisioning."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.provisioning.ordering import order_resources, sort_needs
from isomorph.provisioning.uids import list_resources
from tests.provisioning.provisioners import read_score, web, web_text


def test_resources_come_after_those_that_their_params_name() -> None:
    definition = web(
        'aa: {type: route, params: {host: "${resources.zz.host}", list: ["${resources.mm.host}"]}}\n'
        'mm: {type: dns, params: {zone: "${resources.zz.host}"}}\n'
        "zz: {type: dns}\n"
        "bb: {type: redis}"
    )
    assert order_resources(list_resources(definition)) == [
        "dns.default#web.zz",
        "dns.default#web.mm",
        "redis.default#web.bb",
        "route.default#web.aa",
    ]


def test_workloads_in_any_order_give_one_order() -> None:
    first = web_text(
        'rr: {type: route, params: {host: "${resources.dd.host}"}}\ndd: {type: dns, id: shared}', name="one"
    )
    second = web_text("dd: {type: dns, id: shared}\nca: {type: redis}", name="two")
    orders = {
        tuple(order_resources(list_resources(read_score(*texts)))) for texts in ((first, second), (second, first))
    }
    assert orders == {("dns.default#shared", "redis.default#two.ca", "route.default#one.rr")}


def test_a_cycle_is_named_whole_with_its_places() -> None:
    definition = web(
        'aa: {type: dns, params: {x: "${resources.bb.host}"}}\n'
        'bb: {type: dns, params: {x: "${resources.cc.host}"}}\n'
        'cc: {type: dns, params: {x: "${resources.aa.host}"}}\n'
        'dd: {type: dns, params: {x: "${resources.bb.host}"}}'
    )
    with pytest.raises(InvalidInput) as error:
        order_resources(list_resources(definition))
    assert error.value.origin == Origin("a.score.yaml", 7, 3)
    assert error.value.message == (
        "resources need each other in a circle: dns.default#web.aa (a.score.yaml:7:3) -> "
        "dns.default#web.bb (a.score.yaml:8:3) -> dns.default#web.cc (a.score.yaml:9:3) -> dns.default#web.aa"
    )


def test_a_resource_that_needs_itself() -> None:
    definition = web('aa: {type: dns, params: {x: "${resources.aa.host}"}}')
    with pytest.raises(InvalidInput, match=r"dns.default#web.aa refers to itself"):
        order_resources(list_resources(definition))


def test_a_cycle_across_workloads() -> None:
    definition = read_score(
        web_text(
            'aa: {type: dns, id: one, params: {x: "${resources.bb.host}"}}\nbb: {type: dns, id: two}', name="first"
        ),
        web_text(
            'bb: {type: dns, id: two, params: {x: "${resources.aa.host}"}}\naa: {type: dns, id: one}', name="second"
        ),
    )
    with pytest.raises(
        InvalidInput, match=r"dns.default#one \(a.*:7:3\) -> dns.default#two \(b.*:7:3\) -> dns.default#one"
    ):
        order_resources(list_resources(definition))


@given(st.dictionaries(st.integers(0, 12), st.lists(st.integers(0, 12), max_size=3), min_size=1))
def test_any_graph_is_sorted_or_has_a_cycle(edges: dict[int, list[int]]) -> None:
    names = {str(node) for node in edges} | {str(each) for needed in edges.values() for each in needed}
    needs = {name: tuple(str(each) for each in edges.get(int(name), ())) for name in sorted(names)}
    left = dict(needs)  # What stays when all that can be provisioned is: nothing, unless there is a cycle.
    while free := [name for name, needed in left.items() if not set(needed) & left.keys()]:
        for name in free:
            del left[name]
    if left:
        with pytest.raises(InvalidInput, match=r"circle|itself"):
            sort_needs(needs, {})
        return
    order = sort_needs(needs, {})
    assert sorted(order) == sorted(needs)
    places = {name: index for index, name in enumerate(order)}
    assert all(places[each] < places[name] for name, needed in needs.items() for each in needed)


def chain(length: int) -> dict[str, tuple[str, ...]]:
    return {f"{index:07}": (f"{index - 1:07}",) if index else () for index in range(length)}


def test_a_chain_of_any_length() -> None:
    assert sort_needs(chain(50_000), {}) == sorted(chain(50_000))


def test_time_grows_with_the_number_of_resources_only() -> None:
    def measure(length: int) -> float:
        needs = {**chain(length), "all": tuple(chain(length))}
        best = 1e9
        for _ in range(3):
            start = time.process_time()
            sort_needs(needs, {})
            best = min(best, time.process_time() - start)
        return best

    assert measure(40_000) < 40 * max(measure(4_000), 0.001)
