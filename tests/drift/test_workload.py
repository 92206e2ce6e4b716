"""What belongs to a workload: kind, order, scale, restart, placement, routes, reach, dependencies."""

import pytest

from isomorph.drift.compare import compare
from isomorph.drift.finding import Environment
from isomorph.model.application import Application, Definition, Dependency
from isomorph.model.workload import Workload
from tests.drift.judging import judge, kubernetes_service, pod, reason, service, shown, tell, told

BOTH = "kubernetes kubernetes"
DATABASE = "  db:\n    image: shop/db:1\n"
DATABASE_POD = "---\n" + pod(name="db", more=kubernetes_service("db", "5432"))


def waiting(script: str) -> str:
    return pod(
        spec=f"initContainers:\n- name: wait\n  image: busybox\n  command: ['sh', '-c', {script!r}]",
        more=DATABASE_POD,
    )


def test_a_kind_that_compose_cannot_say_is_expected() -> None:
    stateful = pod().replace("Deployment", "StatefulSet")
    report = judge(service(""), stateful)
    assert told(report, "workload") == ["expected workload.kind: service | stateful"]
    assert reason(report, "workload.kind") == "cannot say"
    assert shown(judge(pod(), stateful, BOTH)) == ["drift workload.kind: service | stateful"]


@pytest.mark.parametrize(
    "script",
    [
        "until nc -z db 5432; do sleep 1; done",
        "while ! nc -zv db.default.svc.cluster.local 5432; do echo waiting; sleep 2; done; echo there",
        "until wget -q --spider http://db:5432/; do sleep 1; done;",
        "until pg_isready -h db -p 5432; do sleep 1; done",
    ],
)
def test_an_init_container_that_only_waits_for_a_peer_is_an_order(script: str) -> None:
    compose = service("depends_on: [db]", more=DATABASE)
    assert shown(judge(compose, waiting(script))) == []
    assert shown(judge(service("", more=DATABASE), waiting(script))) == ["drift lifecycle.order db: - | polled"]


def test_an_init_container_that_does_more_is_a_container() -> None:
    script = "until nc -z db 5432; do sleep 1; done; ./migrate"
    assert shown(judge(service("", more=DATABASE), waiting(script))) == ["missing wait container.missing: - | wait"]


def test_kubernetes_cannot_order_workloads() -> None:
    report = judge(service("depends_on: [db]", more=DATABASE), pod(more=DATABASE_POD))
    assert told(report, "lifecycle.order") == ["expected lifecycle.order db: started | -"]


def test_waiting_for_a_workload_that_the_other_side_lacks_is_one_finding() -> None:
    assert shown(judge(service("depends_on: [db]", more=DATABASE), service(""), "compose compose")) == [
        "missing workload.missing: db | -"
    ]


def test_another_condition_is_drift_where_both_declare_it() -> None:
    healthy = "depends_on: {db: {condition: service_healthy}}"
    assert shown(
        judge(service("depends_on: [db]", more=DATABASE), service(healthy, more=DATABASE), "compose compose")
    ) == ["drift lifecycle.order db: started | healthy"]


def test_waiting_for_a_container_that_joined_another_is_an_order_of_its_own() -> None:
    joined = DATABASE + "  db-init:\n    image: i\n    network_mode: service:db\n"
    one = service("depends_on: [db]", more=joined)
    both = service(
        "depends_on: {db: {condition: service_started}, db-init: {condition: service_completed_successfully}}",
        more=joined,
    )
    assert shown(judge(both, both, "compose compose")) == []
    assert shown(judge(one, both, "compose compose")) == ["drift lifecycle.order db/init: - | complete"]
    renamed = service(
        "depends_on: {db: {condition: service_started}, Db_Init: {condition: service_completed_successfully}}",
        more=joined.replace("db-init:", "Db_Init:"),
    )
    assert told(judge(both, renamed, "compose compose"), "lifecycle.order") == []
    lacking = service("depends_on: [db]", more=DATABASE)
    assert shown(judge(both, lacking, "compose compose")) == ["missing init container.missing: init | -"]


def test_replicas_that_an_autoscaler_owns_are_not_compared() -> None:
    scaler = (
        "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\nspec:\n"
        "  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}\n  minReplicas: 2\n  maxReplicas: 5\n"
    )
    report = judge(service("deploy: {replicas: 3}"), pod(more=scaler))
    assert told(report, "scale") == [
        "expected scale.autoscaling max: - | 5",
        "expected scale.autoscaling min: - | 2",
    ]


@pytest.mark.parametrize(
    ("restart", "expected"),
    [
        ("", ["expected lifecycle.restart: - | -"]),
        ("restart: always", ["default lifecycle.restart: always | -"]),
        ("restart: unless-stopped", ["default lifecycle.restart: always | -"]),
        ("restart: on-failure:3", ["drift lifecycle.restart: on-failure:3 | -"]),
    ],
)
def test_what_follows_an_exit(restart: str, expected: list[str]) -> None:
    assert told(judge(service(restart), pod()), "lifecycle") == expected


def test_nodes_are_nothing_that_compose_can_say() -> None:
    linux, windows = (pod(spec=f"nodeSelector: {{kubernetes.io/os: {os}}}") for os in ("linux", "windows"))
    assert told(judge(service(""), linux), "placement") == ["expected placement.constraint: - | os=linux"]
    assert shown(judge(linux, windows, BOTH)) == ["drift placement.constraint: os=linux | os=windows"]


