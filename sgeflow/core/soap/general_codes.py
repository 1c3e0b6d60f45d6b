"""The fault codes of SOAP itself, as `Client` and `Server`, which say nothing of a service."""

_SENDERS = {"Client", "Sender", "MustUnderstand", "VersionMismatch", "DataEncodingUnknown"}
_GENERAL = {*_SENDERS, "Server", "Receiver"}


def is_general(code: str) -> bool:
    """Whether a code is one of SOAP itself, as `Server`, which may have any cause."""
    return _first_part(code) in _GENERAL


def blames_request(code: str) -> bool:
    """Whether a code is one of SOAP itself that blames the request, as `Client`."""
    return _first_part(code) in _SENDERS


def _first_part(code: str) -> str:
    return code.partition(".")[0]  # SOAP 1.1 refines a code after a dot: `Client.Login`
