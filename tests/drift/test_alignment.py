"""Which workloads are one: by name, image, ports and references; never guessed."""

from isomorph.drift.compare import compare
from isomorph.drift.finding import Report
from tests.drift.judging import environment, judge, kubernetes_service, pod, service, shown, told


def composed(**images: str) -> str:
    return "services:\n" + "".join(f"  {name}:\n    image: {image}\n" for name, image in images.items())


def deployed(**images: str) -> str:
    return "---\n".join(pod(name=name).replace(f"shop/{name}:1", image) for name, image in images.items())


def aliases(report: Report) -> list[tuple[str | None, str | None]]:
    return sorted(
        ((row.aliases.get("a"), row.aliases.get("b")) for row in report.workloads), key=lambda pair: str(pair)
    )


def test_by_name_in_any_spelling() -> None:
    report = judge("services:\n  Order_DB:\n    image: x:1\n", deployed(**{"order-db": "x:1"}))
    assert aliases(report) == [("Order_DB", "order-db")]


def test_by_the_name_that_peers_use() -> None:
    report = judge(
        "services:\n  one:\n    image: x:1\n    hostname: store\n",
        pod(name="two", more=kubernetes_service("store", "80", selects="two")),
    )
    assert aliases(report) == [("one", "two")]


def test_by_image_where_just_one_on_each_side_runs_it() -> None:
    report = judge(composed(web="shop/web:1", sim="shop/load:1"), deployed(web="shop/web:1", load="shop/load:2"))
    assert aliases(report) == [("sim", "load"), ("web", "web")]
    assert shown(report) == ["drift image.tag: 1 | 2"]


def test_what_is_ambiguous_is_told_and_not_guessed() -> None:
    report = judge(composed(a="mongo:4", b="mongo:4"), deployed(c="mongo:4", d="mongo:4"))
    assert shown(report, "workload") == [
        "missing workload.missing: a | -",
        "missing workload.missing: b | -",
        "missing workload.missing: - | c",
        "missing workload.missing: - | d",
    ]
    (diagnostic,) = [each for each in report.diagnostics if each.code == "ambiguous-alignment"]
    assert "c, d on b could each be a (a) or b (a)" in diagnostic.message
    assert diagnostic.origin is not None


def test_by_image_and_ports() -> None:
    compose = composed(a="mongo:4", b="mongo:4").replace("  b:", '    expose: ["1"]\n  b:') + '    expose: ["2"]\n'
    kubernetes = pod("ports: [{containerPort: 2}]", "c").replace("shop/c:1", "mongo:4") + kubernetes_service("c", "2")
    kubernetes += "---\n" + pod("ports: [{containerPort: 1}]", "d").replace("shop/d:1", "mongo:4")
    kubernetes += kubernetes_service("d", "1")
    assert aliases(judge(compose, kubernetes)) == [("a", "d"), ("b", "c")]


def test_by_who_refers_to_it() -> None:
    compose = composed(web="shop/web:1", db="mysql:8").replace("  db:", "    environment: {DB: 'db:3306'}\n  db:")
    kubernetes = pod("env: [{name: DB, value: 'store:3306'}]") + "---\n"
    kubernetes += pod(name="store").replace("shop/store:1", "mariadb:11") + kubernetes_service("store", "3306")
    report = judge(compose, kubernetes)
    assert aliases(report) == [("db", "store"), ("web", "web")]
    assert shown(report, "variable") == []


def test_as_the_team_declares_it() -> None:
    sides = [
        environment("a", "compose", composed(a="mongo:4", b="mongo:4")),
        environment("b", "kubernetes", deployed(c="mongo:4", d="mongo:4")),
    ]
    report = compare(sides, align={"first": {"a": "a", "b": "d"}})
    assert aliases(report) == [("a", "d"), ("b", "c")]
    assert {row.name for row in report.workloads} == {"first", "b"}


def test_single_containers_are_one_whatever_they_are_called() -> None:
    kubernetes = pod().replace("- name: web", "- name: main")
    report = judge(service("environment: {A: '1'}"), kubernetes)
    assert shown(report) == ["missing variable.missing A: 1 | -"]


def test_a_container_more_is_missing_and_its_contents_are_not_listed() -> None:
    beside = "        - {name: metrics, image: 'prom/exporter:1', env: [{name: A, value: '1'}]}\n"
    assert shown(judge(service(""), pod(more=beside))) == ["missing metrics container.missing: - | metrics"]


def test_a_sidecar_that_is_a_workload_on_the_other_side_is_told_once_and_compared() -> None:
    beside = "        - {name: metrics, image: 'prom/exporter:2'}\n"
    report = judge(service("", more="  exporter:\n    image: prom/exporter:1\n"), pod(more=beside))
    assert shown(report) == [
        "drift image.tag: 1 | 2",
        "drift metrics container.missing: workload exporter | container metrics of web",
    ]


def test_three_environments_are_compared_pair_by_pair() -> None:
    sides = [environment(name, "compose", composed(web=f"x:{name}")) for name in ("a", "b", "c")]
    report = compare(sides)
    assert [each.between for each in report.findings] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert len(report.workloads) == 1


def test_a_workload_that_only_the_last_has() -> None:
    sides = [environment("a", "compose", composed(web="x:1"))]
    sides += [
        environment("b", "compose", composed(web="x:1")),
        environment("c", "compose", composed(web="x:1", more="y:1")),
    ]
    assert [(each.rule, each.between) for each in compare(sides).findings] == [
        ("workload.missing", ("a", "c")),
        ("workload.missing", ("b", "c")),
    ]


def test_names_that_clash_after_alignment_stay_apart() -> None:
    sides = [
        environment("a", "compose", composed(one="x:1", two="y:1")),
        environment("b", "compose", composed(one="y:1", two="x:1")),
    ]
    report = compare(sides, align={"one": {"a": "one", "b": "two"}})
    assert len({row.name for row in report.workloads}) == len(report.workloads) == 2
    assert told(report, "image") == []
