"""Texts that name what is outside: a definition's own routes as others reach them, and values that are left open."""

import pytest

from isomorph.drift.finding import Report
from tests.drift.judging import judge, kubernetes_service, pod, reason, service, shown, told

ROUTER = """  router:
    image: traefik:v3
    ports: ["{published}:80"]
    labels: {{dev.isomorph/role: router}}
"""


def compose(url: str, *, host: str = "shop.localhost", published: int = 8080, line: str = "") -> str:
    """A service with a variable, a route of its own and the router that runs it."""
    labels = f'labels: {{traefik.http.routers.w.rule: "Host(`{host}`)", {TARGET}}}'
    body = f'{line or environment(url)}\nexpose: ["8080"]\n{labels}'
    return service(body, more=ROUTER.format(published=published))


TARGET = 'traefik.http.services.w.loadbalancer.server.port: "8080"'


def environment(url: str) -> str:
    return f"environment: {{URL: {url!r}}}"


def kubernetes(url: str, host: str = "shop.localhost", *, tls: bool = False, line: str = "", more: str = "") -> str:
    """A Deployment with a variable, its Service and an Ingress to it."""
    body = line or f"env: [{{name: URL, value: {url!r}}}]"
    return pod(body, more=kubernetes_service("web", "80:8080") + ingress(host, tls=tls) + more)


def ingress(host: str, path: str = "/", to: str = "web", *, tls: bool = False) -> str:
    name = f"{to}{path}{host}".replace("/", "-").replace(".", "-")
    secured = f"  tls: [{{hosts: [{host}]}}]\n" if tls else ""
    return (
        f"---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: {name}}}\nspec:\n"
        f"{secured}  rules:\n    - host: {host}\n      http:\n        paths:\n"
        f"          - path: {path}\n            pathType: Prefix\n"
        f"            backend: {{service: {{name: {to}, port: {{number: 80}}}}}}\n"
    )


def between_clusters(
    url: str, other: str, host: str = "shop.staging.example.com", second: str = "shop.example.com"
) -> Report:
    return judge(kubernetes(url, host), kubernetes(other, second), "kubernetes kubernetes")


def test_the_port_of_the_router_is_each_platforms_own() -> None:
    report = judge(compose("http://shop.localhost:8080/x"), kubernetes("http://shop.localhost/x"))
    assert told(report, "variable") == [
        "expected variable.value URL: http://shop.localhost:8080/x | http://shop.localhost/x"
    ]
    (finding,) = [each for each in report.findings if each.rule == "variable.value"]
    assert finding.reason == (
        "service discovery: web is shop.localhost:8080 on a and shop.localhost on b to those outside"
    )


def test_a_port_at_which_no_router_listens_is_wrong() -> None:
    report = judge(compose("http://shop.localhost:8081/"), kubernetes("http://shop.localhost/"))
    assert shown(report) == ["drift variable.value URL: http://shop.localhost:8081/ | http://shop.localhost/"]
    two = compose("http://shop.localhost:8080"), compose("http://shop.localhost:9090", published=9090)
    assert reason(judge(two[0], two[1], "compose compose"), "variable.value") == "service discovery"
    same = compose("http://shop.localhost:8080"), compose("http://shop.localhost:8080", published=9090)
    assert (
        shown(judge(same[0], same[1], "compose compose"), "variable") == []
    )  # The text is the same: no difference of definitions.


def test_the_host_of_an_environment_is_its_own() -> None:
    report = between_clusters("http://shop.staging.example.com/api?x=1", "http://shop.example.com/api?x=1")
    assert reason(report, "variable.value") == "service discovery"
    (moved,) = shown(report)  # That the route has another host is told, and told once.
    assert moved.startswith("drift route.host shop.example.com/: ")


TEXTS = {
    "a list": ("http://A:81/x,https://A", "http://B/x,https://B"),
    "a bare host": ("A", "B"),
    "in other words": ("cors A; ws://A/live # A:80", "cors B; ws://B/live # B"),
    "upper case, and a dot at the end": ("http://SHOP.staging.example.com./", "http://Shop.Example.com/"),
    "a user": ("http://me:pw@A/", "http://me:pw@B/"),
}


@pytest.mark.parametrize("case", TEXTS)
def test_wherever_the_host_stands_in_a_text(case: str) -> None:
    ours, theirs = TEXTS[case]
    report = between_clusters(ours.replace("A", "shop.staging.example.com"), theirs.replace("B", "shop.example.com"))
    assert reason(report, "variable.value") == "service discovery"
    assert shown(report, "variable") == []


