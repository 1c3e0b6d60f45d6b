"""Delivered files of half-hours and of readings, kept, beside what reads them into a frame.

python benchmarks/bench_files.py            # 57 points: a million half-hours, 700,000 readings
python benchmarks/bench_files.py --points 570 --rounds 1

sgeflow decodes into an empty store: digest, names of series, instants in UTC, one transaction. The
others give a frame with stamps, and keep nothing. Each is a process of its own; CPU is all that it
takes, from its first import.
"""

from __future__ import annotations

import argparse
import compileall
import importlib.util
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
STEP = timedelta(minutes=30)
START = datetime(2024, 12, 31, 23, tzinfo=UTC)
DAYS, A_DAY = 365, 48
JSON, CSV, XML = "ENEDIS_R63_P_CdC_M0000001.json", "ENEDIS_R63_P_CdC_M0000002.csv", "ERDF_R50_1.xml"
INDEX_DAYS = 1095
CLASSES = {
    "DI000003": ("HPH", "HCH", "HPB", "HCB"),
    "FC000050": ("BUHP", "BUHC", "BCHP", "BCHC", "RHP", "RHC"),
}
INDEXES, INDEX_TABLE = "ENEDIS_R64_P_INX_M0000003.json", "ENEDIS_R64_P_INX_M0000004.csv"
COLUMNS = (
    "Identifiant PRM;Date de début;Date de fin;Grandeur physique;Grandeur métier;Etape métier;"
    "Unité;Horodate;Valeur;Nature;Pas;Indice de vraisemblance;Etat complémentaire\n"
)
INDEX_COLUMNS = (
    "Identifiant PRM;Date de début;Date de fin;Grandeur physique;Grandeur métier;Etape métier;"
    "Unité;Horodate;Contexte de relève;Type de relève;Motif de relève;Grille;"
    "Identifiant calendrier;Libellé calendrier;Identifiant classe temporelle;"
    "Libellé classe temporelle;Cadran;Valeur;Indice de vraisemblance\n"
)


def write(folder: Path, points: int) -> None:
    """The same year of each point in the three forms, the same for the same number."""
    moments = [(START + STEP * (n + 1)).astimezone(PARIS) for n in range(DAYS * A_DAY)]
    dates = [f"{one:%Y-%m-%d %H:%M:%S}" for one in moments]
    stamps = [one.isoformat() for one in moments]
    random = Random(3)
    with (
        (folder / JSON).open("w") as of_json,
        (folder / CSV).open("w", encoding="utf-8") as of_csv,
        (folder / XML).open("w") as of_xml,
    ):
        of_json.write('{"header":{"codeFlux":"R63"},"mesures":[')
        of_csv.write(COLUMNS)
        of_xml.write('<?xml version="1.0" encoding="UTF-8"?>\n<R50>\n')
        for number in range(points):
            point, values = f"3{number:013d}", [random.randint(60, 3000) for _ in dates]
            of_json.write("," * bool(number) + _entry(point, values, dates))
            of_csv.writelines(
                f"{point};2025-01-01;2026-01-01;PA;CONS;BRUT;W;{at};{watts};B;PT30M;;\n"
                for at, watts in zip(dates, values, strict=True)
            )
            of_xml.writelines(_readings(point, values, stamps))
        of_json.write("]}")
        of_xml.write("</R50>\n")
    _write_indexes(folder, points)


def _write_indexes(folder: Path, points: int) -> None:
    """Daily readings of ten registers and their total, in both forms."""
    dates = [f"{date(2023, 1, 1) + timedelta(days=day)} 00:00:00" for day in range(INDEX_DAYS)]
    random = Random(3)
    with (folder / INDEXES).open("w") as of_json, (folder / INDEX_TABLE).open("w") as of_csv:
        of_json.write('{"header":{"codeFlux":"R64"},"mesures":[')
        of_csv.write(INDEX_COLUMNS)
        for number in range(points):
            point, registers = f"3{number:013d}", dict[tuple[str, str], list[dict[str, object]]]()
            for calendar, name in [*((c, n) for c, ns in CLASSES.items() for n in ns), ("", "")]:
                values = accumulate(random.randint(0, 9000) for _ in dates)
                rows = [{"d": at, "v": one, "iv": 0} for at, one in zip(dates, values, strict=True)]
                registers[calendar, name] = rows
                grid = calendar[:1] or "T"
                of_class = f"{grid};{calendar or 'null'};x;{name or 'null'};x;IDX_EAS_{name or 'T'}"
                of_csv.writelines(
                    f"{point};2023-01-01;2026-01-01;EA;CONS;BRUT;Wh;{row['d']};COL;AQ;null;"
                    f"{of_class};{row['v']};0\n"
                    for row in rows
                )
            of_json.write("," * bool(number) + _readings_entry(point, registers))
        of_json.write("]}")


