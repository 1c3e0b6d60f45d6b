"""An example call of each function over one sample, and the purpose of JMESPath's functions."""

import json
from typing import Any

from sgeflow.core.language.expression import compile_expression
from sgeflow.core.language.unparse import paths

SAMPLE: dict[str, Any] = {
    "segment": "C5",
    "level": "2",
    "power": "9.0",
    "consent": False,
    "missing": None,
    "contractId": "1234567",
    "today": "2025-06-15",
    "start": "2025-05-15T10:00:00+02:00",
    "name": "Hélène Œuvrard",
    "address": "Appt 3, 12 r. des Érables",
    "services": [
        {
            "id": "11",
            "measure": "CDC",
            "state": "ACTIF",
            "contract": "1234567",
            "start": "2025-01-01",
            "end": "2025-06-14",
        },
        {
            "id": "12",
            "measure": "IDX",
            "state": "DEMANDE",
            "contract": "1234567",
            "start": "2025-06-15",
            "end": None,
        },
        {
            "id": "13",
            "measure": "CDC",
            "state": "TERMINE",
            "contract": "7654321",
            "start": "2024-01-01",
            "end": "2024-12-31",
        },
    ],
    "days": [
        {"date": "2025-06-13", "value": 4200},
        {"date": "2025-06-14", "value": None},
        {"date": "2025-06-15", "value": 3900},
    ],
}
"""The sample data that the example calls read."""

OURS: dict[str, str] = {
    "address_match": "address_match(address, '12 RUE DES ERABLES', missing, 'APPT 3')",
    "among": "among(services, &date(start), ['2025-06-15', '2025-01-01'])[].id",
    "bucket": "bucket(contractId, 30)",
    "date": "date(start)",
    "date_add": "date_add(today, '-P1Y')",
    "date_part": "date_part(start, 'weekday')",
    "days_between": "days_between(start, today)",
    "default": "default(missing, segment, 'C4')",
    "earliest": "earliest(services[].end)",
    "empty": "empty(services)",
    "format": "format('{} kVA on {}', power, today)",
    "group_by": "group_by(services, &measure)[].{measure: key, ids: items[].id}",
    "having": "having(services, {measure: 'CDC', contract: contractId})[].id",
    "if": "if(consent, 'agreed', segment == 'C5', 'at home', 'elsewhere')",
    "latest": "latest(services[].end)",
    "match": "match(contractId, '[0-9]{7}')",
    "name_match": "name_match(name, 'Hélène', 'OEUVRARD')",
    "names_to_search": "names_to_search('Mme de la Tour-Morin', null)",
    "normalise": "normalise(address, 'street')",
    "one_each": "one_each(services, &id, ['13', '11'])[].measure",
    "one_of": "one_of(segment, 'C4', 'C5')",
    "present": "present(missing)",
    "replace": "replace(name, 'Œ', 'Oe')",
    "round": "round(to_number(power), 0)",
    "same_flat": "same_flat(address, 'BAT B', 'ETG 1 APPT 4')",
    "same_town": "same_town('Couzon au Mt d Or', 'COUZON AU MONT D OR')",
    "split": "split(name, ' ')",
    "substring": "substring(name, 0, 3)",
    "sum_by": "sum_by(days, &value)",
    "valid_on": "valid_on(services, '2025-01-15')[].id",
    "windows": "windows('2025-06-01', today, 'P7D')",
}
"""An example call of each function that sgeflow adds to JMESPath."""

JMESPATH: dict[str, tuple[str, str]] = {
    "abs": ("abs(days_between(today, start))", "the number without its sign"),
    "avg": ("avg(days[?value != null].value)", "the mean of numbers"),
    "ceil": ("ceil(to_number('2.1'))", "the next whole number"),
    "contains": ("contains(services[].id, '12')", "whether a list or a text has it in it"),
    "ends_with": ("ends_with(contractId, '67')", "whether a text ends so"),
    "floor": ("floor(to_number('2.9'))", "the whole number before"),
    "join": ("join(', ', services[].id)", "texts in one, with something between them"),
    "keys": ("keys(days[0])", "the names of an object"),
    "length": ("length(services)", "how many: items, characters, names"),
    "map": ("map(&value, days)", "something of each item, nulls too"),
    "max": ("max(days[?value != null].value)", "the greatest"),
    "max_by": ("max_by(services, &start).id", "the item of which this is the greatest"),
    "merge": ("merge(days[0], {value: 0})", "objects in one; the last word counts"),
    "min": ("min(days[?value != null].value)", "the least"),
    "min_by": ("min_by(services, &start).id", "the item of which this is the least"),
    "reverse": ("reverse(services[].id)", "the other way round"),
    "sort": ("sort(services[].measure)", "in order"),
    "sort_by": ("sort_by(services, &start)[].id", "items in the order of this"),
    "starts_with": ("starts_with(today, '2025')", "whether a text begins so"),
    "sum": ("sum([2, 3])", "the sum of numbers"),
    "to_array": ("to_array(segment)", "a list, of one item where it was none"),
    "to_number": ("to_number(power)", "a number of text; null when it is none"),
    "to_string": ("to_string(12)", "text"),
    "type": ("type(services)", "the sort, in JMESPath's words"),
    "values": ("values(days[0])", "what an object holds"),
}
"""An example call of each JMESPath function that expressions may use, and its purpose."""


def result_of(call: str) -> str:
    """The result of a call over the sample, as JSON."""
    return json.dumps(compile_expression(call).search(SAMPLE), ensure_ascii=False)


def names_read(call: str) -> dict[str, Any]:
    """The names of the sample that a call reads, with their values."""
    roots = dict.fromkeys(path[0] for path in paths(compile_expression(call).syntax_tree) if path)
    return {name: SAMPLE[name] for name in roots if name in SAMPLE}
