"""Texts that take what another definition of the environment provisions."""

from isomorph.model.application import Application, Definition, Dependency
from isomorph.model.combine import combine
from isomorph.model.origin import Origin, Origins
from isomorph.model.outputs import link_known_outputs
from isomorph.model.secrecy import MASK, mask_application
from isomorph.model.text import Output, Placeholder, Text
from isomorph.model.workload import Container, Workload

HOST = "orders.c1.eu-west-1.rds.amazonaws.com"


def linked(text: Text, **outputs: Text) -> Text:
    workload = Workload("web", containers={"web": Container(variables={"X": text})})
    dependency = Dependency("postgres", outputs=dict(outputs))
    application = link_known_outputs(Application(workloads={"web": workload}, dependencies={"db": dependency}))
    return application.workloads["web"].containers["web"].variables["X"]


def test_a_variable_is_the_output_of_its_name() -> None:
    open_value = (Placeholder("${DB_URL}", "DB_URL"),)
    assert linked(open_value, db_url="postgres://x") == (Output("db", "db_url"),)
    assert linked(open_value, other="x") == open_value


def test_a_word_that_every_dependency_has_names_none() -> None:
    open_value = (Placeholder("${HOST}", "HOST"),)
    assert linked(open_value, host=HOST) == open_value


def test_a_known_address_is_the_output() -> None:
    url = f"postgres://app@{HOST}:5432/orders"
    assert linked(url, host=HOST) == ("postgres://app@", Output("db", "host"), ":5432/orders")
    assert linked(url, endpoint=f"{HOST}:5432") == ("postgres://app@", Output("db", "host"), ":5432/orders")


def test_a_longer_name_is_another_host() -> None:
    url = f"postgres://app@replica.{HOST}:5432/orders"
    assert linked(url, host=HOST) == url


def test_secret_outputs_and_params_are_not_shown() -> None:
    dependency = Dependency("postgres", parameters={"password": "hunter2", "port": 1}, outputs={"password": "hunter2"})
    shown = mask_application(Application(dependencies={"db": dependency})).dependencies["db"]
    assert shown.parameters == {"password": MASK, "port": 1}
    assert shown.outputs == {"password": (MASK,)} or shown.outputs == {"password": MASK}


def test_two_that_are_called_alike_stay_apart() -> None:
    def root(kind: str, line: int) -> Definition:
        dependency = Dependency(kind, realisation="module.db")
        workload = Workload(
            kind,
            containers={"c": Container(variables={"X": (Output("module.db", "host"),)})},
            dependencies={"db": "module.db"},
        )
        return Definition(
            Application(workloads={kind: workload}, dependencies={"module.db": dependency}),
            "terraform",
            origins=Origins({("dependencies", "module.db"): Origin("main.tf", line)}),
        )

    joined = combine([root("postgres", 1), root("redis", 2), root("kafka", 3)])
    application = joined.application
    assert {uid: each.type for uid, each in application.dependencies.items()} == {
        "module.db": "postgres",
        "module.db (2)": "redis",
        "module.db (3)": "kafka",
    }
    assert application.workloads["redis"].containers["c"].variables["X"] == (Output("module.db (2)", "host"),)
    assert application.workloads["kafka"].dependencies == {"db": "module.db (3)"}
    assert joined.origins.exact(("dependencies", "module.db (2)")) == Origin("main.tf", 2)
