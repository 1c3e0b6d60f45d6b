"""A service that holds a connection, under the servers that people use: each client gets its own.

The application opens its connection when it is imported: before gunicorn forks, and where uvicorn
has started its loop. The servers listen on sockets of the file system.
"""

import http.client
import json
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from tests.processes import VARIABLES, start

POINTS = ("30000000000011", "30000000000029", "30000000000078", "30000000000086")
APPLICATION = """
import json, os
from asyncio import to_thread
import sgeflow

sge = sgeflow.connect(options=sgeflow.Options(today="2025-06-15"))
NAME = "consulterDonneesTechniquesContractuelles"

def look(path):
    outputs = sge.call(NAME, {"pointId": path.strip("/")}).raise_for_failure().outputs
    return json.dumps([outputs["pointId"], os.getpid()]).encode()

def wsgi(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/json")])
    return [look(environ["PATH_INFO"])]

async def asgi(scope, receive, send):
    body = await to_thread(look, scope["path"])
    head = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": body})
"""
SERVERS = {
    "gunicorn": "gunicorn --preload --workers 2 --threads 4 --bind unix:sock city:wsgi",
    "uvicorn": "uvicorn --lifespan off --uds sock city:asgi",
}

WORKERS = {"gunicorn": 2, "uvicorn": 1}


class Local(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(20)
        self.sock.connect(self.host)


@pytest.mark.parametrize("server", SERVERS)
def test_a_web_server_gives_each_client_its_own_answer(server, tmp_path):
    (tmp_path / "city.py").write_text(APPLICATION)
    name, *words = SERVERS[server].split()
    process = start(name, words, tmp_path, VARIABLES)
    try:
        place = tmp_path / "sock"
        while not place.exists():
            assert process.poll() is None, process.communicate()
            time.sleep(0.02)
        asked = POINTS * 8
        workers = set()
        last = time.monotonic() + 20
        while len(workers) < WORKERS[server] and time.monotonic() < last:
            with ThreadPoolExecutor(8) as clients:  # the first worker may answer before the others
                told = list(clients.map(lambda point: ask(place, point), asked))
            assert [point for point, _ in told] == list(asked)
            workers |= {worker for _, worker in told}
        assert len(workers) == WORKERS[server]
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)


def ask(place, point):
    with closing(Local(str(place))) as client:
        client.request("GET", f"/{point}")
        with client.getresponse() as answer:
            return json.loads(answer.read())
