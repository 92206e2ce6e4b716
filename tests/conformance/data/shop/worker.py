"""A program that takes orders from a queue and tells over HTTP which of them it has."""

import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pika

taken: set[str] = set()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        order = self.path.removeprefix("/")
        self.send_response(200 if order in taken else 404)
        self.end_headers()
        if order in taken:
            self.wfile.write(f"took {order}".encode())


server = ThreadingHTTPServer(("", 8090), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()

channel = pika.BlockingConnection(pika.URLParameters(os.environ["BROKER_URL"])).channel()
channel.queue_declare("orders", durable=True)
channel.basic_consume("orders", lambda _channel, _method, _properties, body: taken.add(body.decode()), auto_ack=True)
channel.start_consuming()
