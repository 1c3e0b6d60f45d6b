"""A neighbour on loopback that does as it is told, and notes what it is asked."""

import json
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.clocks import TODAY, OfToday


class Office:
    """Answers 200 to everything, but for what `answers` says: a status, or None for no answer.

    A list has one answer a request, and 200 when it is used up. What stands in `after` is not
    answered before something else was asked.
    """

    def __init__(self):
        self.asked = []
        self.bodies = []  # one a request
        self.answers = {}
        self.after = {}
        self.day = TODAY  # that it takes for today
        self._more = threading.Condition()
        office = self

        class Handler(OfToday, BaseHTTPRequestHandler):
            @property
            def day(self):
                return office.day

            def answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                office.bodies.append(self.rfile.read(length).decode())
                status = office.answer(f"{self.command} {self.path}")
                if status is None:
                    self.close_connection = True
                    return
                body = json.dumps({"ID": len(office.asked)}).encode()
                with suppress(BrokenPipeError):  # of a process that was killed meanwhile
                    self.tell(status, body)

            def tell(self, status, body):
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_DELETE = answer  # noqa: N815 - names of http.server

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        )
        self._thread.start()

    def answer(self, asked):
        with self._more:
            self.asked.append(asked)
            self._more.notify_all()
            if other := self.after.get(asked):
                self._more.wait_for(lambda: other in self.asked, timeout=20)
        answer = self.answers.get(asked, 200)
        if isinstance(answer, list):
            answer = answer.pop(0) if answer else 200
        return answer

    def count(self, asked):
        return self.asked.count(asked)

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