def _readings_entry(point: str, registers: Mapping[tuple[str, str], object]) -> str:
    calendars = [
        {
            "idCalendrier": calendar,
            "classeTemporelle": [
                {"idClasseTemporelle": name, "valeur": registers[calendar, name]} for name in names
            ],
        }
        for calendar, names in CLASSES.items()
    ]
    of_quantity = {
        "grandeurMetier": "CONS",
        "grandeurPhysique": "EA",
        "unite": "Wh",
        "calendrier": calendars,
        "cadranTotalisateur": {"codeCadran": "IDX_EAS_T", "valeur": registers["", ""]},
    }
    context = {"etapeMetier": "BRUT", "contexteReleve": "COL", "typeReleve": "AQ"}
    entry = {"idPrm": point, "contexte": [{**context, "grandeur": [of_quantity]}]}
    return json.dumps(entry, separators=(",", ":"))


def _entry(point: str, values: list[int], dates: list[str]) -> str:
    points = [
        {"v": str(watts), "d": at, "p": "PT30M", "n": "B"}
        for at, watts in zip(dates, values, strict=True)
    ]
    of_quantity = {"grandeurMetier": "CONS", "grandeurPhysique": "PA", "unite": "W"}
    entry = {"idPrm": point, "etapeMetier": "BRUT", "grandeur": [{**of_quantity, "points": points}]}
    return json.dumps(entry, separators=(",", ":"))


def _readings(point: str, values: list[int], stamps: list[str]) -> Iterator[str]:
    yield f"<PRM>\n<Id_PRM>{point}</Id_PRM>\n"
    for day in range(DAYS):
        yield (
            f"<Donnees_Releve>\n<Date_Releve>{date(2025, 1, 1) + timedelta(days=day)}"
            "</Date_Releve>\n<Id_Affaire>M0</Id_Affaire>\n"
        )
        for place in range(day * A_DAY, (day + 1) * A_DAY):
            yield f"<PDC>\n<H>{stamps[place]}</H>\n<V>{values[place]}</V>\n<IV>0</IV>\n</PDC>\n"
        yield "</Donnees_Releve>\n"
    yield "</PRM>\n"


# -- the ways -------------------------------------------------------------------------------------


def _sgeflow(file: Path) -> int:
    from sgeflow import open_catalog
    from sgeflow.tools.deliveries.decode import DecodeOptions, decode

    with tempfile.TemporaryDirectory() as state:
        options = DecodeOptions(state=Path(state))
        report = decode([file], open_catalog(), "simulator", options)
    return report.files[0].new


def _pandas_json(file: Path) -> int:
    import pandas as pd

    rows = [
        (entry["idPrm"], one["grandeurPhysique"], each["d"], int(each["v"]), each["p"], each["n"])
        for entry in json.loads(file.read_bytes())["mesures"]
        for one in entry["grandeur"]
        for each in one["points"]
    ]
    frame = pd.DataFrame(rows, columns=["point", "quantity", "d", "v", "p", "n"])
    frame["start"] = pd.to_datetime(frame["d"])
    return len(frame)


def _polars_json(file: Path) -> int:
    import polars as pl

    frame = pl.read_json(file).select(pl.col("mesures").explode()).unnest("mesures")
    frame = frame.explode("grandeur").unnest("grandeur").explode("points").unnest("points")
    start = pl.col("d").str.to_datetime("%Y-%m-%d %H:%M:%S")
    return len(frame.with_columns(start=start, v=pl.col("v").cast(pl.Int64)))


def _pandas_indexes(file: Path) -> int:
    import pandas as pd

    rows = [
        (entry["idPrm"], one.get("idClasseTemporelle", "T"), each["d"], each["v"], each["iv"])
        for entry in json.loads(file.read_bytes())["mesures"]
        for context in entry["contexte"]
        for quantity in context["grandeur"]
        for one in [
            *(c for calendar in quantity["calendrier"] for c in calendar["classeTemporelle"]),
            quantity["cadranTotalisateur"],
        ]
        for each in one["valeur"]
    ]
    frame = pd.DataFrame(rows, columns=["point", "class", "d", "v", "iv"])
    frame["start"] = pd.to_datetime(frame["d"])
    return len(frame)


