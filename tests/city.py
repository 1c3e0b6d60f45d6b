"""A city's own service on loopback: strict about its token, and about what it is asked."""

import json
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from tests.clocks import TODAY, OfToday

OCTETS = "application/octet-stream"


class City:
    """Answers by `routes`: a function of the query and the body to a status and a document.

    A document that is bytes is sent as it is; None is no answer. Bearer tokens are given out at
    `/oauth2/v3/token`; without `tokens` none is asked for.
    """

    def __init__(self):
        self.routes = {}
        self.asked = []  # method, path, query
        self.bodies = []
        self.headers = []
        self.connections = Counter()
        self.tokens = None  # those that are taken; None: none is asked for
        self.given = 0
        self.lives = 12_600  # seconds, as the answer says
        self.slow = 0.0  # seconds until a token is given
        self.token = ""  # the one that is given; else each has a number
        self.answer_token = None  # an answer in place of a token
        self.more_headers = {}  # of the next answer
        self.day = TODAY
        self._lock = threading.Lock()
        city = self

        class Handler(OfToday, BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            @property
            def day(self):
                return city.day

            def answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                city.connections[self.client_address] += 1
                result = city.answer(self.command, self.path, dict(self.headers), body)
                if result is None:
                    self.close_connection = True
                    return
                status, content = result
                sent = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", OCTETS)
                self.send_header("Content-Length", str(len(sent)))
                for name, value in city.more_headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(sent)

            do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - names of http.server

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        )
        self._thread.start()

    def answer(self, method, address, headers, body):
        parts = urlsplit(address)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        if parts.path == "/oauth2/v3/token":
            return self._token(dict(parse_qsl(body.decode())), headers)
        with self._lock:
            self.asked.append((method, parts.path, query))
            self.bodies.append(body)
            self.headers.append(headers)
        if self.tokens is not None:
            token = headers.get("Authorization", "").removeprefix("Bearer ")
            if token not in self.tokens:
                wrong = {"code": "900901", "message": "Invalid Credentials", "description": "x"}
                return 401, wrong
        behave = self.routes.get((method, parts.path))
        return behave(query, json.loads(body) if body else None) if behave else (404, {})

    def _token(self, form, headers):
        with self._lock:
            self.given += 1
            if self.answer_token:
                return self.answer_token
            if form != {
                "grant_type": "client_credentials",
                "client_id": "city-client",
                "client_secret": "city-secret",
            }:
                return 401, {"error": "invalid_client"}
            token = self.token or f"token-{self.given}"
            self.tokens.add(token)
        time.sleep(self.slow)
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": self.lives}

    def count(self, method, path):
        return sum((method, path) == one[:2] for one in self.asked)

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
