"""The names and the units under which measures are stored.

The name of a series is its kind, followed by each property that is not the default: `_injection`,
the quantity, the grid, the time class, the unit. Delivered files and
replies of the web services are stored under the same names, so `load_curve`, `daily_energy` and
`max_power` are one series for every source.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.language.rows import Rows, join
from sgeflow.core.measures.columns import Measures
from sgeflow.core.measures.conventions import is_blank
from sgeflow.messages import Message, say, say_count
from sgeflow.patterns import regex

_UNITS = {
    "w": ("W", 1),
    "kw": ("W", 1000),
    "wh": ("Wh", 1),
    "kwh": ("Wh", 1000),
    "va": ("VA", 1),
    "kva": ("VA", 1000),
    "var": ("VAr", 1),
    "kvar": ("VAr", 1000),
    "wr": ("VAr", 1),  # R4x writes kWr for kVAr
    "kwr": ("VAr", 1000),
    "varh": ("VArh", 1),
    "kvarh": ("VArh", 1000),
    "v": ("V", 1),
    "s": ("s", 1),
}
# TOUT: the detailed measures v3 write it for quantities without a direction (XSD: grandeurMetier)
_DIRECTIONS = {"": "", "cons": "", "sout": "", "tout": "", "prod": "injection", "inje": "injection"}
_QUANTITIES = {
    "energieactive": "EA",
    "puissanceactive": "PA",
    "puissancemaximaleatteinte": "PMA",
    "puissancemaximale": "PMA",
}
_NO_WORD = regex(r"[^a-z0-9]+")
_LONGEST_SLUG = 40  # characters of a time class in a name
_LONGEST_UNIT = 12  # characters
_SUPPLIER, _DISTRIBUTOR = ("fournisseur", "frn"), ("distributeur", "turpe")
_LONGEST_GRID_CODE = 3  # characters; a longer text is a word, as "facturation"
# registers of all time classes: IDX_EAS_T, and one of each reactive energy (GUI.0503 1.2.2.1)
_TOTAL_REGISTERS = ("idxeast", "idxeait", "idxersc", "idxersi", "idxeric", "idxerii")
_SUPPLIER_GRID = "supplier"
_UNKNOWN = "inconnu"  # Enedis writes it for an unknown class or calendar
_NO_CALENDARS = ("", "f", _UNKNOWN)  # F: a supplier's calendar without its id
_REPROGRAMMED = ("av", "as", "ap")
_TOTAL_GRID = "t"  # in CSV files, the grid of a total, without calendar and class


class QuantityKind(Struct, frozen=True):
    """How a physical quantity is stored: the words of its series, and its default unit."""

    base: str
    unit: str
    suffix: str = ""


CURVES = {
    "PA": QuantityKind("load_curve", "W"),
    "EA": QuantityKind("load_curve", "W"),  # R4x names the active curve EA
    "PRI": QuantityKind("load_curve", "VAr", "pri"),
    "ERI": QuantityKind("load_curve", "VAr", "pri"),
    "PRC": QuantityKind("load_curve", "VAr", "prc"),
    "ERC": QuantityKind("load_curve", "VAr", "prc"),
    "E": QuantityKind("voltage_curve", "V"),
}
_CURVES = tuple({kind.base for kind in CURVES.values()})
ENERGIES = {
    "EA": QuantityKind("daily_energy", "Wh"),
    "ER": QuantityKind("daily_energy", "VArh", "er"),
    "ERC": QuantityKind("daily_energy", "VArh", "erc"),
    "ERI": QuantityKind("daily_energy", "VArh", "eri"),
}
PEAKS = {
    "PMA": QuantityKind("max_power", "VA"),
    "PMA1": QuantityKind("max_power", "VA", "phase1"),
    "PMA2": QuantityKind("max_power", "VA", "phase2"),
    "PMA3": QuantityKind("max_power", "VA", "phase3"),
}
MONTHLY_PEAKS = {code: replace(kind, base="monthly_max_power") for code, kind in PEAKS.items()}
INDEXES = {
    "EA": QuantityKind("index", "Wh"),
    "ER": QuantityKind("index", "VArh", "er"),
    "ERC": QuantityKind("index", "VArh", "erc"),
    "ERI": QuantityKind("index", "VArh", "eri"),
    "PMA": QuantityKind("register", "VA", "pma"),
    "DD": QuantityKind("register", "s", "dd"),
    "DE": QuantityKind("register", "Wh", "de"),
    "DQ": QuantityKind("register", "W", "dq"),
    "TF": QuantityKind("register", "s", "tf"),
}
BILLED = {quantity: replace(kind, base="billing") for quantity, kind in INDEXES.items()} | {
    "ERN": QuantityKind("billing", "VArh", "ern"),  # negative reactive energy, since September 2026
    "PA": QuantityKind("billing", "VA", "pa"),  # the maximum power reached
}


BASES = tuple(
    sorted(
        {
            k.base
            for kinds in (CURVES, ENERGIES, MONTHLY_PEAKS, PEAKS, INDEXES, BILLED)
            for k in kinds.values()
        }
    )
)
"""The beginnings of the names of series that Enedis gives."""


class Register(Struct, frozen=True, kw_only=True):
    """The description of a register and of a reading; some fields may be empty, but not all."""

    reading: str = ""  # AQ, AV, AP …
    calendar: str = ""
    grid: str = ""
    time_class: str = ""
    code: str = ""
    label: str = ""


class NamedSeries(Struct, frozen=True, kw_only=True):
    """The name of a series, its unit, and the factor from the written unit to that unit."""

    name: str
    unit: str
    factor: int


def is_curve(name: str) -> bool:
    """Whether a series holds intervals of the clock: load curves and voltage curves."""
    return name.startswith(_CURVES)


def name_of(
    quantity: str, direction: str, unit: str, kinds: Mapping[str, QuantityKind], *parts: str
) -> NamedSeries:
    """The series of a quantity, which must be one of `kinds`.

    Raises:
        ValueError: the quantity or direction is not known, or a word has no letters.
    """
    kind, direction_word = kind_of(quantity, direction, kinds)
    kept_unit, factor = unit_of(unit)
    foreign = "" if kept_unit == kind.unit else kept_unit
    words = (kind.base, direction_word, kind.suffix, *parts, foreign)
    return NamedSeries(
        name="_".join(_slug(word) for word in words if word), unit=kept_unit, factor=factor
    )


def kind_of(
    quantity: str, direction: str, kinds: Mapping[str, QuantityKind]
) -> tuple[QuantityKind, str]:
    """How a quantity, one of `kinds`, is stored; and the word for its direction in names.

    Raises:
        ValueError: the quantity or direction is not known.
    """
    kind = quantity_of(quantity, kinds)
    word = _DIRECTIONS.get(plain(direction)[:4])
    if word is None:
        raise ValueError(
            say('the direction "{direction}" is not CONS or PROD', direction=direction[:20])
        )
    return kind, word


def quantity_of(quantity: str, kinds: Mapping[str, QuantityKind]) -> QuantityKind:
    """How a quantity, one of `kinds`, is stored.

    Raises:
        ValueError: the quantity is not known.
    """
    code = _QUANTITIES.get(plain(quantity), quantity.upper())
    if code not in kinds:
        known = ", ".join(kinds)
        raise ValueError(
            say(
                'the quantity "{quantity}" is not known there ({known})',
                quantity=quantity[:20],
                known=known,
            )
        )
    return kinds[code]


def unit_of(text: str) -> tuple[str, int]:
    """The unit in which values are stored, and the factor from the written unit to it.

    Raises:
        ValueError: the written unit is not a short word.
    """
    if not text or len(text) > _LONGEST_UNIT or not text.isascii() or not text.isprintable():
        raise ValueError(say("a unit is not a short word"))
    return _UNITS.get(plain(text), (text, 1))


def scale(value: Any, factor: int) -> Any:
    """A value in a smaller unit, exact: 0.1 kW is 100 W. Other text stays as it is."""
    try:
        exact = Decimal(str(value).strip()) * factor
    except InvalidOperation:
        return value
    if not exact.is_finite():
        return value
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def parts_of(register: Register) -> tuple[str, ...]:
    """The words that a register adds to the name of its series; none if nothing names it.

    A register of the distributor adds its class, because calendars of a segment have different
    classes. Suppliers' calendars share classes and restart their registers, so a supplier's
    register adds its calendar, its class and its code. Readings before, at and after a
    reprogramming (AV, AS, AP) have the same instant, so each of the three has its own series.
    """
    code, grid = plain(register.code), plain(register.grid)
    reading = plain(register.reading)
    moment = (reading,) if reading in _REPROGRAMMED else ()
    if not _class_of(register) and (code in _TOTAL_REGISTERS or grid == _TOTAL_GRID):
        return ("total", *moment)
    parts = grid_parts(register)
    if not parts or parts[0] != _SUPPLIER_GRID:
        return (*parts, *moment) if parts else ()
    calendar = "" if plain(register.calendar) in _NO_CALENDARS else register.calendar
    short = register.code.rpartition("_")[2] if _class_of(register) else ""
    return (*filter(None, (parts[0], calendar, parts[1], short)), *moment)


def grid_parts(register: Register) -> tuple[str, ...]:
    """The words that an amount of a register adds to its series' name: its grid and its class.

    Some time classes have no id (R64 of real meters), or an unknown one (R151): then the register's
    code names them.
    """
    name = _class_of(register) or register.code or register.label
    if not name:
        return ()
    of_grid = grid_of(register.calendar, register.grid)
    return (of_grid, name) if of_grid else (name,)


def _class_of(register: Register) -> str:
    return "" if plain(register.time_class) == _UNKNOWN else register.time_class


def grid_of(calendar: str, grid: str) -> str:
    """The word for a grid: empty for the distributor's, `supplier` for a supplier's.

    Any other grid has its own word, such as `facturation`, or the id of its calendar. Ids of
    calendars begin with FC for a supplier and with FD or D for a distributor; R171 and the CSV
    files write D or a word instead.
    """
    words = plain(grid)
    if words == "f" or any(word in words for word in _SUPPLIER):
        return _SUPPLIER_GRID
    if words == "d" or any(word in words for word in _DISTRIBUTOR):
        return ""
    if len(words) > _LONGEST_GRID_CODE:
        return grid
    code = calendar.upper()
    if code.startswith("FC") or code == "F":
        return _SUPPLIER_GRID
    if code.startswith(("D", "FD")) or not code:
        return ""
    return calendar


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A name as ASCII letters and digits in lower case, without accents, for comparisons."""
    bare = unicodedata.normalize("NFKD", name)
    return "".join(sign for sign in bare if sign.isalnum() and sign.isascii()).lower()


