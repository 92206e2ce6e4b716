"""Databases: PostgreSQL, MySQL, MongoDB, SQL Server.

Checks go by way of TCP and never by a socket: while an image prepares its storage for the first time, it runs a server that
listens on the socket (PostgreSQL, MySQL) or the loopback address (MongoDB) only.
"""

from isomorph.provisioning.catalogue.server import GIBIBYTE, Server, serve

_POSTGRES_DATA = "/var/lib/postgresql/data"

# A folder below the volume's own: the root of a file system may hold `lost+found`, and initdb wants it empty.
_POSTGRES_VARIABLES = {
    "POSTGRES_DB": "{database}",
    "POSTGRES_USER": "{username}",
    "POSTGRES_PASSWORD": "{password}",
    "PGDATA": f"{_POSTGRES_DATA}/pgdata",
}
_POSTGRES_CHECK = 'pg_isready -q -h 127.0.0.1 -U "$POSTGRES_USER" -d "$POSTGRES_DB"'

POSTGRES = Server(
    type="postgres",
    description="A PostgreSQL server with one database and its owner.",
    image="postgres",
    version="17.6-alpine",
    suffix="-alpine",
    ports={"postgres": 5432},
    data=_POSTGRES_DATA,
    variables=_POSTGRES_VARIABLES,
    check=_POSTGRES_CHECK,
    outputs={
        "host": "{host}",
        "port": 5432,
        "name": "{database}",
        "database": "{database}",
        "username": "{username}",
        "password": "{password}",
    },
)

POSTGRES_INSTANCE = Server(
    type="postgres-instance",
    description="A PostgreSQL server and its superuser, for programs that create their own databases.",
    image="postgres",
    version="17.6-alpine",
    suffix="-alpine",
    ports={"postgres": 5432},
    data=_POSTGRES_DATA,
    database="postgres",
    username="postgres",
    variables=_POSTGRES_VARIABLES,
    check=_POSTGRES_CHECK,
    outputs={"host": "{host}", "port": 5432, "username": "{username}", "password": "{password}"},
)

MYSQL = Server(
    type="mysql",
    description="A MySQL server with one database and its user.",
    image="mysql",
    version="8.4.6",
    ports={"mysql": 3306},
    data="/var/lib/mysql",
    secrets={"password": 32, "root_password": 32},
    longest=32,  # https://dev.mysql.com/doc/refman/8.4/en/user-names.html
    variables={
        "MYSQL_DATABASE": "{database}",
        "MYSQL_USER": "{username}",
        "MYSQL_PASSWORD": "{password}",
        "MYSQL_ROOT_PASSWORD": "{root_password}",
    },
    check='MYSQL_PWD="$MYSQL_PASSWORD" mysql -h 127.0.0.1 -u "$MYSQL_USER" -e "SELECT 1" "$MYSQL_DATABASE" >/dev/null',
    grace=120_000,
    memory=GIBIBYTE,
    outputs={
        "host": "{host}",
        "port": 3306,
        "name": "{database}",
        "database": "{database}",
        "username": "{username}",
        "password": "{password}",
    },
)

MONGODB = Server(
    type="mongodb",
    description="A MongoDB server and its root user.",
    image="mongo",
    version="8.0.13",
    ports={"mongodb": 27017},
    data="/data/db",
    variables={"MONGO_INITDB_ROOT_USERNAME": "{username}", "MONGO_INITDB_ROOT_PASSWORD": "{password}"},
    check='mongosh --quiet --norc --host "$(hostname)" --eval "quit(db.adminCommand({ping: 1}).ok ? 0 : 1)" >/dev/null',
    memory=GIBIBYTE,
    outputs={
        "host": "{host}",
        "port": 27017,
        "username": "{username}",
        "password": "{password}",
        "connection": "mongodb://{username}:{password}@{address}/",
    },
)

_SQLCMD = 'SQLCMDPASSWORD="$MSSQL_SA_PASSWORD" /opt/mssql-tools18/bin/sqlcmd -C -b -l 2 -S 127.0.0.1 -U sa'

MSSQL = Server(
    type="mssql",
    description="A Microsoft SQL Server with one database; its terms are accepted for you.",
    image="mcr.microsoft.com/mssql/server",
    version="2022-CU16-ubuntu-22.04",
    ports={"mssql": 1433},
    data="/var/opt/mssql",
    username="sa",
    variables={"ACCEPT_EULA": "Y", "MSSQL_SA_PASSWORD": "{password}", "MSSQL_DATABASE": "{database}"},
    # The image makes no database by itself.
    start=serve(
        "/opt/mssql/bin/sqlservr",
        f"""{_SQLCMD} -Q "IF DB_ID('$MSSQL_DATABASE') IS NULL CREATE DATABASE [$MSSQL_DATABASE]\"""",
    ),
    check=f'{_SQLCMD} -d "$MSSQL_DATABASE" -Q "SELECT 1" >/dev/null',
    grace=120_000,
    user="0",  # The image's own user cannot write to a new volume that is root's, as on Kubernetes.
    memory=2 * GIBIBYTE,
    outputs={
        "server": "{host}",
        "port": 1433,
        "connection": "Server=tcp:{host},1433;Initial Catalog={database};User ID={username};Password={password};"
        "TrustServerCertificate=True;",
        "database": "{database}",
        "username": "{username}",
        "password": "{password}",
    },
)