def test_a_network_that_all_share_bounds_nobody() -> None:
    shared = service("networks: [back]", more=DATABASE + "    networks: [back]\nnetworks: {back: {}}\n")
    assert shown(judge(shared, pod(more="---\n" + pod(name="db")))) == []


def test_a_network_that_bounds_whom_a_workload_reaches() -> None:
    apart = service("networks: [front]", more=DATABASE + "    networks: [back]\nnetworks: {back: {}, front: {}}\n")
    assert shown(judge(apart, pod(more="---\n" + pod(name="db")))) == [
        "drift network.reach: back | -",
        "drift network.reach: front | -",
    ]


def ingress(path: str = "/", tls: str = "") -> str:
    return (
        "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  selector: {app: web}\n  ports: [{port: 80}]\n"
        f"---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: web}}\nspec:\n{tls}"
        f"  rules:\n  - host: shop.example.com\n    http:\n      paths:\n      - path: {path}\n        pathType: Prefix\n"
        "        backend: {service: {name: web, port: {number: 80}}}\n"
    )


def test_routes() -> None:
    report = judge(service(""), pod(more=ingress()))
    assert told(report, "route") == ["expected route.missing shop.example.com/: - | web:80"]
    led = "labels: {traefik.http.routers.web.rule: Host(`shop.example.com`), %s: 80}"
    port = "traefik.http.services.web.loadbalancer.server.port"
    assert told(judge(service(led % port), pod(more=ingress())), "route") == []
    other = service(led % port).replace("shop.example", "store.example")
    assert told(judge(other, pod(more=ingress())), "route") == [
        "drift route.host shop.example.com/: store.example.com/ to web:80 | shop.example.com/ to web:80"
    ]
    router = "  router:\n    image: traefik\n    labels: {dev.isomorph/role: router}\n"
    assert told(judge(service("", more=router), pod(more=ingress())), "route") == [
        "missing route.missing shop.example.com/: - | web:80"
    ]
    tls = "  tls: [{hosts: [shop.example.com], secretName: shop}]\n"
    assert shown(judge(pod(more=ingress()), pod(more=ingress(tls=tls)), BOTH)) == [
        "drift route.tls shop.example.com/: - | true"
    ]
    assert shown(judge(pod(more=ingress()), pod(more=ingress("/api")), BOTH)) == [
        "drift route.path shop.example.com/: shop.example.com/ to web:80 | shop.example.com/api to web:80"
    ]
    assert shown(judge(pod(more=ingress()), pod(more=ingress().replace("shop.", "store.")), BOTH)) == [
        "drift route.host shop.example.com/: shop.example.com/ to web:80 | store.example.com/ to web:80"
    ]
    assert shown(judge(pod(more=ingress()), pod(more=ingress().replace("Prefix", "Exact")), BOTH)) == [
        "drift route.path shop.example.com/: web:80 | web:80 (exact path)"
    ]


def needs(dependency: Dependency) -> Environment:
    """A definition whose workload needs one thing, as `db`; each in an environment of another name."""
    application = Application(
        workloads={"web": Workload("web", dependencies={"db": "uid"})}, dependencies={"uid": dependency}
    )
    return Environment(f"{dependency.type}{dependency.version}", Definition(application, "score"))


def test_dependencies() -> None:
    old = needs(Dependency("postgres", version="14", parameters={"size": 1}))
    new = needs(Dependency("postgres", version="16", parameters={"size": 2}))
    assert [tell(each) for each in compare([old, new]).findings] == [
        "drift dependency.version db: 14 | 16",
        "drift dependency.parameter db.size: 1 | 2",
    ]
    other = needs(Dependency("mysql", version="14", parameters={"size": 1}))
    assert [tell(each) for each in compare([old, other]).findings] == ["drift dependency.type db: postgres | mysql"]


MIGRATED = "depends_on:\n  migrate: {condition: service_completed_successfully}\n"
MIGRATE = "  migrate:\n    image: shop/migrate:1\n    restart: on-failure\n"
APPS = """\
{"id": "/shop", "apps": [
  {"id": "/shop/web", "container": {"type": "DOCKER", "docker": {"image": "shop/web:1"}}, "dependencies": ["/shop/migrate"]},
  {"id": "/shop/migrate", "container": {"type": "DOCKER", "docker": {"image": "shop/migrate:1"}}}
]}
"""


def test_a_job_is_started_again_where_nothing_ends() -> None:
    report = judge(service(MIGRATED, more=MIGRATE), APPS, "compose marathon")
    assert told(report, "lifecycle") == [
        "expected lifecycle.restart: on-failure | -",
        "expected lifecycle.restart: - | -",
        "expected lifecycle.order migrate: complete | started",
    ]
    reasons = {each.reason for each in report.findings if each.workload == "migrate" or each.subject == "migrate"}
    assert "cannot say: Marathon starts again what ended; jobs are Metronome's" in reasons


def test_a_service_that_is_not_started_again_is_drift() -> None:
    report = judge(service("restart: on-failure\nexpose: ['80']"), APPS.replace("migrate", "db"), "compose marathon")
    assert "drift lifecycle.restart: on-failure | -" in told(report, "lifecycle")
