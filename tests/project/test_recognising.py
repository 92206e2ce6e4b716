"""Which servers become resources, what their users' texts become, and what keeps a server a workload."""

import pytest

from isomorph.model.application import Definition
from isomorph.model.normalise import normalise
from isomorph.model.text import print_text
from isomorph.platforms.context import Source
from isomorph.platforms.table import load_reader
from isomorph.project.recognising import Recognised, Resource, recognise
from tests.memory_context import memory_context

POSTGRES = """
  db:
    image: postgres:15.4-alpine
    environment: {POSTGRES_USER: shop, POSTGRES_PASSWORD: s3cret-word, POSTGRES_DB: orders}
"""
TOLD = "{DB_HOST: db, DB_PORT: '5432', DB_USER: shop, DB_PASSWORD: s3cret-word, DB_NAME: orders, LEVEL: shop}"


def read(services: str) -> Definition:
    context = memory_context({"compose.yaml": f"services:\n{services}"})
    return normalise(load_reader("compose")(Source("compose.yaml"), context))


def recognised(services: str) -> Recognised:
    return recognise(read(services))


def variables(found: Recognised, workload: str) -> dict[str, str]:
    """Give a workload's variables with the outputs of its resources by their names in it, as Score spells them."""
    application = found.definition.application
    names = {uid: name for name, uid in application.workloads[workload].dependencies.items()}
    (container,) = application.workloads[workload].containers.values()
    spelled = {name: print_text(text) for name, text in container.variables.items()}
    for uid, name in names.items():
        spelled = {key: text.replace(f"resources.{uid}.", f"resources.{name}.") for key, text in spelled.items()}
    return spelled


def user(environment: str, more: str = "") -> str:
    return f"  web:\n    image: shop/web:1\n    environment: {environment}\n{more}"


def test_a_database_becomes_a_resource_and_its_user_names_outputs() -> None:
    found = recognised(user(TOLD) + POSTGRES)
    assert (found.resources, found.stays) == ({"db": Resource("postgres", ("web",))}, {})
    assert list(found.definition.application.workloads) == ["web"]
    assert variables(found, "web") == {
        "DB_HOST": "${resources.db.host}",
        "DB_PORT": "${resources.db.port}",
        "DB_USER": "${resources.db.username}",
        "DB_PASSWORD": "${resources.db.password}",
        "DB_NAME": "${resources.db.name}",
        "LEVEL": "shop",
    }, "and what is of the same value by chance stays as it is"
    (dependency,) = found.definition.application.dependencies.values()
    assert (dependency.type, dependency.id, dependency.parameters) == ("postgres", None, {"version": "15.4"})


HOST, PORT = "${resources.db.host}", "${resources.db.port}"
LOGIN = "${resources.db.username}:${resources.db.password}@"
NAME = "${resources.db.name}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("postgres://shop:s3cret-word@db:5432/orders", f"postgres://{LOGIN}{HOST}:{PORT}/{NAME}"),
        ("postgres://shop:s3cret-word@db/orders?sslmode=off", f"postgres://{LOGIN}{HOST}:{PORT}/{NAME}?sslmode=off"),
        (
            "host=db port=5432 user=shop password=s3cret-word dbname=orders",
            f"host={HOST} port={PORT} user=${{resources.db.username}} password=${{resources.db.password}} dbname={NAME}",
        ),
        (
            "Server=db;Port=5432;Database=orders;User Id=shop;Password=s3cret-word",
            f"Server={HOST};Port={PORT};Database={NAME};User Id=${{resources.db.username}};"
            "Password=${resources.db.password}",
        ),
    ],
)
def test_connection_strings_keep_their_form(text: str, expected: str) -> None:
    found = recognised(user(f"{{DATABASE: '{text}'}}") + POSTGRES)
    assert variables(found, "web") == {"DATABASE": expected}


def test_a_database_of_two_users_is_one_resource() -> None:
    found = recognised(user(TOLD) + user(TOLD).replace("web:\n", "worker:\n") + POSTGRES)
    application = found.definition.application
    assert {each.id for each in application.dependencies.values()} == {"db"}
    assert application.workloads["web"].dependencies == application.workloads["worker"].dependencies


def test_what_waits_for_a_resource_waits_no_more_for_a_workload() -> None:
    found = recognised(user(TOLD, "    depends_on: [db, cache]\n") + POSTGRES + "  cache: {image: 'redis:7'}\n")
    assert list(found.definition.application.workloads["web"].order) == ["cache"]