def _pandas_csv(file: Path) -> int:
    import pandas as pd

    frame = pd.read_csv(file, sep=";", dtype={"Identifiant PRM": str})
    frame["start"] = pd.to_datetime(frame["Horodate"])
    return len(frame)


def _polars_csv(file: Path) -> int:
    import polars as pl

    frame = pl.read_csv(file, separator=";", schema_overrides={"Identifiant PRM": pl.String})
    return len(frame.with_columns(start=pl.col("Horodate").str.to_datetime("%Y-%m-%d %H:%M:%S")))


def _lxml_pandas(file: Path) -> int:
    import pandas as pd
    from lxml import etree

    rows = []
    for _, entry in etree.iterparse(str(file), tag="PRM"):
        point = entry.findtext("Id_PRM")
        rows += [
            (point, one.findtext("H"), int(one.findtext("V") or 0)) for one in entry.iter("PDC")
        ]
        entry.clear()
    frame = pd.DataFrame(rows, columns=["point", "h", "v"])
    frame["start"] = pd.to_datetime(frame["h"], utc=True)
    return len(frame)


WAYS: dict[str, dict[str, Callable[[Path], int]]] = {
    JSON: {"sgeflow": _sgeflow, "polars": _polars_json, "json, pandas": _pandas_json},
    CSV: {"sgeflow": _sgeflow, "pandas": _pandas_csv, "polars": _polars_csv},
    XML: {"sgeflow": _sgeflow, "lxml, pandas": _lxml_pandas},
    INDEXES: {"sgeflow": _sgeflow, "json, pandas": _pandas_indexes},
    INDEX_TABLE: {"sgeflow": _sgeflow, "pandas": _pandas_csv, "polars": _polars_csv},
}
BASES = {
    JSON: "polars",
    CSV: "pandas",
    XML: "lxml, pandas",
    INDEXES: "json, pandas",
    INDEX_TABLE: "pandas",
}
A_POINT = {
    **dict.fromkeys((JSON, CSV, XML), (DAYS * A_DAY, "half-hours")),
    **dict.fromkeys((INDEXES, INDEX_TABLE), (INDEX_DAYS * 11, "readings")),
}


def work(file: Path, way: str) -> None:
    """Read the file in one way, and print the rows, the CPU of this process and its peak."""
    count = WAYS[file.name][way](file)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(count, time.process_time(), peak)


def _table(file: Path, rounds: int, points: int) -> str:
    a_point, what = A_POINT[file.name]
    rows = points * a_point
    ways = [way for way in WAYS[file.name] if _is_there(way)]
    figures: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way in ways:
            command = [sys.executable, __file__, "--work", str(file), way]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            count, cpu, peak = map(float, done.stdout.split()[-3:])
            if count != rows:
                raise SystemExit(f"{way} reads {count:,.0f} rows of {file.name}")
            figures[way].append((cpu, peak))
    base = BASES[file.name]
    lines = [f"| way | CPU | of {base} | peak memory |", "|---|---:|---:|---:|"]
    for way, found in figures.items():
        cpu, peak = statistics.median(one for one, _ in found), max(one for _, one in found)
        pairs = zip(found, figures.get(base, ()), strict=False)
        ratio = statistics.median([one / other for (one, _), (other, _) in pairs] or [0])
        lines.append(f"| {way} | {cpu:.2f} s | {ratio:.2f} | {peak:,.0f} MB |")
    size = file.stat().st_size / 1e6
    return f"### {file.name}: {rows:,} {what}, {size:,.0f} MB\n\n" + "\n".join(lines) + "\n"


def _is_there(way: str) -> bool:
    names = [name for name in ("polars", "pandas") if name in way]
    return all(importlib.util.find_spec(name) is not None for name in names)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=57)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--work", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(Path(options.work[0]), options.work[1])
        return
    from harness import keep_catalogues

    import sgeflow

    compileall.compile_dir(Path(sgeflow.__file__).parent, quiet=1)  # as pip does for the others
    with tempfile.TemporaryDirectory() as name:
        keep_catalogues(name)
        sgeflow.open_catalog()  # no reading is the first one
        write(Path(name), options.points)
        tables = [_table(Path(name) / file, options.rounds, options.points) for file in WAYS]
    print("\n".join(tables))


if __name__ == "__main__":
    main()
