"""Google Cloud. Source: https://registry.terraform.io/providers/hashicorp/google/latest/docs"""

from isomorph.platforms.terraform.dependencies.entry import Entry

SQL_ENGINES = {"POSTGRES": "postgres", "MYSQL": "mysql", "SQLSERVER": "mssql"}

GOOGLE: tuple[Entry, ...] = (
    Entry(
        kinds=("google_sql_database_instance",),
        engine="database_version",
        engines=SQL_ENGINES,
        version="database_version",
        storage="settings.disk_size",
        size="settings.tier",
        parameters={
            "flags": "settings.database_flags.*.name=settings.database_flags.*.value",
            "tls": "settings.ip_configuration.ssl_mode",
            "collation": "settings.collation",
        },
        outputs={
            "host": "private_ip_address|public_ip_address|first_ip_address|ip_address.ip_address",
            "connection": "connection_name",
            "name": "name",
            "id": "id",
        },
    ),
    Entry(
        kinds=("google_sql_database",),
        joins="instance",
        parameters={"databases": "name", "charset": "charset", "collation": "collation"},
    ),
    Entry(
        kinds=("google_sql_user",),
        joins="instance",
        parameters={"username": "name"},
        outputs={"password": "password"},
    ),
    Entry(
        kinds=("google_redis_instance",),
        type="redis",
        version="redis_version",
        size="tier",
        storage="memory_size_gb",
        parameters={"tls": "transit_encryption_mode"},
        outputs={"host": "host", "port": "port", "password": "auth_string", "id": "id"},
    ),
    Entry(
        kinds=("google_memcache_instance",),
        type="memcached",
        version="memcache_version",
        outputs={"host": "discovery_endpoint", "id": "id"},
    ),
    Entry(
        kinds=("google_managed_kafka_cluster",),
        type="kafka",
        name="cluster_id",
        outputs={"id": "id", "name": "name"},
    ),
    Entry(kinds=("google_managed_kafka_topic",), joins="cluster", name="topic_id", parameters={"topics": "topic_id"}),
    Entry(kinds=("google_pubsub_topic",), type="pubsub", outputs={"name": "name", "id": "id"}),
    Entry(
        kinds=("google_pubsub_subscription",),
        joins="topic",
        parameters={"subscriptions": "name"},
        outputs={"subscription": "name"},
    ),
    Entry(
        kinds=("google_storage_bucket",),
        type="gcs",
        size="storage_class",
        outputs={"name": "name", "url": "url", "id": "id"},
    ),
    Entry(
        kinds=("google_dns_record_set",),
        type="dns",
        parameters={"record": "type", "ttl": "ttl", "values": "rrdatas"},
        outputs={"name": "name"},
    ),
    Entry(
        kinds=("google_compute_forwarding_rule", "google_compute_global_forwarding_rule"),
        type="load-balancer",
        parameters={"ports": "port_range", "address": "ip_address"},
        outputs={"host": "ip_address", "id": "id"},
    ),
    Entry(
        kinds=("google_compute_managed_ssl_certificate",),
        type="certificate",
        parameters={"names": "managed.domains"},
        outputs={"id": "id"},
    ),
    Entry(
        kinds=("google_secret_manager_secret",),
        type="secret-store",
        name="secret_id",
        outputs={"id": "id", "name": "name"},
    ),
)