CHANGED = {
    "another path": ("http://A/v1", "http://B/v2"),
    "another host": ("http://A/", "http://shop.example.org/"),
    "a host below it": ("http://A/", "http://api.B/"),
    "a longer host": ("http://A/", "http://B.attacker.example/"),
    "a user's name": ("http://me@A/", "http://you@B/"),
    "something beside it": ("http://A/ 1", "http://B/ 2"),
    "one more": ("http://A/", "http://B/,http://B/"),
    "a scheme of its own": ("http://A/", "https://B/"),
    "no host of a web server": ("postgres://A/", "postgres://B/"),
    "an address of mail": ("me@A", "me@B"),
    "a part of a path": ("/etc/A", "/etc/B"),
}


@pytest.mark.parametrize("case", CHANGED)
def test_what_differs_in_more_is_drift(case: str) -> None:
    ours, theirs = (
        text.replace("A", "shop.staging.example.com").replace("B", "shop.example.com") for text in CHANGED[case]
    )
    assert [line.split(":")[0] for line in shown(between_clusters(ours, theirs), "variable")] == [
        "drift variable.value URL"
    ]


def test_a_host_that_both_sides_have_is_not_another_name_of_another() -> None:
    both = [
        kubernetes(f"http://{host}/", "a.example.com", more=ingress("b.example.com"))
        for host in ("a.example.com", "b.example.com")
    ]
    assert shown(judge(both[0], both[1], "kubernetes kubernetes")) == [
        "drift variable.value URL: http://a.example.com/ | http://b.example.com/"
    ]


def test_another_port_of_one_host_on_one_platform_is_drift() -> None:
    report = between_clusters("http://shop.example.com:81/", "http://shop.example.com/", "shop.example.com")
    assert shown(report) == ["drift variable.value URL: http://shop.example.com:81/ | http://shop.example.com/"]


API = "---\n" + pod(name="api") + kubernetes_service("api", "80:8080")


def test_the_host_of_another_workload_is_another_address() -> None:
    one = kubernetes("http://shop.staging.example.com/", "shop.staging.example.com", more=API)
    other = kubernetes("http://api.example.com/", "shop.example.com", more=API + ingress("api.example.com", to="api"))
    assert shown(judge(one, other, "kubernetes kubernetes"), "variable") == [
        "drift variable.value URL: http://shop.staging.example.com/ | http://api.example.com/"
    ]


@pytest.mark.parametrize(("path", "clean"), [("/", True), ("/api/v1", True), ("/apiary", True), ("/old", False)])
def test_where_an_address_leads_is_for_its_path_to_say(path: str, clean: bool) -> None:
    one = kubernetes(
        f"http://a.example.com{path}",
        "a.example.com",
        more=API + ingress("a.example.com", "/api", "api") + ingress("a.example.com", "/old", "api"),
    )
    other = kubernetes(
        f"http://b.example.com{path}", "b.example.com", more=API + ingress("b.example.com", "/api", "api")
    )
    assert (shown(judge(one, other, "kubernetes kubernetes"), "variable") == []) is clean


@pytest.mark.parametrize(("second", "clean"), [("/api", True), ("/api2", True), ("", False)])
def test_an_address_above_all_routes_is_that_of_the_workloads_below(second: str, clean: bool) -> None:
    def cluster(host: str, path: str, to: str) -> str:
        body = f"env: [{{name: URL, value: 'http://{host}'}}]"
        return pod(body, more=kubernetes_service("web", "80:8080") + API + ingress(host, path, to))

    one = cluster("a.example.com", "/api", "web")
    other = cluster("b.example.com", second or "/api", "web" if second else "api")
    assert (shown(judge(one, other, "kubernetes kubernetes"), "variable") == []) is clean


@pytest.mark.parametrize(
    ("schemes", "secured", "clean"),
    [
        ("http https", (False, True), True),
        ("https http", (True, False), True),
        ("ws wss", (False, True), True),
        ("http https", (False, False), False),
        ("http https", (True, True), False),
        ("https http", (False, True), False),
        ("http wss", (False, True), False),
    ],
)
def test_another_scheme_is_for_the_routes_to_explain(schemes: str, secured: tuple[bool, bool], clean: bool) -> None:
    hosts = "shop.staging.example.com", "shop.example.com"
    texts = [
        kubernetes(f"{scheme}://{host}/", host, tls=tls)
        for scheme, host, tls in zip(schemes.split(), hosts, secured, strict=True)
    ]
    assert (shown(judge(texts[0], texts[1], "kubernetes kubernetes"), "variable") == []) is clean


