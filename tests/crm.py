"""A CRM on loopback, over SOAP: a login, a session in the header, a cursor and a logout.

`query` gives the first page of the names, and `queryMore` the page behind a cursor.
"""

from lxml import etree

from tests.city import City

SESSION = "7f3Kq9-ZpW2-LmX8-004512"
CRM = "urn:crm"
PAGES = [["Ada", "Bo"], ["Cy", "Di"], ["Eve"]]
NAMES = ["Ada", "Bo", "Cy", "Di", "Eve"]

_OPERATION = """
operation: {name}
title: A request of the CRM
service: Crm
version: "1"
kind: read
route: {{service: crm, direct: soap, soap_action: ""}}
parameters: {{{parameters}}}
envelope:
  namespaces: {{c: "urn:crm"}}
  {header}
  body: {{c:{name}: {{{content}}}}}
response: {{element: {name}Response, {response}}}
"""


def _operation(name, response, *sent, header='header: {c:Session: {key: "${session}"}}'):
    taken = (*(("session",) if header else ()), *sent)
    return _OPERATION.format(
        name=name,
        parameters=", ".join(f"{one}: {{type: string}}" for one in taken),
        header=header,
        content=", ".join(f'{one}: "${{{one}}}"' for one in sent),
        response=response,
    )


_PAGE = "paths: {names: 'record[].name', cursor: cursor}"
OPERATIONS = {
    "login": _operation(
        "login", "paths: {session: result.key}, secret: [session]", "user", header=""
    ),
    "find": _operation("find", "paths: {total: total, note: note}"),
    "query": _operation("query", _PAGE),
    "queryMore": _operation("queryMore", _PAGE, "cursor"),
    "addNote": _operation("addNote", "paths: {number: number}", "text").replace("read", "order"),
    "removeNote": _operation("removeNote", 'paths: {reply: "@"}', "number").replace(
        "read", "cancel"
    ),
    "logout": _operation("logout", 'paths: {reply: "@"}'),
}
"""The texts of its operations' documents, by name."""


class Crm(City):
    """Answers in the session that it gave; any other request is refused."""

    def __init__(self):
        super().__init__()
        self.open = set()
        self.session = SESSION  # that the next login gives
        self.ends_with, self.ends_after = "", 1  # the request after which the session ends, once
        self.notes = []  # that were added and not removed
        self.loses_note = False  # the next note is added, and its answer is lost
        self.names = []  # of the requests' roots, in order
        self.quotes_session = False  # in its refusals
        self.cursors = []  # that were asked for, in order; "" for the first page
        self.is_endless = False  # its last page leads to itself

    def answer(self, method, address, headers, body):
        envelope = etree.fromstring(body)
        (request,) = envelope.find("{*}Body")
        name = etree.QName(request).localname
        self.names.append(name)
        if name == "login":
            self.open.add(self.session)
            key = f"<result><key>{self.session}</key></result>"
            return _reply(f"<c:loginResponse>{key}</c:loginResponse>")
        session = envelope.findtext(f"{{*}}Header/{{{CRM}}}Session/key")
        if session not in self.open or self.quotes_session:
            return 500, _fault("INVALID_SESSION", f"the session {session} has ended")[1]
        if name == self.ends_with:
            self.ends_after -= 1
            if not self.ends_after:
                self.open.discard(session)
        if name == "logout":
            self.open.discard(session)
            return _reply("<c:logoutResponse/>")
        if name == "addNote":
            self.notes.append(request.findtext("text"))
            number = f"<number>{len(self.notes)}</number>"
            is_lost, self.loses_note = self.loses_note, False
            return None if is_lost else _reply(f"<c:addNoteResponse>{number}</c:addNoteResponse>")
        if name == "removeNote":
            del self.notes[int(request.findtext("number")) - 1]
            return _reply("<c:removeNoteResponse><done>true</done></c:removeNoteResponse>")
        if name in ("query", "queryMore"):
            return self._page(name, request.findtext("cursor") or "")
        return _reply(f"<c:findResponse><total>2</total><note>{session}</note></c:findResponse>")

    def _page(self, name, cursor):
        self.cursors.append(cursor)
        number = int(cursor.removeprefix("page-") or 1)
        records = "".join(f"<record><name>{one}</name></record>" for one in PAGES[number - 1])
        following = min(number + 1, len(PAGES))
        is_last = number == len(PAGES) and not self.is_endless
        more = "" if is_last else f"<cursor>page-{following}</cursor>"
        return _reply(f"<c:{name}Response>{records}{more}</c:{name}Response>")


def _reply(content):
    start = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:c="urn:crm">'
    return 200, f"{start}<s:Body>{content}</s:Body></s:Envelope>".encode()


def _fault(code, text):
    return _reply(
        f"<s:Fault><faultcode>{code}</faultcode><faultstring>{text}</faultstring></s:Fault>"
    )
