"""A CRM on loopback, with a login, a session in the SOAP header, a question and a logout."""

from lxml import etree

from tests.city import City

SESSION = "7f3Kq9-ZpW2-LmX8-004512"
CRM = "urn:crm"


class Crm(City):
    """Answers in the session that it gave; any other request is refused."""

    def __init__(self):
        super().__init__()
        self.open = set()
        self.names = []  # of the requests' roots, in order
        self.quotes_session = False  # in its refusals

    def answer(self, method, address, headers, body):
        envelope = etree.fromstring(body)
        (request,) = envelope.find("{*}Body")
        name = etree.QName(request).localname
        self.names.append(name)
        if name == "login":
            self.open.add(SESSION)
            return _reply(
                f"<c:loginResponse><result><key>{SESSION}</key></result></c:loginResponse>"
            )
        session = envelope.findtext(f"{{*}}Header/{{{CRM}}}Session/key")
        if session not in self.open or self.quotes_session:
            return 500, _fault("INVALID_SESSION", f"the session {session} has ended")[1]
        if name == "logout":
            self.open.discard(session)
            return _reply("<c:logoutResponse/>")
        return _reply(f"<c:findResponse><total>2</total><note>{session}</note></c:findResponse>")


def _reply(content):
    start = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:c="urn:crm">'
    return 200, f"{start}<s:Body>{content}</s:Body></s:Envelope>".encode()


def _fault(code, text):
    return _reply(
        f"<s:Fault><faultcode>{code}</faultcode><faultstring>{text}</faultstring></s:Fault>"
    )
