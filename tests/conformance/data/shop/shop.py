"""A program that knows its database, broker, vault and peer by its variables and files only, and uses them when asked.

It connects once to each as it starts, without a second try: whoever starts it is to wait until they are there.
"""

import json
import os
import time
import urllib.error
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pika
import psycopg2


def keep(order: str) -> list[str]:
    """Write an order to the database; give all that are there."""
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS orders (id text)")
        cursor.execute("INSERT INTO orders VALUES (%s)", (order,))
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT id FROM orders")
        found = [row[0] for row in cursor.fetchall()]
    connection.close()
    return found


def send(order: str) -> str:
    """Send an order to the worker by way of the broker; give what the worker says of it once it has it."""
    connection = pika.BlockingConnection(pika.URLParameters(os.environ["BROKER_URL"]))
    channel = connection.channel()
    channel.queue_declare("orders", durable=True)
    channel.basic_publish("", "orders", order.encode())
    connection.close()
    for _ in range(100):
        try:
            with urllib.request.urlopen(f"{os.environ['WORKER_URL']}/{order}", timeout=10) as answer:
                return answer.read().decode()
        except urllib.error.URLError:
            time.sleep(0.1)
    return "the worker did not get it"


def read_secrets() -> dict[str, str]:
    """Give what the vault keeps for this program."""
    with open("/etc/shop/vault.json") as file:
        url = json.load(file)["url"]
    request = urllib.request.Request(url, headers={"X-Vault-Token": os.environ["VAULT_TOKEN"]})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)["data"]["data"]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        said = {}
        if self.path != "/ready":
            order = uuid.uuid4().hex
            said = {"order": order, "kept": keep(order), "answer": send(order), "secrets": read_secrets()}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(said).encode())


psycopg2.connect(os.environ["DATABASE_URL"]).close()
pika.BlockingConnection(pika.URLParameters(os.environ["BROKER_URL"])).close()
read_secrets()
ThreadingHTTPServer(("", 8080), Handler).serve_forever()
