"""Modules of the public registry, by their sources.

Sources: https://registry.terraform.io/modules/terraform-aws-modules, https://registry.terraform.io/namespaces/Azure (Azure
Verified Modules), https://registry.terraform.io/modules/terraform-google-modules/sql-db.
"""

from isomorph.platforms.terraform.dependencies.aws import CACHE_ENGINES, RDS_ENGINES
from isomorph.platforms.terraform.dependencies.azure import COSMOS_PORTS
from isomorph.platforms.terraform.dependencies.entry import MIB, Entry

MODULES: tuple[Entry, ...] = (
    Entry(
        kinds=("terraform-aws-modules/rds/aws",),
        engine="engine",
        engines=RDS_ENGINES,
        name="identifier",
        version="engine_version",
        storage="allocated_storage",
        size="instance_class",
        parameters={
            "database": "db_name",
            "username": "username",
            "port": "port",
            "charset": "character_set_name",
            "flags": "parameters.*.name=parameters.*.value",
        },
        outputs={
            "host": "db_instance_address",
            "endpoint": "db_instance_endpoint",
            "port": "db_instance_port",
            "database": "db_instance_name",
            "username": "db_instance_username",
            "id": "db_instance_identifier",
            "arn": "db_instance_arn",
        },
    ),
    Entry(
        kinds=("terraform-aws-modules/rds-aurora/aws",),
        engine="engine",
        engines=RDS_ENGINES,
        name="name",
        version="engine_version",
        size="instance_class",
        parameters={
            "database": "database_name",
            "username": "master_username",
            "port": "port",
            "flags": "db_cluster_parameter_group_parameters.*.name=db_cluster_parameter_group_parameters.*.value",
        },
        outputs={
            "host": "cluster_endpoint",
            "reader": "cluster_reader_endpoint",
            "port": "cluster_port",
            "database": "cluster_database_name",
            "username": "cluster_master_username",
            "password": "cluster_master_password",
            "arn": "cluster_arn",
        },
    ),
    Entry(
        kinds=("terraform-aws-modules/elasticache/aws",),
        type="redis",
        engine="engine",
        engines=CACHE_ENGINES,
        name="replication_group_id|cluster_id",
        version="engine_version",
        size="node_type",
        parameters={
            "port": "port",
            "tls": "transit_encryption_enabled",
            "flags": "parameters.*.name=parameters.*.value",
        },
        unsaid={"tls": True},
        outputs={
            "host": "replication_group_primary_endpoint_address|cluster_address",
            "reader": "replication_group_reader_endpoint_address",
            "port": "replication_group_port",
        },
    ),
    Entry(
        kinds=("terraform-aws-modules/s3-bucket/aws",),
        type="s3",
        name="bucket|bucket_prefix",
        outputs={
            "name": "s3_bucket_id",
            "host": "s3_bucket_bucket_regional_domain_name",
            "domain": "s3_bucket_bucket_domain_name",
            "region": "s3_bucket_region",
            "arn": "s3_bucket_arn",
        },
    ),
    Entry(
        kinds=("terraform-aws-modules/msk-kafka-cluster/aws",),
        type="kafka",
        version="kafka_version",
        size="broker_node_instance_type",
        parameters={"tls": "encryption_in_transit_client_broker"},
        unsaid={"tls": True},
        outputs={
            "brokers": "bootstrap_brokers_plaintext",
            "brokers_tls": "bootstrap_brokers_tls",
            "arn": "arn",
        },
    ),
    Entry(
        kinds=("terraform-aws-modules/sqs/aws",),
        type="sqs",
        outputs={"url": "queue_url", "arn": "queue_arn", "name": "queue_name"},
    ),
    Entry(kinds=("terraform-aws-modules/sns/aws",), type="sns", outputs={"arn": "topic_arn", "name": "topic_name"}),
    Entry(
        kinds=("terraform-aws-modules/dynamodb-table/aws",),
        type="dynamodb",
        outputs={"name": "dynamodb_table_id", "arn": "dynamodb_table_arn"},
    ),
    Entry(
        kinds=("terraform-aws-modules/alb/aws",),
        type="load-balancer",
        outputs={"host": "dns_name", "id": "id", "arn": "arn"},
    ),
    Entry(
        kinds=("terraform-aws-modules/acm/aws",),
        type="certificate",
        name="domain_name",
        parameters={"names": "subject_alternative_names"},
        outputs={"arn": "acm_certificate_arn"},
    ),
    Entry(
        kinds=("terraform-aws-modules/secrets-manager/aws",),
        type="secret-store",
        outputs={"arn": "secret_arn", "id": "secret_id", "name": "secret_name"},
    ),
    Entry(
        kinds=("Azure/avm-res-documentdb-databaseaccount/azurerm",),
        type="cosmosdb",
        engine="mongo_databases|mongo_server_version",
        engines={"*": "mongodb"},
        version="mongo_server_version",
        parameters={
            "databases": "mongo_databases.*.name|sql_databases.*.name",
            "collections": "mongo_databases.*.collections.*.name|sql_databases.*.containers.*.name",
            "minimal_tls": "minimal_tls_version",
        },
        fixed={"tls": True},
        ports=COSMOS_PORTS,
        outputs={
            "name": "name",
            "endpoint": "endpoint",
            "url": "cosmosdb_mongodb_connection_strings|cosmosdb_sql_connection_strings",
            "password": "cosmosdb_keys",
            "id": "resource_id",
        },
    ),
    Entry(
        kinds=("Azure/avm-res-servicebus-namespace/azurerm",),
        type="servicebus",
        size="sku",
        parameters={"queues": "queues.*.name|queues.*", "topics": "topics.*.name|topics.*"},
        fixed={"tls": True, "port": 5671},
        outputs={"id": "resource_id", "name": "resource.name", "endpoint": "resource.endpoint"},
    ),
    Entry(
        kinds=("Azure/avm-res-dbforpostgresql-flexibleserver/azurerm",),
        type="postgres",
        version="server_version",
        storage="storage_mb",
        unit=MIB,
        size="sku_name",
        parameters={
            "username": "administrator_login",
            "databases": "databases.*.name",
            "flags": "server_configuration.*.name=server_configuration.*.config",
        },
        fixed={"port": 5432},
        unsaid={"tls": True},
        outputs={"host": "fqdn", "name": "name", "id": "resource_id"},
    ),
    Entry(
        kinds=("Azure/avm-res-dbformysql-flexibleserver/azurerm",),
        type="mysql",
        version="mysql_version",
        size="sku_name",
        storage="storage.size_gb",
        parameters={"username": "administrator_login", "databases": "databases.*.name"},
        fixed={"port": 3306},
        unsaid={"tls": True},
        outputs={"id": "resource_id"},
    ),
    Entry(
        kinds=("Azure/avm-res-cache-redis/azurerm",),
        type="redis",
        version="redis_version",
        size="sku_name",
        fixed={"port": 6380, "tls": True},
        outputs={
            "host": "resource.hostname",
            "port": "resource.ssl_port",
            "password": "resource.primary_access_key",
            "id": "resource_id",
        },
    ),
    Entry(
        kinds=("Azure/avm-res-storage-storageaccount/azurerm",),
        type="azure-storage",
        size="account_tier",
        parameters={"buckets": "containers.*.name", "tls": "https_traffic_only_enabled"},
        unsaid={"tls": True},
        outputs={"name": "name", "id": "resource_id"},
    ),
    Entry(
        kinds=("Azure/avm-res-keyvault-vault/azurerm",),
        type="secret-store",
        parameters={"secrets": "secrets.*.name"},
        outputs={"url": "uri", "id": "resource_id"},
    ),
    *(
        Entry(
            kinds=(
                f"terraform-google-modules/sql-db/google//modules/{folder}",
                f"GoogleCloudPlatform/sql-db/google//modules/{folder}",
            ),
            type=kind,
            version="database_version",
            size="tier",
            storage="disk_size",
            parameters={
                "database": "db_name",
                "username": "user_name",
                "flags": "database_flags.*.name=database_flags.*.value",
            },
            outputs={
                "host": "private_ip_address|public_ip_address",
                "connection": "instance_connection_name",
                "password": "generated_user_password",
            },
        )
        for folder, kind in (("postgresql", "postgres"), ("mysql", "mysql"))
    ),
    Entry(
        kinds=("terraform-google-modules/memorystore/google",),
        type="redis",
        version="redis_version",
        storage="memory_size_gb",
        parameters={"tls": "transit_encryption_mode"},
        outputs={"host": "host", "port": "port", "password": "auth_string", "id": "id"},
    ),
)
