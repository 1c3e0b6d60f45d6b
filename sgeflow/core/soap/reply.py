"""Classifies a response: the reply's element, a fault, or no usable answer."""

from collections.abc import Mapping

from sgeflow.core.documents import FaultEntry, Operation
from sgeflow.core.model import Fault, NoAnswer, Response
from sgeflow.core.soap.xml import Element, local_name, parse, payload
from sgeflow.core.wires.answers import OK, SHOWN, Flaw, is_page, page_words
from sgeflow.messages import say

Faults = Mapping[str, FaultEntry]


def read_reply(
    operation: Operation, response: Response, faults: Faults, tree: Element | Flaw | None = None
) -> Element | Fault | NoAnswer:
    """Return the reply's element, a fault of service or gateway, or the reason for no answer.

    Args:
        operation: the called operation.
        response: the HTTP response; a fault may have any status.
        faults: the catalogue of codes; the operation's own classes come before it.
        tree: the parsed body, if it was parsed before.
    """
    if is_page(response.body):
        tree = Flaw(page_words(response, say("an XML answer")))
    elif tree is None:
        tree = parse(response.body)
    element = tree if isinstance(tree, Flaw) else _check_element(operation, payload(tree))
    if response.status in OK and not isinstance(element, Flaw):
        return element
    from sgeflow.core.soap.faults import gateway_xml, proves_refusal, soap_fault
    from sgeflow.core.wires.refusals import Answer

    refuses = proves_refusal(operation, response, tree, faults)
    answer = Answer(operation, response, faults, refuses)
    content = tree if isinstance(tree, Flaw) else payload(tree)
    if isinstance(content, Flaw):
        if isinstance(tree, Flaw) or local_name(tree) != "fault":
            refusal = answer.gateway_json()
        else:
            refusal = gateway_xml(answer, tree)
    else:
        refusal = soap_fault(answer, content) if local_name(content) == "Fault" else None
    if refusal:
        return refusal
    flaw = element if isinstance(element, Flaw) else None
    return answer.without_code(flaw, say("a SOAP envelope, text/xml"))


def read_saved(operation: Operation, body: bytes, faults: Faults) -> Element | Fault | NoAnswer:
    """The element of a reply in a file, which holds a whole envelope or the element of its Body."""
    tree = parse(body)
    if not isinstance(tree, Flaw) and local_name(tree) in operation.response.elements:
        return tree
    return read_reply(operation, Response(status=200, headers={}, body=body), faults, tree)


def _check_element(operation: Operation, element: Element | Flaw) -> Element | Flaw:
    names = operation.response.elements
    if isinstance(element, Flaw) or local_name(element) in names:
        return element
    if local_name(element) == "Body":
        return Flaw(say("is a SOAP envelope with an empty Body"))
    return Flaw(
        say(
            "holds “{seen}”, where <{names}> belongs",
            seen=local_name(element)[:SHOWN],
            names="> or <".join(names),
        )
    )
