"""Caches, search and objects: Redis, Elasticsearch, an S3 bucket on MinIO."""

from isomorph.provisioning.catalogue.server import GIBIBYTE, MEBIBYTE, Server

REDIS = Server(
    type="redis",
    description="A Redis server that keeps what it is told on disk.",
    image="redis",
    version="7.4.5-alpine",
    suffix="-alpine",
    ports={"redis": 6379},
    data="/data",
    username="default",
    variables={"REDIS_PASSWORD": "{password}"},
    # By way of the image's own entrypoint, which gives the volume to the user that it runs the server as.
    start='exec docker-entrypoint.sh redis-server --requirepass "$REDIS_PASSWORD" --appendonly yes',
    check='REDISCLI_AUTH="$REDIS_PASSWORD" redis-cli ping | grep -q PONG',
    grace=30_000,
    memory=256 * MEBIBYTE,
    outputs={"host": "{host}", "port": 6379, "username": "{username}", "password": "{password}"},
)

_ELASTIC_DATA = "/usr/share/elasticsearch/data"

ELASTICSEARCH = Server(
    type="elasticsearch",
    description="An Elasticsearch node that asks for a password, by HTTP without TLS.",
    image="docker.elastic.co/elasticsearch/elasticsearch",
    version="8.19.3",
    ports={"http": 9200},
    data=_ELASTIC_DATA,
    username="elastic",
    variables={
        "ELASTIC_PASSWORD": "{password}",
        "ES_SETTING_DISCOVERY_TYPE": "single-node",
        "ES_SETTING_XPACK_SECURITY_ENABLED": "true",
        "ES_SETTING_XPACK_SECURITY_HTTP_SSL_ENABLED": "false",
        # Else it asks the machine for more memory maps than most grant.
        "ES_SETTING_NODE_STORE_ALLOW__MMAP": "false",
        "ES_JAVA_OPTS": "-Xms512m -Xmx512m",
    },
    # Elasticsearch refuses to run as root, and its own user cannot write to a new volume that is root's.
    start=f"chown -R 1000:0 {_ELASTIC_DATA} && exec chroot --userspec=1000:0 --skip-chdir / "
    "/usr/local/bin/docker-entrypoint.sh eswrapper",
    check="""printf 'user = "elastic:%s"' "$ELASTIC_PASSWORD" |
curl -fsS -o /dev/null -K - 'http://127.0.0.1:9200/_cluster/health?wait_for_status=yellow&timeout=3s'""",
    grace=120_000,
    user="0",
    memory=GIBIBYTE,
    outputs={"host": "{host}", "port": 9200, "username": "{username}", "password": "{password}"},
)

S3 = Server(
    type="s3",
    description="A MinIO server with one bucket, and credentials in the manner of AWS.",
    image="quay.io/minio/minio",
    version="RELEASE.2025-09-07T16-13-09Z",
    ports={"s3": 9000, "console": 9001},
    publishes={"compose.score.dev/publish-port": "console"},
    data="/data",
    secrets={"access_key_id": 20, "secret_key": 40},
    variables={
        "MINIO_ROOT_USER": "{access_key_id}",
        "MINIO_ROOT_PASSWORD": "{secret_key}",
        "MINIO_BUCKET": "{name}",
    },
    # A folder of the one drive is a bucket: so it is there before the server answers, whatever happened before.
    start='mkdir -p "/data/$MINIO_BUCKET" && exec minio server /data --console-address :9001',
    check="mc ready local >/dev/null",
    grace=30_000,
    outputs={
        "endpoint": "http://{address}",
        "access_key_id": "{access_key_id}",
        "secret_key": "{secret_key}",
        "bucket": "{name}",
        "region": "us-east-1",
        "aws_access_key_id": "{access_key_id}",
        "aws_secret_key": "{secret_key}",
    },
)