REDIS = "  cache:\n    image: redis:7\n"


def test_a_url_without_credentials_is_given_those_of_the_resource() -> None:
    found = recognised(user("{CACHE: 'redis://cache:6379/0'}") + REDIS)
    address = "${resources.cache.host}:${resources.cache.port}"
    login = "${resources.cache.username}:${resources.cache.password}@"
    assert variables(found, "web") == {"CACHE": f"redis://{login}{address}/0"}


@pytest.mark.parametrize(
    ("services", "reason"),
    [
        (POSTGRES, "no variable of another workload names it"),
        (user("{DB_HOST: db, DB_PASSWORD: s3cret-word}") + POSTGRES, "web is told no user and database of it"),
        (user("{REDIS_HOST: cache}") + REDIS, "web is told no password of it, which a resource has of its own"),
        (user("{}", "    depends_on: [db]\n") + POSTGRES, "web waits for it, but no variable tells web where it is"),
        (user(TOLD, "    command: [wait, 'nc -z db 5432']\n") + POSTGRES, "web names it in a command"),
        (user(TOLD) + POSTGRES + "    command: [-c, max_connections=9]\n", "it is started with arguments of its own"),
        (
            user(TOLD) + POSTGRES + "    volumes: ['./init:/docker-entrypoint-initdb.d']\n",
            "which a resource does not have",
        ),
    ],
)
def test_what_cannot_be_a_resource_stays_a_workload_and_why_is_told(services: str, reason: str) -> None:
    before = read(services).application
    found = recognise(read(services))
    (told,) = found.stays.values()
    assert reason in told
    assert found.definition.application.workloads == before.workloads
    assert found.definition.application.dependencies == {}


def test_what_a_server_has_becomes_params_or_is_told() -> None:
    text = user(TOLD) + POSTGRES + "    ports: ['5432:5432', '127.0.0.1:9999:5432']\n"
    text = text.replace("POSTGRES_DB: orders}", "POSTGRES_DB: orders, POSTGRES_INITDB_ARGS: --data-checksums}")
    found = recognised(text)
    (dependency,) = found.definition.application.dependencies.values()
    assert dependency.metadata == {"annotations": {"compose.score.dev/publish-port": "5432"}}
    assert found.resources["db"].left == ("POSTGRES_INITDB_ARGS", "port 9999 of 127.0.0.1")


@pytest.mark.parametrize(
    ("image", "kind", "parameters"),
    [("mariadb:10.6", "mysql", None), ("mysql:8.0", "mysql", {"version": "8.0"})],
)
def test_what_speaks_the_protocol_stands_in(image: str, kind: str, parameters: dict[str, str] | None) -> None:
    database = f"  db:\n    image: {image}\n    environment: {{MYSQL_DATABASE: shop, MYSQL_USER: me, MYSQL_PASSWORD: hunter22}}\n"
    found = recognised(user("{DB_HOST: db, DB_USER: me, DB_PASSWORD: hunter22, DB_NAME: shop}") + database)
    (dependency,) = found.definition.application.dependencies.values()
    assert (dependency.type, dependency.parameters) == (kind, parameters), "and its version is not the other's"


MONGO = "  db:\n    image: mongo:7\n"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("mongodb://db:27017", f"mongodb://{LOGIN}{HOST}:{PORT}"),
        ("mongodb://db/shop", f"mongodb://{LOGIN}{HOST}:{PORT}/shop?authSource=admin"),
        ("mongodb://db/shop?w=1", f"mongodb://{LOGIN}{HOST}:{PORT}/shop?authSource=admin&w=1"),
    ],
)
def test_a_url_of_mongodb_says_where_the_user_is_kept_that_it_is_given(url: str, expected: str) -> None:
    assert variables(recognised(user(f"{{DB: '{url}'}}") + MONGO), "web") == {"DB": expected}


@pytest.mark.parametrize(("image", "part"), [("minio/minio", "one bucket"), ("apache/kafka:3.8.0", "one topic")])
def test_servers_of_which_a_resource_is_a_part_stay(image: str, part: str) -> None:
    found = recognised(user("{AT: 'http://db:9000'}") + f"  db:\n    image: {image}\n")
    assert found.stays == {"db": f"a resource is {part} of such a server, and not the server"}


def test_other_images_are_nothing_to_tell_of() -> None:
    found = recognised(user(TOLD))
    assert (found.resources, found.stays) == ({}, {})
