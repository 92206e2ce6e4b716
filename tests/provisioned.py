"""A workload and what a catalogue of provisioners makes for it: a database with its own storage and secrets, and routes."""

from isomorph.model.application import Application, Definition, Secret, Volume
from isomorph.model.image import Image
from isomorph.model.text import Address, SecretValue
from isomorph.model.workload import Container, Exec, File, Kind, Mount, Order, Port, Probe, Route, Workload

DATA = "/var/lib/postgresql/data"
PASSWORD = "0123$x'\"\n#"
"""What a password may hold that some syntax takes for its own: it looks like a number, has a dollar, quotes and lines."""


def orders(name: str, *, waits: bool = False) -> Workload:
    """Give a workload that uses a database by its host, its password, and both in a URL and in a file."""
    database = f"{name}-db"
    host, user, password = (
        Address(database, database),
        SecretValue(database, "username"),
        SecretValue(database, "password"),
    )
    address = Address(database, database, 5432)
    return Workload(
        name,
        names=(name,),
        containers={
            "main": Container(
                image=Image("orders", tag="1"),
                variables={
                    "DB_HOST": (host,),
                    "DB_URL": ("postgres://", user, ":", password, "@", address, "/orders?price=$5&x=$(y)"),
                    "DB_PASSWORD": (password,),
                },
                files={"/etc/orders/app.conf": File(("[db]\nhost = ", address, "\npassword = ", password, "\n"), mode=0o440)},
            )
        },
        ports={"80/tcp": Port(80, 8080, name="web"), "81/tcp": Port(81, 8081, name="admin")},
        routes={
            f"{name}.example.com/": Route(f"{name}.example.com", "/", 80),
            f"{name}.example.com/admin": Route(f"{name}.example.com", "/admin", 81, "exact"),
            f"{name}.example.org/api": Route(f"{name}.example.org", "/api", 80),
        },
        order={database: Order("healthy")} if waits else {},
    )  # fmt: skip


def database(name: str) -> Workload:
    """Give the database of a workload: one instance with storage of its own, which tells when it is ready."""
    store = f"{name}-db"
    return Workload(
        store,
        names=(store,),
        kind=Kind.STATEFUL,
        containers={
            "postgres": Container(
                image=Image("postgres", tag="17-alpine"),
                variables={
                    "POSTGRES_USER": (SecretValue(store, "username"),),
                    "POSTGRES_PASSWORD": (SecretValue(store, "password"),),
                    "PGDATA": f"{DATA}/pgdata",
                },
                mounts={DATA: Mount(f"{store}-data")},
                readiness=Probe(Exec(("sh", "-c", 'pg_isready -U "$POSTGRES_USER"')), period=5000, failures=10),
            )
        },
        ports={"5432/tcp": Port(5432, 5432, name="postgres")},
    )


def shop(count: int = 1, *, size: int | None = 1 << 30, password: str = PASSWORD, waits: bool = False) -> Definition:
    """Give a definition of so many workloads and their databases, as it is once everything is provisioned."""
    workloads: dict[str, Workload] = {}
    volumes: dict[str, Volume] = {}
    secrets: dict[str, Secret] = {}
    for number in range(count):
        name = f"orders{number or ''}"
        workloads[name], workloads[f"{name}-db"] = orders(name, waits=waits), database(name)
        volumes[f"{name}-db-data"] = Volume("persistent", size=size)
        secrets[f"{name}-db"] = Secret({"username": "orders", "password": password}, provisioned=True)
    return Definition(Application(name="shop", workloads=workloads, volumes=volumes, secrets=secrets), "score")
