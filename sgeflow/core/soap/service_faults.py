"""Reads the SOAP fault of any service: its code, its reason, and the side at fault."""

from collections.abc import Container, Iterator, Mapping
from typing import Any

from msgspec import Struct

from sgeflow.core.language.expression import Expression
from sgeflow.core.soap.general_codes import blames_request, is_general
from sgeflow.core.soap.xml import (
    Element,
    all_attributes,
    bare,
    find_children,
    local_name,
    text_of,
    to_document,
)
from sgeflow.core.wires.lists import taken_lists
from sgeflow.errors import EvaluationError
from sgeflow.patterns import regex

SOAP_11 = "{http://schemas.xmlsoap.org/soap/envelope/}"
SOAP_12 = "{http://www.w3.org/2003/05/soap-envelope}"
_QUALIFIED = regex(r"[A-Za-z_][\w.-]*:([^:/\s]+)")  # `sf:INVALID_LOGIN`; prefixes vary


class FaultParts(Struct, frozen=True):
    """The parts of a fault, and whether it blames the request."""

    code: str  # the service's code without prefix; empty without a code
    reason: str
    blames_request: bool


def read_parts(
    fault: Element, paths: Mapping[str, Expression], known: Container[str]
) -> FaultParts:
    """The parts of a fault.

    Args:
        fault: the element `Fault` of either version.
        paths: expressions over the fault for its `code` and `message`, where an operation has any.
        known: the codes that documents describe; of several candidates, such a code is taken.
    """
    names = [_local(text_of(node)) for node in _soap_codes(fault)]
    data = to_document(fault, taken_lists(path.syntax_tree for path in paths.values()))
    if "code" in paths:
        candidates = [_found(paths["code"], data)]
    else:
        own = (name for name in reversed(names) if name in known or not is_general(name))
        candidates = [*own, *_lone_code(fault)]
    code = next((each for each in candidates if each in known), next(iter(candidates), ""))
    declared = _found(paths["message"], data) if "message" in paths else ""
    reason = declared or _reason(fault)
    return FaultParts(code, reason, any(map(blames_request, names)))


def codes_in(root: Element) -> Iterator[tuple[Element, str]]:
    """Each text in an element named as a code, with its element; SOAP's own codes are left out."""
    for node in root.iter("*"):
        for name, value in all_attributes(node):
            if "code" in bare(name).lower():
                yield node, value.strip()
        if "code" in local_name(node).lower() and not _is_soaps(node):
            yield node, text_of(node)


def is_alone(code: str, root: Element) -> bool:
    """Whether a code is the only one in a document, except SOAP's general codes.

    The document may repeat the code, or quote the fault of another system.
    """
    names = (_local(text_of(node)) for one in root.iter("{*}Fault") for node in _soap_codes(one))
    is_said_alone = all(name in ("", code) or is_general(name) for name in names)
    return is_said_alone and all(text == code for _, text in codes_in(root))


def _is_soaps(node: Element) -> bool:
    above = node.getparent()
    if above is None:
        return False
    if local_name(node) == "faultcode":
        return bool(above.tag == f"{SOAP_11}Fault")
    if node.tag == f"{SOAP_12}Subcode":
        return _is_soaps(above)
    return bool(node.tag == f"{SOAP_12}Code" and above.tag == f"{SOAP_12}Fault")


def _soap_codes(fault: Element) -> Iterator[Element]:
    """The elements of SOAP's own codes: `faultcode`, or `Code` and its `Subcode`s."""
    yield from find_children(fault, "faultcode")
    waiting = list(find_children(fault, "Code"))
    while waiting:
        node = waiting.pop()
        yield from find_children(node, "Value")
        waiting += find_children(node, "Subcode")


def _lone_code(fault: Element) -> list[str]:
    """The code in the detail, if there is exactly one."""
    details = (*find_children(fault, "detail"), *find_children(fault, "Detail"))
    codes = {_local(text) for detail in details for _, text in codes_in(detail) if text}
    return list(codes) if len(codes) == 1 else []


def _reason(fault: Element) -> str:
    texts = (
        *find_children(fault, "faultstring"),
        *(text for node in find_children(fault, "Reason") for text in find_children(node, "Text")),
    )
    return next(filter(None, map(text_of, texts)), "")


def _found(path: Expression, data: Any) -> str:
    """The text at a path, even beside attributes; empty for zero or several texts."""
    try:
        value = path.search(data)
    except EvaluationError:
        return ""
    value = value.get("text", "") if isinstance(value, dict) else value
    return _local(value) if isinstance(value, str) else ""


def _local(text: str) -> str:
    qualified = _QUALIFIED.fullmatch(text)
    return qualified[1] if qualified else text
