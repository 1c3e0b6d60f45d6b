"""The word null means that nothing is there, in whatever case, in every field of every format."""

import pytest

from sgeflow.core.measures.series import INDEXES, name_of
from tests.tools.deliveries.delivered_files import POINT, at, entry, r6x, r64, sheet

R64 = ("idPrm", "grandeurPhysique", "grandeurMetier", "unite", "d", "v", "iv", "codeGrille",
       "idCalendrier", "idClasseTemporelle", "libelleClasseTemporelle", "codeCadran")  # fmt: skip
SPELLINGS = ("null", "NULL", "Null", " null ")


def test_a_total_without_a_class_is_the_total_however_null_is_written(mailbox):
    for null in SPELLINGS:
        row = (POINT, "EA", "CONS", "Wh", "2025-05-01 00:00:00", "55", null, "T", *[null] * 3)
        outcome = mailbox.read(f"R64_{null}.csv", sheet(R64, (*row, "IDX_EAS_T")))
        assert (outcome.series, outcome.doubtful) == (("index_total",), 0), null
        content = r64(calendar=null, label=null, total=False).replace(b'"BASE"', b'"NULL"')
        outcome = mailbox.read(f"R64_{null}.json", content)
        assert outcome.series == ("index_idx_eas_d1",), null


def test_what_is_blank_or_null_is_no_sign_no_step_no_nature_and_no_value(mailbox):
    for null in (*SPELLINGS, "", " "):
        points = [
            {"d": "2025-05-01 10:00:00", "v": "5", "p": "PT10M", "n": null, "iv": null},
            {"d": "2025-05-01 10:10:00", "v": null, "p": null, "n": null, "iv": null},
        ]
        outcome = mailbox.read("R63_1.json", r6x("R63", entry(POINT, "PA", "W", points)))
        assert "do not tell" in outcome.problem.message, null
        content = r6x("R63A", entry(POINT, "PA", "W", points))
        outcome = mailbox.read("R63A_1.json", content, again=True)
        assert (outcome.rows, outcome.dropped, outcome.doubtful) == (1, 1, 0)
        assert mailbox.series("load_curve") == [(at("2025-05-01") + 36000, 5, 600, "")]
        lacking = [points[0] | {"p": null}]
        outcome = mailbox.read("R63_1.json", r6x("R63", entry(POINT, "PA", "W", lacking)))
        assert "has no step of a clock" in outcome.problem.message


def test_no_series_is_ever_named_null():
    for null in SPELLINGS:
        with pytest.raises(ValueError, match="no letters"):
            name_of("EA", "CONS", "Wh", INDEXES, null)
