"""What a mail is written as: nothing that a value holds becomes a header, or another recipient."""

import json
from email import message_from_bytes, policy

from hypothesis import example, given
from hypothesis import strategies as st

from sgeflow.adapters.mail import make_message
from sgeflow.core.mail import MailAddress, has_encoded_word, is_several_lines, parse_address
from sgeflow.core.model import Kind, Request

HEADERS = {
    *("From", "To", "Cc", "Subject", "Date", "Message-ID", "Auto-Submitted"),
    *("MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
}


def request(subject, address, text):
    mail = {"from": "Wächter <w@example.org>", "to": ["a@example.org"], "cc": [address]}
    return Request(
        endpoint="operators",
        method="MAIL",
        path="/",
        headers={"Message-ID": "<1@example.org>"},
        body=json.dumps({**mail, "subject": subject, "text": text}).encode(),
        label="MAIL operators",
        kind=Kind.ORDER,
    )


@given(
    subject=st.text(max_size=60),
    name=st.text(max_size=40),
    user=st.text(alphabet=st.characters(max_codepoint=0x2FF), min_size=1, max_size=20),
    domain=st.sampled_from(["example.org", "exämple.org", "[127.0.0.1]", "a_b.org", "x"]),
    text=st.text(max_size=200),
)
@example(subject="x\r\nBcc: b@c.org", name="a\r\nBcc: b@c.org", user="a", domain="x", text="")
@example(
    subject="=?utf-8?q?=0D=0ABcc:_b=40c.org?=", name="=?x?q?=0A?=", user="a", domain="x", text="."
)
@example(subject="=?utf-8?q?a=0ABcc:_b=40c.org?=", name="", user="a", domain="x", text="")
@example(subject="é =?utf-8?q?a=0D=0A=0D=0Ab?=", name="", user="a", domain="x", text="")
def test_a_value_of_a_mail_stays_in_its_place(subject, name, user, domain, text):
    address = f"{name} <{user}@{domain}>"
    parsed = parse_address(address)
    if not isinstance(parsed, MailAddress) or is_several_lines(subject):
        return
    try:
        mail = make_message(request(subject, address, text))
    except ValueError:
        assert has_encoded_word(subject)
        return
    assert mail.content.isascii()
    assert max(map(len, mail.content.split(b"\r\n"))) <= 998
    assert mail.recipients == ("a@example.org", parsed.plain)
    assert "\n" not in parsed.plain + parsed.name
    message = message_from_bytes(mail.content, policy=policy.default)
    assert set(message.keys()) <= HEADERS
    assert [one.addr_spec for one in message["To"].addresses] == ["a@example.org"]
    assert len(message["Cc"].addresses) == 1
    assert message["Cc"].addresses[0].addr_spec == parsed.plain


@given(
    st.from_regex(
        r"([A-Za-z0-9]{1,9}( [A-Za-z0-9]{1,9}){0,3} <)?[A-Za-z0-9_.-]{1,9}@[A-Za-z0-9.-]{1,70}>?",
        fullmatch=True,
    )
)
@example("Anna Dupont <a.b_c@sub.example.org>")
@example("a@" + "x" * 64)
def test_a_plain_address_is_read_as_by_the_standard_library(text):
    assert parse_address(text) == parse_address(f" {text}")


def test_an_address_that_could_be_read_in_two_ways_is_none():
    for text in (
        '"a b"@example.org',
        "a@b@example.org",
        "@example.org",
        "a@",
        " .>[é<a@x.org>",
        "=?x?q?a?=@[ ",
        "a@ex ample.org",
    ):
        assert not isinstance(parse_address(text), MailAddress), text
    for text in ("a.b+c@example.org", '"Dupont, Anna" <a@example.org>', "<a@example.org>"):
        assert isinstance(parse_address(text), MailAddress), text
