"""The names that the tests of expressions may read, as a flow in its middle knows them."""

from sgeflow.core.checking.expressions.known import Known
from sgeflow.core.checking.operations import ENV
from sgeflow.core.language.shapes import ANY, BOOLEAN, NULL, NUMBER, TEXT, XML, list_of, object_of

_SERVICE = object_of({"id": XML, "type": XML, "state": XML, "start": XML, "end": XML})
_MEASURE = object_of({"date": XML, "value": XML, "step": XML})
_CONTRACT = object_of(
    {"segment": XML, "level": XML, "services": list_of(_SERVICE), "measures": list_of(_MEASURE)},
    "readContract",
)
_PERIOD = object_of({"start": TEXT, "end": TEXT, "days": NUMBER}, "the set")
_ORDER = object_of({"serviceId": XML, "since": TEXT}, "orderThing").maybe()
_STEPS = object_of(
    {
        "contract": _CONTRACT,
        "period": _PERIOD,
        "level": NULL,
        "weeks": list_of(_CONTRACT),
        "order": _ORDER,
        "renewal": _ORDER,
        "group": object_of({"order": _ORDER, "period": _PERIOD}, "the group"),
    },
    "steps",
)
_INPUTS = {
    "pointId": TEXT,
    "history": TEXT,
    "count": NUMBER,
    "flag": BOOLEAN,
    "tags": list_of(TEXT),
    "figures": list_of(NUMBER),
    "person": object_of({"lastname": TEXT}),
}

KNOWN = Known(
    {
        "inputs": object_of(_INPUTS, "inputs"),
        "steps": _STEPS,
        "state": object_of({"boId": ANY, "serviceId": ANY}, "state"),
        "env": ENV,
        "run": object_of({"id": TEXT, "today": TEXT, "now": TEXT}, "run"),
        "week": object_of({"start": TEXT, "end": TEXT}, "windows()"),
    },
    later=frozenset({"after", "keep"}),
)
