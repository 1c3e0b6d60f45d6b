"""A fleet writes to the Cozy of each row: one that refuses fails its row alone, and loses nothing."""

import json
from urllib.parse import parse_qs

from tests.conftest import DAYS
from tests.tools.fleet.conftest import HEADER, household, kept, konnector, point, results

NAMES = ("anna", "ben-o", "chloe", "unknown", "revoked")
CANARIES = {
    "COZY_TOKEN_ANNA": "canary-anna-4f2c",
    "COZY_TOKEN_BEN_O": "canary-ben-77aa",
    "COZY_TOKEN_UNKNOWN": "canary-unknown-1",
    "COZY_TOKEN_REVOKED": "canary-revoked-2",
}
TOKEN = 'headers: {Authorization: "Bearer ${secret.COZY_TOKEN_{instance}}"}'
OAUTH = (
    'oauth: {client_id: "simulator-{instance}", client_secret: "${secret.COZY_CLIENT_{instance}}",'
    ' refresh_token: "${secret.COZY_REFRESH_{instance}}"}'
)


def city(fleet, *, how=TOKEN, names=NAMES, **more):
    """A world whose households have a Cozy each, and the file with a row for each."""
    world = fleet(len(names), **more)
    environment = world.folder / "environments" / "lasting.yaml"
    service = (
        f'services:\n  cozy: {{base_url: "{world.server.base_url}/cozy/at/{{instance}}", {how}}}'
    )
    environment.write_text(environment.read_text().replace("services:", service))
    rows = [f"{household(number)},{name}" for number, name in enumerate(names, 1)]
    text = "\n".join([f"{HEADER},instance", *rows]) + "\n"
    (world.folder / "points.csv").write_text(text, encoding="utf-8")
    for name in names:
        cozy = world.server.world.cozy(name)
        cozy.tokens = {CANARIES.get(f"COZY_TOKEN_{name.upper().replace('-', '_')}", "none")}
    return world


def written(world, name):
    return len(world.server.world.cozy(name).documents("com.grandlyon.enedis.day"))


def everything_kept(world):
    """All that lies in the project's folder after its runs, unpacked as far as it is packed."""
    with_state = [path for path in world.folder.rglob("*") if path.is_file()]
    return b"".join(path.read_bytes() for path in with_state)


def test_a_cozy_that_refuses_fails_its_row_alone_and_is_written_later_without_asking_sge(fleet):
    world = city(fleet)
    code, out, err = world.run(*konnector("cozy=true", "--run", "night"), **CANARIES)
    rows = results(world, "night")
    assert code == 7, out + err
    assert [rows[n]["status"] for n in range(1, 6)] == [
        "done",
        "done",
        "partial",
        "partial",
        "partial",
    ]
    assert {rows[n]["code"] for n in (3, 4, 5)} == {"UNKNOWN_ERROR.PARTIAL_SYNC"}
    assert [written(world, name) for name in NAMES] == [DAYS, DAYS, 0, 0, 0]
    counts = kept(world)
    assert all(counts[point(n), "daily_energy"] == DAYS for n in range(1, 6))  # nothing is lost
    assert "token" not in json.dumps(rows)

    orders = world.orders()
    world.server.requests.clear()
    mended = {**CANARIES, "COZY_TOKEN_CHLOE": "canary-chloe-9"}
    world.server.world.cozy("chloe").tokens = {"canary-chloe-9"}
    for name in ("unknown", "revoked"):
        cozy = world.server.world.cozy(name)
        cozy.is_unknown = cozy.is_revoked = False
    for row in (3, 4, 5):
        code, out, err = world.run("resume", f"night.{row}", "--env", "lasting", **mended)
        assert code == 0, out + err
    assert [written(world, name) for name in NAMES] == [DAYS] * 5
    assert world.orders() == orders
    assert world.server.requests
    assert all(" cozy" in one.label for one in world.server.requests)  # nothing of SGE's
    left = out + err + str(rows)
    for secret in (*CANARIES.values(), "canary-chloe-9"):
        assert secret not in left
        assert secret.encode() not in everything_kept(world)


def test_no_cozy_is_ever_sent_the_token_of_another_rows(fleet):
    """Rows side by side, and tokens that are past their time while others are asked for."""
    names = ("anna", "anna-b", "ben", "chloe", "dora", "ezra")
    world = city(fleet, how=OAUTH, names=names)
    heard, secrets = {name: set() for name in names}, {}

    def listen(name, cozy):
        before, cozy.tokens = cozy.answer, set()

        def answer(method, path, query, headers, body):
            if path == "/auth/access_token":
                sent = parse_qs(body.decode())
                heard[name].update(sent[each][0] for each in ("client_secret", "refresh_token"))
                return before(method, path, query, headers, body)
            heard[name].add(headers["authorization"].removeprefix("Bearer ").split("/")[0])
            reply = before(method, path, query, headers, body)
            cozy.expire()
            return reply

        cozy.answer = answer

    for name in names:
        listen(name, world.server.world.cozy(name))
        own = name.upper().replace("-", "_")
        secrets |= dict.fromkeys((f"COZY_CLIENT_{own}", f"COZY_REFRESH_{own}"), f"simulator-{name}")
    code, out, err = world.run(*konnector("cozy=true", "--jobs", "6"), **secrets)
    assert code == 0, out + err
    assert [written(world, name) for name in names] == [DAYS] * len(names)
    assert heard == {name: {f"simulator-{name}"} for name in names}
