"""yaml-language-server, headless: started over stdio, asked as an editor asks."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from pathlib import Path
from typing import Any

PATIENCE = 60  # seconds; a started server answers in milliseconds


class Server:
    """One running server, and the documents that are open in it."""

    def __init__(self, command: list[str], root: Path) -> None:
        self.root = root
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self.answers: queue.Queue[dict] = queue.Queue()
        self.told: dict[str, queue.Queue[list]] = {}
        self.number = 0
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        workspace = {"workspaceFolders": True, "configuration": True}
        hover = {"contentFormat": ["markdown", "plaintext"]}
        completion = {"completionItem": {"documentationFormat": ["markdown", "plaintext"]}}
        document = {"hover": hover, "completion": completion, "publishDiagnostics": {}}
        self.ask(
            "initialize",
            {
                "processId": None,
                "rootUri": root.as_uri(),
                "workspaceFolders": [{"uri": root.as_uri(), "name": "project"}],
                "capabilities": {"workspace": workspace, "textDocument": document},
            },
        )
        self.tell("initialized", {})

    def close(self) -> None:
        self.ask("shutdown", None)
        self.tell("exit", None)
        self.process.wait(10)
        self.reader.join(10)
        for stream in (self.process.stdin, self.process.stdout):
            stream.close()

    # -- as an editor ---------------------------------------------------------------------------

    def open(self, file: str, text: str) -> list[dict]:
        """Open a document; what is wrong with it."""
        uri = (self.root / file).as_uri()
        self.told.setdefault(uri, queue.Queue())
        item = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": item})
        try:
            return self.told[uri].get(timeout=PATIENCE)
        finally:
            self.opened = uri

    def shut(self) -> None:
        self.tell("textDocument/didClose", {"textDocument": {"uri": self.opened}})
        self.told.pop(self.opened)

    def complete(self, line: int, column: int) -> dict[str, dict]:
        """The completions at a place (counted from 0) of the open document, by label."""
        found = self.ask("textDocument/completion", self._at(line, column))
        items = found["items"] if isinstance(found, dict) else found
        return {item["label"]: item for item in items}

    def hover(self, line: int, column: int) -> str:
        """What is shown over a place of the open document."""
        found = self.ask("textDocument/hover", self._at(line, column)) or {}
        contents = found.get("contents", "")
        return contents["value"] if isinstance(contents, dict) else str(contents)

    def _at(self, line: int, column: int) -> dict:
        place = {"line": line, "character": column}
        return {"textDocument": {"uri": self.opened}, "position": place}

    # -- the protocol ---------------------------------------------------------------------------

    def ask(self, method: str, params: Any) -> Any:
        self.number += 1
        self._send({"jsonrpc": "2.0", "id": self.number, "method": method, "params": params})
        answer = self.answers.get(timeout=PATIENCE)
        assert answer["id"] == self.number
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def tell(self, method: str, params: Any) -> None:
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def _send(self, message: dict) -> None:
        body = json.dumps(message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def _read(self) -> None:
        while message := self._message():
            if "method" in message and "id" in message:
                self._answer(message)
            elif message.get("method") == "textDocument/publishDiagnostics":
                uri = message["params"]["uri"]
                if uri in self.told:
                    self.told[uri].put(message["params"]["diagnostics"])
            elif "id" in message:
                self.answers.put(message)

    def _message(self) -> dict | None:
        length = 0
        while line := self.process.stdout.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        return json.loads(self.process.stdout.read(length)) if length else None

    def _answer(self, message: dict) -> None:
        """The settings that the server asks for: no schema from the network."""
        settings = {
            "yaml": {
                "validate": True,
                "hover": True,
                "completion": True,
                "schemaStore": {"enable": False},
                "kubernetesCRDStore": {"enable": False},
            }
        }
        result: Any = None
        if message["method"] == "workspace/configuration":
            asked = [item.get("section", "") for item in message["params"]["items"]]
            result = [settings.get(section, {}) for section in asked]
        self._send({"jsonrpc": "2.0", "id": message["id"], "result": result})
