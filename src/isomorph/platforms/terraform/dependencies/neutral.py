"""Providers that are no cloud: what is inside servers, secret stores and names.

Sources: https://registry.terraform.io/providers/ cyrilgdn/postgresql, petoju/mysql, cyrilgdn/rabbitmq, hashicorp/vault,
hashicorp/dns, cloudflare/cloudflare.
"""

from isomorph.platforms.terraform.dependencies.entry import Entry

NEUTRAL: tuple[Entry, ...] = (
    Entry(
        kinds=("postgresql_database",),
        type="postgres",
        joins="@host",
        parameters={"databases": "name", "charset": "encoding", "collation": "lc_collate"},
    ),
    Entry(
        kinds=("postgresql_role",),
        type="postgres",
        joins="@host",
        parameters={"users": "name"},
        outputs={"username": "name", "password": "password"},
    ),
    Entry(kinds=("postgresql_extension",), type="postgres", joins="@host", parameters={"extensions": "name"}),
    Entry(
        kinds=("mysql_database",),
        type="mysql",
        joins="@endpoint",
        parameters={
            "databases": "name",
            "charset": "default_character_set",
            "collation": "default_collation",
        },
    ),
    Entry(
        kinds=("mysql_user",),
        type="mysql",
        joins="@endpoint",
        name="user",
        parameters={"users": "user"},
        outputs={"username": "user", "password": "plaintext_password"},
    ),
    Entry(
        kinds=("mysql_global_variable",),
        type="mysql",
        joins="@endpoint",
        parameters={"flags": "name=value"},
    ),
    Entry(kinds=("rabbitmq_queue",), type="amqp", joins="@endpoint", parameters={"queues": "name"}),
    Entry(kinds=("rabbitmq_vhost",), type="amqp", joins="@endpoint", parameters={"vhosts": "name"}),
    Entry(
        kinds=("rabbitmq_user",),
        type="amqp",
        joins="@endpoint",
        parameters={"users": "name"},
        outputs={"username": "name", "password": "password"},
    ),
    Entry(kinds=("rabbitmq_exchange",), type="amqp", joins="@endpoint", parameters={"exchanges": "name"}),
    Entry(kinds=("vault_mount",), type="vault", joins="@address", name="path", parameters={"mounts": "path"}),
    Entry(
        kinds=("vault_kv_secret_v2",),
        type="vault",
        joins="@address",
        parameters={"secrets": "name"},
        outputs={"path": "path"},
    ),
    Entry(kinds=("vault_kv_secret",), type="vault", joins="@address", name="path", parameters={"secrets": "path"}),
    Entry(
        kinds=("vault_generic_secret",),
        type="vault",
        joins="@address",
        name="path",
        parameters={"secrets": "path"},
        outputs={"path": "path"},
    ),
    Entry(
        kinds=("dns_a_record_set", "dns_aaaa_record_set"),
        type="dns",
        parameters={"zone": "zone", "ttl": "ttl", "values": "addresses"},
        outputs={"name": "id"},
    ),
    Entry(
        kinds=("dns_cname_record",),
        type="dns",
        parameters={"zone": "zone", "ttl": "ttl", "values": "cname"},
        outputs={"name": "id"},
    ),
    Entry(
        kinds=("cloudflare_dns_record", "cloudflare_record"),
        type="dns",
        parameters={"record": "type", "ttl": "ttl", "values": "content"},
        outputs={"name": "name"},
    ),
)
