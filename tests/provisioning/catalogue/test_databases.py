"""Databases: what their images are told, and what workloads get of them."""

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.model.image import print_image
from isomorph.model.text import Address, SecretValue, Text
from tests.provisioning.catalogue.realising import realise

PASSWORD: Text = (SecretValue("shop-db", "password"),)
HOST: Text = (Address("shop-db", "shop-db"),)


def variables(type_: str) -> dict[str, Text]:
    return realise(type_).parts.workloads["shop-db"].containers["shop-db"].variables


def test_postgres() -> None:
    result = realise("postgres")
    password = result.state["password"]
    assert result.outputs == {
        "host": "shop-db",
        "port": 5432,
        "name": "shop_db",
        "database": "shop_db",
        "username": "shop_db",
        "password": password,
    }
    assert result.references == {"host": HOST, "password": PASSWORD}
    assert result.secrets == {"password"}
    assert result.parts.secrets["shop-db"].values == {"password": password}
    assert variables("postgres") == {
        "POSTGRES_DB": "shop_db",
        "POSTGRES_USER": "shop_db",
        "POSTGRES_PASSWORD": PASSWORD,
        "PGDATA": "/var/lib/postgresql/data/pgdata",
    }


def test_an_instance_without_a_database_of_its_own() -> None:
    result = realise("postgres-instance")
    assert result.outputs.keys() == {"host", "port", "username", "password"}
    assert result.outputs["username"] == "postgres"


def test_mysql_has_a_second_password() -> None:
    result = realise("mysql")
    assert variables("mysql")["MYSQL_ROOT_PASSWORD"] == (SecretValue("shop-db", "root_password"),)
    assert result.state["root_password"] != result.state["password"]
    assert "root_password" not in result.outputs


def test_the_name_of_a_user_is_not_too_long() -> None:
    long = "shop-" + "x" * 50
    names = [realise("mysql", name=long + end).outputs["username"] for end in ("-a", "-b")]
    assert [len(name) for name in names] == [32, 32]
    assert names[0] != names[1]
    assert len(realise("postgres", name=long + "-a").outputs["username"]) == 57


def test_a_name_that_begins_with_a_digit() -> None:
    assert realise("postgres", name="3-db").outputs["database"] == "r_3_db"


def test_mongodb() -> None:
    result = realise("mongodb")
    password = result.state["password"]
    assert result.outputs["connection"] == f"mongodb://shop_db:{password}@shop-db:27017/"
    assert result.references["connection"] == (
        "mongodb://shop_db:",
        SecretValue("shop-db", "password"),
        "@",
        Address("shop-db", "shop-db", 27017),
        "/",
    )
    assert result.secrets == {"password", "connection"}


def test_mssql() -> None:
    result = realise("mssql")
    password = result.state["password"]
    assert result.outputs["server"] == "shop-db"
    assert result.outputs["connection"] == (
        f"Server=tcp:shop-db,1433;Initial Catalog=shop_db;User ID=sa;Password={password};TrustServerCertificate=True;"
    )
    assert result.secrets == {"password", "connection"}


@pytest.mark.parametrize(
    ("type_", "version", "image"),
    [
        ("postgres", 15, "postgres:15-alpine"),
        ("postgres", 16.4, "postgres:16.4-alpine"),
        ("postgres", "15-bookworm", "postgres:15-bookworm"),
        ("mysql", "8.0", "mysql:8.0"),
        ("mssql", "2019-latest", "mcr.microsoft.com/mssql/server:2019-latest"),
    ],
)
def test_versions(type_: str, version: object, image: str) -> None:
    container = realise(type_, params={"version": version}).parts.workloads["shop-db"].containers["shop-db"]
    assert container.image is not None
    assert print_image(container.image) == image


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"version": "15 && rm"}, "param version is '15 && rm', which is no tag of an image"),
        ({"version": True}, "param version is no text"),
        ({"version": ["15"]}, "param version is no text"),
        ({"size": "much"}, "param size is 'much', which is no size (write 512Mi, 10Gi or 5G)"),
    ],
)
def test_params_that_mean_nothing(params: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidInput) as error:
        realise("postgres", params=params)
    assert said in str(error.value)


@pytest.mark.parametrize("port", ["http", "70000", "-1"])
def test_a_port_that_is_none(port: str) -> None:
    with pytest.raises(InvalidInput, match="which is no port"):
        realise("postgres", metadata={"annotations": {"compose.score.dev/publish-port": port}})


def test_no_port_is_published_for_zero() -> None:
    result = realise("postgres", metadata={"annotations": {"compose.score.dev/publish-port": "0"}})
    assert result.parts.workloads["shop-db"].ports["5432/tcp"].exposures == ()


def test_names_and_password_of_an_earlier_run_stay() -> None:
    state = {"name": "pg-old", "database": "db-old", "username": "user-old", "password": "word-old"}
    result = realise("postgres", name="pg-old", state=state)
    assert result.state == state
    assert result.outputs["database"] == "db-old"
    assert result.parts.secrets["pg-old"].values == {"password": "word-old"}
