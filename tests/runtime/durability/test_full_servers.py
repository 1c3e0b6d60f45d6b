"""A server whose disk is full, at any write: what was lost is looked for, and nothing goes out twice."""

from tests.postgres import ON_SERVERS, text_of
from tests.runtime.durability.test_faults import ORDER, flow, told, unsettled
from tests.runtime.durability.test_late_orders import before, hasty, made

__all__ = ["told"]
pytestmark = ON_SERVERS
FULL = """
CREATE SEQUENCE IF NOT EXISTS public.written;
CREATE OR REPLACE FUNCTION public.full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF nextval('public.written') >= {first} THEN
    RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT schemaname, tablename FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema') LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER full_disk BEFORE INSERT OR UPDATE OR DELETE '
      'ON %I.%I FOR EACH ROW EXECUTE FUNCTION public.full_disk()', one.schemaname, one.tablename);
  END LOOP;
END $$;
SELECT setval('public.written', 1, false);
"""


def fill(here, postgres, first):
    database = here.home.server.reveal().split("/")[3].partition("?")[0]
    postgres.sql(FULL.format(first=first), database=database)


def test_an_order_that_is_sent_once_more_leaves_twice_at_most_wherever_the_disk_is_full(
    told, postgres, monkeypatch
):
    sent_before = set()
    for first in (1, 4, 12, 16, 17, 18, 22):  # from its beginning until it ends
        here, command = told("drop:1x")
        monkeypatch.setenv("SGEFLOW_STATE", text_of(here.home))
        before(here)
        hasty(here, 1)
        assert command(*flow(here, "ordering"))[0] == 8
        run = here.last_run().run
        here.age(run, 86_400)
        fill(here, postgres, first)
        code, text, _ = command("resume", run)
        assert (code, "the disk is full" in " ".join(text.split())) == (5, True), (first, text)
        sent_before.add(here.orders()[ORDER])
        fill(here, postgres, 1_000_000)
        code, text, _ = command("resume", run)
        assert code == 0, (first, text)
        assert (here.orders(), len(made(here))) == ({ORDER: 2}, 1), first
        assert unsettled(command) == []
    assert sent_before == {1, 2}  # before it left again, and behind that
