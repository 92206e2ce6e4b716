"""Microsoft Azure. Source: https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs"""

from isomorph.platforms.terraform.dependencies.entry import MIB, Entry

COSMOS_KINDS = {"MongoDB": "mongodb", "GlobalDocumentDB": "cosmosdb"}
# https://learn.microsoft.com/azure/cosmos-db/mongodb/connect-account
COSMOS_PORTS = {"mongodb": 10255, "cosmosdb": 443}

AZURE: tuple[Entry, ...] = (
    Entry(
        kinds=("azurerm_postgresql_flexible_server",),
        type="postgres",
        version="version",
        storage="storage_mb",
        unit=MIB,
        size="sku_name",
        parameters={"username": "administrator_login"},
        fixed={"port": 5432},
        # https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-networking-ssl-tls
        unsaid={"tls": True},
        outputs={"host": "fqdn", "id": "id", "name": "name", "username": "administrator_login"},
    ),
    Entry(
        kinds=("azurerm_postgresql_flexible_server_database",),
        joins="server_id",
        parameters={"databases": "name", "charset": "charset", "collation": "collation"},
    ),
    Entry(
        kinds=("azurerm_postgresql_flexible_server_configuration",),
        joins="server_id",
        parameters={"flags": "name=value"},
    ),
    Entry(
        kinds=("azurerm_mysql_flexible_server",),
        type="mysql",
        version="version",
        size="sku_name",
        storage="storage.size_gb",
        parameters={"username": "administrator_login"},
        fixed={"port": 3306},
        # https://learn.microsoft.com/azure/mysql/flexible-server/security-tls
        unsaid={"tls": True},
        outputs={"host": "fqdn", "id": "id", "name": "name", "username": "administrator_login"},
    ),
    Entry(
        kinds=("azurerm_mysql_flexible_database",),
        joins="server_name",
        parameters={"databases": "name", "charset": "charset", "collation": "collation"},
    ),
    Entry(
        kinds=("azurerm_mysql_flexible_server_configuration",),
        joins="server_name",
        parameters={"flags": "name=value"},
    ),
    Entry(
        kinds=("azurerm_mssql_server",),
        type="mssql",
        parameters={"username": "administrator_login"},
        fixed={"port": 1433, "tls": True},
        outputs={"host": "fully_qualified_domain_name", "id": "id", "username": "administrator_login"},
    ),
    Entry(
        kinds=("azurerm_mssql_database",),
        joins="server_id",
        parameters={"databases": "name", "collation": "collation"},
        size="sku_name",
    ),
    Entry(
        kinds=("azurerm_redis_cache",),
        type="redis",
        version="redis_version",
        size="sku_name",
        parameters={"plain_port": "non_ssl_port_enabled"},
        fixed={"port": 6380, "tls": True},
        outputs={
            "host": "hostname",
            "port": "ssl_port|port",
            "password": "primary_access_key",
            "url": "primary_connection_string",
            "id": "id",
        },
    ),
    Entry(
        kinds=("azurerm_managed_redis",),
        type="redis",
        size="sku_name",
        fixed={"port": 10000},
        parameters={"tls": "default_database.client_protocol"},
        unsaid={"tls": True},
        outputs={"host": "hostname", "port": "default_database.port", "id": "id"},
    ),
    Entry(
        kinds=("azurerm_cosmosdb_account",),
        type="cosmosdb",
        engine="kind",
        engines=COSMOS_KINDS,
        version="mongo_server_version",
        parameters={"minimal_tls": "minimal_tls_version"},
        fixed={"tls": True},
        ports=COSMOS_PORTS,
        outputs={
            "endpoint": "endpoint",
            "url": "primary_mongodb_connection_string|primary_sql_connection_string",
            "password": "primary_key",
            "name": "name",
            "id": "id",
        },
    ),
    Entry(
        kinds=("azurerm_cosmosdb_mongo_database", "azurerm_cosmosdb_sql_database"),
        joins="account_name",
        parameters={"databases": "name"},
    ),
    Entry(
        kinds=("azurerm_servicebus_namespace",),
        type="servicebus",
        size="sku",
        fixed={"tls": True, "port": 5671},
        outputs={"endpoint": "endpoint", "url": "default_primary_connection_string", "name": "name", "id": "id"},
    ),
    Entry(kinds=("azurerm_servicebus_queue",), joins="namespace_id", parameters={"queues": "name"}),
    Entry(kinds=("azurerm_servicebus_topic",), joins="namespace_id", parameters={"topics": "name"}),
    Entry(
        kinds=("azurerm_eventhub_namespace",),
        type="eventhubs",
        size="sku",
        fixed={"tls": True, "port": 9093},
        outputs={"url": "default_primary_connection_string", "name": "name", "id": "id"},
    ),
    Entry(kinds=("azurerm_eventhub",), joins="namespace_id|namespace_name", parameters={"topics": "name"}),
    Entry(
        kinds=("azurerm_storage_account",),
        type="azure-storage",
        size="account_tier",
        parameters={"tls": "https_traffic_only_enabled"},
        unsaid={"tls": True},
        outputs={
            "host": "primary_blob_host",
            "endpoint": "primary_blob_endpoint",
            "url": "primary_connection_string",
            "password": "primary_access_key",
            "name": "name",
            "id": "id",
        },
    ),
    Entry(
        kinds=("azurerm_storage_container",),
        joins="storage_account_id|storage_account_name",
        parameters={"buckets": "name"},
    ),
    Entry(
        kinds=("azurerm_dns_a_record", "azurerm_dns_aaaa_record"),
        type="dns",
        parameters={"zone": "zone_name", "ttl": "ttl", "values": "records"},
        outputs={"name": "fqdn"},
    ),
    Entry(
        kinds=("azurerm_dns_cname_record",),
        type="dns",
        parameters={"zone": "zone_name", "ttl": "ttl", "values": "record"},
        outputs={"name": "fqdn"},
    ),
    Entry(
        kinds=("azurerm_lb",),
        type="load-balancer",
        size="sku",
        outputs={"host": "private_ip_address", "id": "id"},
    ),
    Entry(
        kinds=("azurerm_lb_rule",),
        joins="loadbalancer_id",
        parameters={"listeners": "frontend_port=backend_port"},
    ),
    Entry(
        kinds=("azurerm_key_vault",),
        type="secret-store",
        size="sku_name",
        outputs={"url": "vault_uri", "id": "id", "name": "name"},
    ),
    Entry(kinds=("azurerm_key_vault_secret",), joins="key_vault_id", parameters={"secrets": "name"}),
    Entry(
        kinds=("azurerm_app_service_certificate", "azurerm_key_vault_certificate"),
        type="certificate",
        outputs={"id": "id"},
    ),
)
