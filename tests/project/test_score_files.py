"""Score files that are made of environments: in common, for one environment, laid over, and what is told."""

from typing import Any

import yaml

from isomorph.drift.finding import Environment
from isomorph.model.normalise import normalise
from isomorph.platforms.context import Source
from isomorph.platforms.table import load_reader
from isomorph.project.adopt.score_files import ScoreFiles, to_score
from tests.memory_context import memory_context


def environment(name: str, text: str, platform: str = "compose", **files: str) -> Environment:
    path = f"{name}.yaml"
    context = memory_context({path: text, **{file.replace("__", "/"): content for file, content in files.items()}})
    return Environment(name, normalise(load_reader(platform)(Source(path), context)))


def services(**said: str) -> str:
    return "services:\n" + "".join(f"  {name}: {{{service}}}\n" for name, service in said.items())


def documents(made: ScoreFiles) -> dict[str, list[Any]]:
    texts = {file.path: file.content for file in made.files}
    return {path: list(yaml.safe_load_all(text if isinstance(text, str) else b"")) for path, text in texts.items()}


DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: load-test}
spec:
  selector: {matchLabels: {app: load-test}}
  template:
    metadata: {labels: {app: load-test}}
    spec:
      containers:
        - name: main
          image: shop/load-test:2
          env: [{name: TARGET, value: "http://web:8080"}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: "shop/web:1", env: [{name: PROBE, value: "http://load-test:80/x"}]}]
---
apiVersion: v1
kind: Service
metadata: {name: load-test}
spec: {selector: {app: load-test}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 8080}]}
"""


def test_an_environment_says_only_what_it_says_otherwise() -> None:
    first = environment("dev", services(web="image: 'shop/web:1', environment: {LEVEL: debug, MODE: a}"))
    second = environment("prod", services(web="image: 'shop/web:2', environment: {LEVEL: info, MODE: a}"))
    made = to_score([first, second], {}, "score.yaml")
    assert (made.workloads, made.entries) == (["score.yaml"], {"prod": {"overrides": ["score/overrides/prod.yaml"]}})
    assert documents(made)["score/overrides/prod.yaml"] == [
        {
            "metadata": {"name": "web"},
            "containers": {"web": {"image": "shop/web:2", "variables": {"LEVEL": "info"}}},
        }
    ]


def test_a_workload_of_some_environments_is_theirs_and_written_once() -> None:
    mine = services(web="image: a", mail="image: b", worker="image: c")
    made = to_score(
        [
            environment("dev", mine),
            environment("test", mine),
            environment("prod", services(web="image: a", cron="image: d")),
        ],
        {},
        "score.yaml",
    )
    assert made.workloads == ["score/*/score.yaml"]
    assert made.entries == {
        "dev": {"workloads": ["score/dev/*/score.yaml"]},
        "test": {"workloads": ["score/dev/mail/score.yaml", "score/dev/worker/score.yaml"]},
        "prod": {"workloads": ["score/prod/cron/score.yaml"]},
    }
    assert sorted(documents(made)) == [
        "score/dev/mail/score.yaml",
        "score/dev/worker/score.yaml",
        "score/prod/cron/score.yaml",
        "score/web/score.yaml",
    ]


def test_texts_name_peers_by_the_name_that_is_common_to_all() -> None:
    compose = services(
        web="image: 'shop/web:1', environment: {PROBE: 'http://sim:80/x'}",
        sim="image: 'shop/load-test:1', environment: {TARGET: 'http://web:8080'}",
    )
    declared = {"sim": {"dev": "sim", "prod": "load-test"}}
    made = to_score(
        [environment("dev", compose), environment("prod", DEPLOYMENT, "kubernetes")], declared, "score.yaml"
    )
    assert documents(made)["score/overrides/prod.yaml"] == [
        {"metadata": {"name": "sim"}, "containers": {"sim": {"image": "shop/load-test:2"}}}
    ], "load-test and its container are called sim, also in what names them"


def test_how_images_are_built_is_said_beside_the_score_files() -> None:
    service = "build: {context: ./src, target: dev, args: {LEVEL: '1', API_TOKEN: hidden-word, INDEX: 'https://me:hunter22@index.example/simple'}}"
    made = to_score([environment("dev", services(web=service, job="build: ."))], {}, "score.yaml")
    assert made.entries["dev"]["builds"] == {
        "web": {"context": "src", "target": "dev", "args": {"LEVEL": "1"}},
        "job": ".",
    }, "but for what is secret"
    assert documents(made)["score/web/score.yaml"][0]["containers"]["web"]["image"] == "."


def test_sources_that_are_bound_over_an_image_are_not_written_down() -> None:
    service = "build: ./src, volumes: ['./src:/code', './web.conf:/etc/web.conf']"
    files = {"src__main.py": "print()", "src__more.py": "print()", "web.conf": "level=1"}
    made = to_score([environment("dev", services(web=service), **files)], {}, "score.yaml")
    (written,) = documents(made)["score.yaml"]
    assert written["containers"]["web"]["files"] == {"/etc/web.conf": {"content": "level=1"}}
    assert "web: the folder that is worked on is bound in your files only" in made.messages


def test_a_server_is_a_resource_where_it_can_be_in_all_environments() -> None:
    user = "image: web, environment: {DB: 'postgres://me:hunter22@db/shop'}"
    database = "image: 'postgres:15', environment: {POSTGRES_USER: me, POSTGRES_PASSWORD: hunter22, POSTGRES_DB: shop}"
    plain = services(web=user, db=database)
    tuned = services(web=user, db=f"{database}, command: [-c, max_connections=9]")
    made = to_score([environment("dev", plain), environment("test", plain)], {}, "score.yaml")
    assert list(documents(made)) == ["score.yaml"]
    assert made.messages[0] == "db is a resource of type postgres, for web"
    made = to_score([environment("dev", plain), environment("prod", tuned)], {}, "score.yaml")
    assert "score/db/score.yaml" in documents(made)
    assert made.messages[0] == (
        "db stays a workload, not a resource: it is started with arguments of its own, which a resource does not have (in prod)"
    )


def test_what_is_left_to_the_platform_is_told_in_one_line() -> None:
    made = to_score(
        [environment("dev", services(web="image: web, restart: always, cap_drop: [ALL], ports: ['80:80']"))],
        {},
        "s.yaml",
    )
    assert made.messages == [
        "what Score leaves to the platform stays in your files only: published ports, restart policies, security;"
        " -v tells where"
    ]
    assert len(made.losses) == 3
