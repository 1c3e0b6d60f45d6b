"""The same work by others: bare lxml, zeep, and suds through lowatt-enedis.

zeep and lowatt-enedis are development oracles; the official WSDLs come with the latter. What is
not installed is missing from the tables, and named.
"""

from __future__ import annotations

import importlib.util
import logging
import warnings
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from lxml import etree
from replies import SHAPES

Rows = list[Any]
Read = Callable[[bytes], Rows]
_WSDL = {
    "v2": "ConsultationMesuresDetaillees/ConsultationMesuresDetaillees-v2.0.wsdl",
    "v3": "ConsultationMesuresDetailleesV3/ConsultationMesuresDetaillees-v3.0.wsdl",
}
_LOWATT = {
    "v2": "ConsultationMesuresDetaillees-v2.0",
    "v3": "ConsultationMesuresDetaillees-v3.0",
}


def iterparse(version: str) -> Read:
    """The floor of a parser: pairs of texts, every element cleared as soon as it was read."""
    tag = SHAPES[version].record

    def read(body: bytes) -> Rows:
        rows: Rows = []
        for _, node in etree.iterparse(BytesIO(body), events=("end",), tag=tag, huge_tree=True):
            rows.append((node[1].text, node[0].text))
            node.clear()
            parent = node.getparent()
            while parent[0] is not node:
                del parent[0]
        return rows

    return read


def missing() -> list[str]:
    """The peers that are not installed."""
    return [name for name in ("zeep", "lowatt_enedis") if importlib.util.find_spec(name) is None]


def zeep_client(version: str) -> Any:
    """zeep's client of a version, from the official WSDL."""
    import zeep

    logging.getLogger("zeep").setLevel(logging.ERROR)
    spec = importlib.util.find_spec("lowatt_enedis")
    folder = Path(str(spec and spec.origin)).parent / "wsdl"
    return zeep.Client(str(folder / _WSDL[version]), settings=zeep.Settings(xml_huge_tree=True))


def zeep(version: str) -> Read:
    """zeep's objects, as rows."""
    import requests

    client = zeep_client(version)
    binding = client.service._binding  # noqa: SLF001 - the only door without a server
    operation = binding.get(SHAPES[version].operation)

    def read(body: bytes) -> Rows:
        response = requests.Response()
        response.status_code = 200
        response.headers["Content-Type"] = "text/xml; charset=utf-8"
        response._content = body  # noqa: SLF001
        result = binding.process_reply(client, operation, response)
        record = SHAPES[version].record
        return [(row.d, row.v) for group in result.grandeur for row in group[record]]

    return read


def lowatt_client(version: str) -> Any:
    """lowatt-enedis' suds client of a version; it never connects here."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    import lowatt_enedis

    return lowatt_enedis.get_client(_LOWATT[version], "none", "none")


def lowatt(version: str) -> Read:
    """suds' objects, as rows."""
    method = getattr(lowatt_client(version).service, SHAPES[version].operation)

    def read(body: bytes) -> Rows:
        result = method(__inject={"reply": body})
        record = SHAPES[version].record
        return [(row.d, row.v) for group in result.grandeur for row in getattr(group, record)]

    return read