def _slug(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    slug = _NO_WORD.sub("_", letters).strip("_")
    if is_blank(slug):
        raise ValueError(say("the name of a time class or calendar has no letters"))
    return slug[:_LONGEST_SLUG]


FAMILIES: Mapping[str, Mapping[str, QuantityKind]] = MappingProxyType(
    {
        "load_curve": CURVES,
        "daily_energy": ENERGIES,
        "max_power": PEAKS,
        "monthly_max_power": MONTHLY_PEAKS,
        "index": INDEXES,
    }
)
"""The quantities of a reply and how each is stored, by the series of the most common one."""

MeasureRows = Sequence[Mapping[str, Any]]


class Quantity(Struct, frozen=True, kw_only=True):
    """The rows of one series."""

    name: str
    unit: str
    rows: Sequence[Mapping[str, Any]]


def quantities(blocks: Sequence[Any], family: str) -> tuple[Quantity, ...]:
    """The quantities in the blocks of a reply, in order; blocks of the same series are joined.

    A block is `{direction, quantity, unit, measures}`, or for readings `{direction, quantity, unit,
    calendars: [{id, classes: [{id, label, register, values}]}], total}`, with their `type`.

    Raises:
        ValueError: a block is not an object, or its quantity, direction or register is not known.
    """
    by_name: dict[str, tuple[NamedSeries, list[MeasureRows]]] = {}
    for block in blocks:
        if not isinstance(block, Mapping):
            raise ValueError(say("a block is not an object"))  # noqa: TRY004 (told with the others)
        for named, rows in _name_series(block, FAMILIES[family]):
            known, parts = by_name.setdefault(named.name, (named, []))
            if known.unit != named.unit:
                raise ValueError(
                    say(
                        "{series} comes in {one} and in {other}",
                        series=named.name,
                        one=known.unit,
                        other=named.unit,
                    )
                )
            parts.append(in_unit(rows, named.factor))
    return tuple(
        Quantity(name=named.name, unit=named.unit, rows=join(parts))
        for named, parts in by_name.values()
    )


def _name_series(
    block: Mapping[str, Any], kinds: Mapping[str, QuantityKind]
) -> Iterator[tuple[NamedSeries, MeasureRows]]:
    words = (_word(block, "quantity"), _word(block, "direction"), _word(block, "unit"))
    if "measures" in block:
        yield name_of(*words, kinds), _list(block, "measures")
    for register, rows in _registers(block):
        parts = parts_of(register)
        if not parts:
            raise ValueError(say("a register has neither a time class nor a code"))
        yield name_of(*words, kinds, *parts), rows
    if total := block.get("total"):
        register = Register(reading=_word(block, "type"), grid="T")
        yield name_of(*words, kinds, *parts_of(register)), _list(total, "values")


def _registers(block: Mapping[str, Any]) -> Iterator[tuple[Register, MeasureRows]]:
    for calendar in _list(block, "calendars"):
        for one in _list(calendar, "classes"):
            register = Register(
                reading=_word(block, "type"),
                calendar=_word(calendar, "id"),
                time_class=_word(one, "id"),
                code=_word(one, "register"),
                label=_word(one, "label"),
            )
            yield register, _list(one, "values")


def in_unit(rows: MeasureRows, factor: int) -> MeasureRows:
    """Rows with their values multiplied by a factor."""
    if factor == 1:
        return rows
    return [{**row, "value": scale(row.get("value"), factor)} for row in rows if row]


def _word(block: Mapping[str, Any], name: str) -> str:
    value = block.get(name)
    return value if isinstance(value, str) and not is_blank(value) else ""


def _list(block: Any, name: str) -> MeasureRows:
    value = block.get(name) if isinstance(block, Mapping) else None
    if value is None:
        return []
    if not isinstance(value, list | Rows):
        raise ValueError(say("the {name} of a block are not a list", name=name))  # noqa: TRY004 (told with the others)
    return value


_PEAKS = {"max_power": False, "monthly_max_power": True}  # whether its periods are months


class PeakPeriod(Struct, frozen=True):
    """The periods, civil days or months, that have one maximum power each in a series.

    Enedis may correct a maximum power and give it another instant (sge.md 5.2 and 5.6; the guide of
    R66, Enedis.SGE.GUI.0503 1.2.4). A power that comes later replaces the one of the same period.
    """

    is_month: bool

    def of(self, starts: Iterable[int]) -> Iterator[date]:
        """The first day of each instant's period; instants are UTC epoch seconds."""
        from sgeflow.core.measures.civil_time import each_day

        days = each_day(starts)
        return (day.replace(day=1) for day in days) if self.is_month else days

    def bounds(self, first: int, last: int) -> tuple[int, int]:
        """The first second of the period of `first` and the last second of that of `last`."""
        from sgeflow.core.measures.civil_time import midnight, next_month

        begin, end = self.of((first, last))
        following = next_month(end) if self.is_month else end + timedelta(days=1)
        return midnight(begin), midnight(following) - 1


def peak_period(series: str) -> PeakPeriod | None:
    """The periods of a series of maximum powers; None for any other series."""
    for base, is_month in _PEAKS.items():
        if series == base or series.startswith(f"{base}_"):
            return PeakPeriod(is_month)
    return None


def warn_of_several_peaks(series: str, measures: Measures) -> Message | None:
    """The warning if measures have more than one maximum power for a day or month."""
    period = peak_period(series)
    if period is None or not measures:
        return None
    counted = Counter(period.of(measures.starts))
    first = next((day for day, count in counted.items() if count > 1), None)
    if first is None:
        return None
    from sgeflow.core.measures.civil_time import civil

    one, other, *_ = (at for at in measures.starts if [*period.of((at,))] == [first])
    several = sum(count > 1 for count in counted.values())
    periods = say_count("{count:,} day", "{count:,} days", count=several)
    if period.is_month:
        periods = say_count("{count:,} month", "{count:,} months", count=several)
    return say(
        "more than one highest power came for {periods}; all are kept (first {one} and {other})",
        periods=periods,
        one=civil(one).isoformat(),
        other=civil(other).isoformat(),
    )
