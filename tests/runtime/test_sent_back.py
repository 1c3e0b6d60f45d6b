"""What an answer says again of the secrets that it was asked with."""

import pytest

from sgeflow.adapters.secrets import Secret, SecretsInUse
from sgeflow.core.model import Response
from sgeflow.runtime.masking import Masking, without_secrets

SHORT, LONG = "k7Qp2", "canary-7f3a9c-token"
SECRETS = (Secret(SHORT), Secret(LONG))


def answer(status):
    headers = {"etag": f"of {SHORT}", "via": LONG}
    return Response(
        status=status, headers=headers, body=f"<a>{SHORT} {LONG}</a>".encode(), seconds=0.1
    )


@pytest.mark.parametrize(
    ("status", "body"), [(200, f"<a>{SHORT} ***</a>"), (500, "<a>*** ***</a>")]
)
def test_a_short_secret_may_be_a_value_in_the_body_of_a_success_and_nowhere_else(status, body):
    told = without_secrets(answer(status), SECRETS)
    assert told.headers == {"etag": "of ***", "via": "***"}
    assert told.body.decode() == body


def test_an_answer_that_says_no_secret_is_the_very_same():
    plain = Response(status=200, headers={"via": "1.1"}, body=b"<a>12</a>", seconds=0.1)
    assert without_secrets(plain, SECRETS) is plain


def test_nobody_is_named_in_the_headers_of_the_answer_that_a_call_keeps():
    headers = {"location": "/refused?nom=Dupr%C3%A9&of=DUPRE", "etag": "12"}
    body = "<a>Dupré refused</a>".encode()
    masking = Masking(found=SecretsInUse(), personal=("Dupré",))
    kept = masking.hide_people(Response(status=500, headers=headers, body=body, seconds=0.1))
    assert kept.headers == {"location": "/refused?nom=***&of=***", "etag": "12"}
    assert kept.body == b"<a>*** refused</a>"