def test_arguments_and_files_too() -> None:
    lines = (
        "command: [serve, '--url=http://shop.localhost:8080/']\nconfigs: [{source: c, target: /etc/c}]",
        "command: [serve]\nargs: ['--url=http://shop.localhost/']\n"
        "volumeMounts: [{name: c, mountPath: /etc/c, subPath: c}]",
    )
    first = compose("", line=lines[0].replace("command", "entrypoint")) + (
        'configs: {c: {content: "url = http://shop.localhost:8080\\nname = x\\n"}}\n'
    )
    second = pod(
        lines[1],
        spec="volumes: [{name: c, configMap: {name: c}}]",
        more=kubernetes_service("web", "80:8080")
        + ingress("shop.localhost")
        + '---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {c: "url = http://shop.localhost\\nname = x\\n"}\n',
    )
    report = judge(first, second)
    assert shown(report) == []
    assert reason(report, "process.command") == reason(report, "file.content") == "service discovery"
    changed = judge(
        first, second.replace("name = x", "name = y").replace("url=http://shop.localhost/", "url=http://x/")
    )
    assert [line.split(":")[0] for line in shown(changed)] == ["drift process.command", "drift file.content /etc/c"]


def test_a_secret_beside_an_address_still_counts() -> None:
    def cluster(host: str, value: str) -> str:
        line = (
            "env:\n- {name: P, valueFrom: {secretKeyRef: {name: s, key: p}}}\n"
            f"- {{name: URL, value: 'http://{host}/?token=$(P)'}}"
        )
        stored = f"---\napiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\nstringData: {{p: {value}}}\n"
        return kubernetes("", host, line=line, more=stored)

    one, other = cluster("a.example.com", "hunter2"), cluster("b.example.com", "hunter2")
    assert shown(judge(one, other, "kubernetes kubernetes"), "variable") == []
    report = judge(one, cluster("b.example.com", "hunter3"), "kubernetes kubernetes")
    assert "drift variable.value URL: *** | ***" in shown(report)
    assert "hunter" not in repr(report.findings)


def test_a_host_that_goes_on_in_a_variable_is_not_known() -> None:
    report = judge(
        compose("http://shop.localhost${MORE}/"),
        compose("http://shop.example${MORE}/", host="shop.example"),
        "compose compose",
    )
    assert [line.split(":")[0] for line in shown(report, "variable")] == ["unresolved variable.value URL"]


STORED = "env:\n- {{name: {0}, valueFrom: {{configMapKeyRef: {{name: {1}, key: {2}}}}}}}"
MAP = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {REGION: eu}\n"


@pytest.mark.parametrize(
    ("key", "store", "told_"),
    [
        ("REGION", "environment", []),
        ("region", "environment", ["unresolved variable.value R"]),
        ("REGION", "settings", ["unresolved variable.value R"]),
    ],
)
def test_a_value_left_open_under_one_name(key: str, store: str, told_: list[str]) -> None:
    ours = service("environment: {R: '${REGION}'}")
    report = judge(ours, pod(STORED.format("R", store, key), more=MAP))
    assert [line.split(":")[0] for line in shown(report)] == told_


def test_values_left_open_within_texts() -> None:
    ours = service("environment: {R: '${REGION}', U: 'x-${REGION}/${ZONE}'}\nentrypoint: [run, '${REGION}']")
    theirs = "\n".join(
        (
            STORED.format("R", "environment", "REGION"),
            *STORED.format("Z", "environment", "ZONE").splitlines()[1:],
            "- {name: U, value: 'x-$(R)/$(Z)'}",
            "command: [run, $(R)]",
        )
    )
    assert shown(judge(ours, pod(theirs)), "variable") == [
        "missing variable.missing Z: - | ${configuration environment/ZONE}"
    ]
    assert shown(judge(ours, pod(theirs)), "process") == []
    changed = judge(ours, pod(theirs.replace("x-", "y-")))
    assert [line.split(":")[0] for line in shown(changed, "variable.value")] == ["unresolved variable.value U"]
