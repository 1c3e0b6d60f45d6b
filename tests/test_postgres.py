"""Databases of the tests are handed on with their tables, as long as those are as they were made."""

import pytest

from tests.postgres import make_tables, take_back

RUNS = "SELECT count(*) FROM sgeflow.runs"
CHANGES = (
    "ALTER TABLE sgeflow.runs ADD COLUMN more text",
    "DROP INDEX sgeflow.runs_by_name",
    "UPDATE sgeflow_lasting.about SET version = 0",
    "DROP SCHEMA sgeflow CASCADE",
    "CREATE FUNCTION sgeflow.fill() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "REVOKE ALL ON sgeflow_lasting.claims FROM sgeflow",
)


@pytest.mark.parametrize("count", [1, 2000], ids=["few rows", "many"])
def test_rows_numbers_settings_and_other_schemas_are_gone(postgres, count):
    name, look = make_tables(postgres)
    insert = (
        "INSERT INTO sgeflow.runs (run, is_row, flow, environment, today, now, started, status) "
        f"SELECT n, 0, 'f', 'e', 't', 'n', 0, 's' FROM generate_series(1, {count}) n"
    )
    postgres.sql(
        insert,
        "CREATE SCHEMA theirs",
        "CREATE TABLE public.theirs (x text)",
        f"ALTER DATABASE {name} SET lock_timeout = 7",
        database=name,
    )
    assert take_back(postgres, name, look)
    assert postgres.sql(RUNS, database=name) == [(0,)]
    postgres.sql(insert, database=name)
    numbers = "SELECT min(rowid), max(rowid) FROM sgeflow.runs"
    assert postgres.sql(numbers, database=name) == [(1, count)]
    assert take_back(postgres, name, look)
    assert postgres.sql("SHOW lock_timeout", database=name) == [("0",)]
    names = "SELECT to_regnamespace('theirs'), to_regclass('public.theirs')"
    assert postgres.sql(names, database=name) == [(None, None)]
    postgres.homes[name] = look


@pytest.mark.parametrize("change", CHANGES)
def test_tables_that_are_not_as_they_were_are_not_handed_on(postgres, change):
    name, look = make_tables(postgres)
    postgres.sql(change, database=name)
    assert not take_back(postgres, name, look)
    assert postgres.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'") == []
