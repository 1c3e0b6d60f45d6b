"""`sgeflow import`: first drafts, differences to a newer WSDL, and documents brought up to it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest
from lxml import etree
from xmlschema import XMLSchema10

from sgeflow.cli.main import run
from sgeflow.core.language.parameters import fill
from sgeflow.core.soap.envelope import compile_envelope
from sgeflow.errors import Exit, InvalidDocuments, InvalidValues
from sgeflow.runtime.project import check_documents, open_catalog
from sgeflow.tools.editor.write import modeline
from sgeflow.tools.project.init import start
from sgeflow.tools.wsdl import importing
from sgeflow.tools.wsdl.importing import import_wsdl

ROOT = Path(__file__).parents[3]
DATA = Path(__file__).parents[2] / "data" / "wsdl"
XML = "http://www.w3.org/XML/1998/namespace"
OLD, NEW = DATA / "v1" / "Library.wsdl", DATA / "v2" / "Library.wsdl"
ENVIRONMENT = {"env": {"login": "agent@example.org", "contractId": "1234567"}}
PERSON = {"dateDebut": "2025-05-15", "nom": "MARTIN", "rappel": True, "support": "PAPIER"}
SCHOOL = {"uai": "0690000A", "ecoleAdresseCodePostal": "69001"}
BOOKS = {"livre": [{"isbn": "1", "tome": [1, 2]}, {"cote": "ABC", "@urgent": True}]}


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "operations"


@pytest.fixture
def edited(folder):
    """A project with the document that people worked on."""
    shutil.copytree(DATA / "edited", folder)
    return folder / "commanderPret.yaml"


def imported(wsdl, folder, **more):
    (one,) = import_wsdl(wsdl, operation="commanderPret", folder=folder, **more)
    return one


def told(differences):
    return [(one.part, one.stance.value, one.where) for one in differences]


def test_what_gets_something_is_drafted_as_a_read_and_what_is_not_known_as_an_order(tmp_path):
    wsdl = tmp_path / "wsdl" / "Library.wsdl"
    shutil.copytree(OLD.parent, wsdl.parent)
    names = ('operation name="commanderPret"', 'operation name="getPret"')
    wsdl.write_text(wsdl.read_text().replace(*names))
    import_wsdl(wsdl, folder=tmp_path / "new")
    assert "kind: read\n" in (tmp_path / "new" / "getPret.yaml").read_text()
    import_wsdl(OLD, folder=tmp_path / "old")
    assert "kind: order\n" in (tmp_path / "old" / "commanderPret.yaml").read_text()


@pytest.fixture
def loan(folder):
    """The drafted order, as a project has it."""
    import_wsdl(OLD, folder=folder)
    return open_catalog(folder.parent).operation("commanderPret")


def envelope(operation, values):
    filled = fill(
        operation.parameters, values, ENVIRONMENT, rules=operation.rules, owner=operation.name
    )
    (body,) = etree.fromstring(compile_envelope(operation)(filled)).find("{*}Body")
    return body


@pytest.mark.parametrize("name", ["rechercherLivre", "commanderPret"])
def test_a_draft_is_the_golden_one(folder, name):
    found = {one.operation: one for one in import_wsdl(OLD, folder=folder)}
    assert found[name].drafted
    assert found[name].problems == ()
    golden = (DATA / "drafts" / f"{name}.yaml").read_text("utf-8")
    drafted = (folder / f"{name}.yaml").read_text("utf-8")
    assert drafted.partition("\n")[2] == golden.partition("\n")[2]


SOAP_1_2 = DATA / "soap12" / "Library.wsdl"


def test_a_wsdl_of_soap_1_2_alone_gives_drafts_of_that_version(folder):
    found = import_wsdl(SOAP_1_2, folder=folder)
    assert found
    for one in found:
        assert one.problems == ()
        assert open_catalog(folder.parent).operation(one.operation).envelope.soap == "1.2"
    assert [again.differences for again in import_wsdl(SOAP_1_2, folder=folder)] == [
        () for _ in found
    ]


def test_a_wsdl_without_documentation_gives_a_draft_that_people_can_read(tmp_path):
    wsdl = tmp_path / "wsdl" / "Library.wsdl"
    shutil.copytree(OLD.parent, wsdl.parent)
    for file in wsdl.parent.rglob("*.[wx]s[d]*"):
        tree = etree.parse(file)
        for one in [*tree.iter("{*}documentation")]:
            one.getparent().remove(one)
        tree.write(file)
    found = {one.operation: one for one in import_wsdl(wsdl, folder=tmp_path / "operations")}
    assert found["commanderPret"].problems == ()
    draft = found["commanderPret"].file.read_text()
    assert "title: commanderPret\ndescription: Drafted from Library.wsdl.\n" in draft
    with_words = [line for line in draft.splitlines() if line.strip().startswith("description:")]
    assert len(with_words) == 1


def schema_of(path):
    """The file that a document's first line names, found as an editor does."""
    written = path.read_text("utf-8").partition("\n")[0].partition("$schema=")[2]
    found = urlparse(written)
    return Path(unquote(found.path)) if found.scheme == "file" else path.parent / written


def test_the_schema_of_a_draft_is_there_wherever_the_draft_lands(tmp_path):
    folder = tmp_path / "my project" / "operations"
    (one, *_) = import_wsdl(OLD, folder=folder)
    schema = json.loads(schema_of(one.file).read_text("utf-8"))
    assert "parameters" in schema["properties"]


@pytest.mark.parametrize("folder", ["operations", "operations/new"])
def test_a_draft_beside_the_shipped_documents_names_the_schema_as_they_do(folder):
    line = modeline("operation", ROOT / folder)
    up = "../" * len(Path(folder).parts)
    assert line == f"# yaml-language-server: $schema={up}sgeflow/schemas/operation.schema.json"


def test_only_the_operation_that_was_named_is_drafted(folder):
    imported(OLD, folder)
    assert [file.name for file in folder.iterdir()] == ["commanderPret.yaml"]


def test_a_drafted_envelope_is_a_message_of_the_schema(loan):
    schema = etree.XMLSchema(etree.parse(DATA / "v1" / "Library.xsd"))
    with_address = {**PERSON, **BOOKS, "personneAdresseCodePostal": "69001"}
    without = {name: value for name, value in PERSON.items() if name != "nom"}
    for values in (with_address, {**PERSON, **BOOKS}, {**without, **SCHOOL, **BOOKS}):
        body = envelope(loan, values)
        assert schema.validate(body), (schema.error_log, etree.tostring(body))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (SCHOOL, "give nom or uai, just one of them"),
        ({"nom": None}, "give nom or uai, just one of them"),
        ({"personneAdresseRue": "1 RUE DE LA MER"}, "goes with personneAdresseCodePostal"),
        ({"livre": [{"isbn": "1", "cote": "ABC"}]}, "exactly one of isbn and cote"),
        ({"livre": [{"isbn": "1"}, {}]}, "exactly one of isbn and cote"),
    ],
)
def test_the_choices_of_the_schema_are_rules(loan, changes, message):
    with pytest.raises(InvalidValues, match=message):
        envelope(loan, {**PERSON, **BOOKS, **changes})


def test_a_choice_of_three_takes_exactly_one(folder):
    import_wsdl(OLD, folder=folder)
    search = open_catalog(folder.parent).operation("rechercherLivre")
    for right in ({"titre": "x"}, {"cote": "ABC"}, {"auteur": "x", "annee": "1999"}):
        envelope(search, right)
    for wrong in ({}, {"titre": "x", "cote": "ABC"}, {"titre": "x", "annee": "1999"}):
        with pytest.raises(InvalidValues):
            envelope(search, wrong)


def test_a_document_as_the_wsdl_has_it_is_left_alone(folder):
    import_wsdl(OLD, folder=folder)
    before = {file: file.read_bytes() for file in folder.iterdir()}
    again = import_wsdl(OLD, folder=folder)
    assert [(one.differences, one.exit) for one in again] == [((), Exit.OK)] * 2
    assert {file: file.read_bytes() for file in folder.iterdir()} == before


def test_everything_that_a_newer_wsdl_says_otherwise_is_told(edited):
    before = edited.read_bytes()
    found = imported(NEW, edited.parent)
    assert told(found.differences) == [
        ("version", "changed", "version"),
        ("action", "changed", "route.soap_action"),
        ("address", "printed", "route.direct"),
        ("namespace", "changed", "envelope.namespaces.v1"),
        ("element", "missing", "demande.reference"),
        ("element", "missing", "demande.prolongation"),
        ("element", "extra", "demande.rappel"),
        ("order", "changed", "demande"),
        ("pattern", "stricter", "demande.personne.nom"),
        ("pattern", "changed", "demande.personne.adresse.codePostal"),
        ("pattern", "changed", "demande.ecole.adresse.codePostal"),
        ("enumeration", "stricter", "demande.support"),
        ("element", "missing", "livres.livre.exemplaire"),
        ("list", "missing", "avis"),
        ("list", "extra", "retour"),
        ("output", "extra", "response.paths.due"),
        ("reply element", "unread", "avis"),
    ]
    assert found.exit is Exit.FAILED
    assert edited.read_bytes() == before


def test_a_difference_stands_at_its_place_in_the_document(edited):
    found = imported(NEW, edited.parent)
    places = {one.part: one.at.text for one in found.differences if one.at}
    assert places["version"] == "version: '1.0'"
    assert places["output"] == "    due: retour[0]"


def test_a_document_with_mistakes_is_refused_before_it_is_compared(edited):
    edited.write_text(edited.read_text().replace("kind: order", "kind: odrer"))
    with pytest.raises(InvalidDocuments, match="odrer"):
        imported(NEW, edited.parent)


def test_a_shipped_document_counts_as_being_there(tmp_path, monkeypatch):
    """A project without a document of its own is compared on top of the shipped one."""
    project = tmp_path / "project"
    (project / "operations").mkdir(parents=True)
    wsdl = _wsdl_named_as_shipped(tmp_path)
    (one,) = import_wsdl(wsdl, operation="rechercherPoint", project=project)
    assert not one.drafted
    assert one.differences
    assert list((project / "operations").iterdir()) == []


def _wsdl_named_as_shipped(folder):
    shutil.copytree(DATA / "v1", folder / "v1")
    wsdl = folder / "v1" / "Library.wsdl"
    wsdl.write_text(wsdl.read_text().replace('name="rechercherLivre"', 'name="rechercherPoint"'))
    return wsdl


def test_the_command_drafts_then_tells(folder, capsys):
    assert run(["import", str(OLD), "-o", str(folder)]) == Exit.OK
    assert "commanderPret: drafted" in capsys.readouterr().out
    words = ["import", str(NEW), "--operation", "commanderPret", "-o", str(folder)]
    assert run(words) == Exit.FAILED
    out = capsys.readouterr().out
    assert "commanderPret: differs, nothing was written" in out
    assert "demande.prolongation" in out
    assert run([*words, "--was", str(OLD), "--output", "json"]) == Exit.FAILED
    (document,) = json.loads(capsys.readouterr().out)
    assert "demande.prolongation" in [one["where"] for one in document["differences"]]


def test_the_command_imports_what_it_can_and_tells_the_rest(folder, capsys):
    assert run(["import", str(DATA / "mixed" / "Mixed.wsdl"), "-o", str(folder)]) == Exit.FAILED
    told = capsys.readouterr()
    assert "logout: drafted" in told.out
    assert "notify: left out, see below" in told.out
    assert "has a one-way operation notify" in told.err
    assert sorted(file.stem for file in folder.iterdir()) == ["getIt", "logout", "typesOperation"]


def test_the_mistakes_of_all_documents_that_are_there_are_told_before_anything_is_written(folder):
    folder.mkdir(exist_ok=True)
    for name in ("logout", "getIt"):
        (folder / f"{name}.yaml").write_text(f"operation: {name}\nkind: reads\n")
    with pytest.raises(InvalidDocuments) as caught:
        import_wsdl(DATA / "mixed" / "Mixed.wsdl", folder=folder)
    assert {Path(p.at.file).stem for p in caught.value.problems} == {"logout", "getIt"}


def test_an_empty_request_is_drafted_and_written(folder):
    (found,) = import_wsdl(DATA / "mixed" / "Mixed.wsdl", operation="logout", folder=folder)
    assert found.problems == ()
    body = envelope(open_catalog(folder.parent).operation("logout"), {})
    assert (body.tag, len(body)) == ("{urn:mixed}logout", 0)


REFS = DATA / "refs" / "Refs.wsdl"
FOUND = {"code": "1", "name": "x", "lang": "fr", "unit": "m"}


@pytest.mark.parametrize("values", [FOUND, {"code": "1", "name": "x"}])
def test_references_and_required_empty_elements_make_a_valid_envelope(folder, values):
    (found,) = import_wsdl(REFS, folder=folder)
    assert found.problems == ()
    body = envelope(open_catalog(folder.parent).operation("FindIt"), values)
    XMLSchema10(REFS.parent / "Request.xsd").validate(body)
    scope = body.find("scope")
    assert dict(scope.attrib) == (
        {"{urn:shared}unit": "m", f"{{{XML}}}lang": "fr"} if "lang" in values else {}
    )


TEXTS = DATA / "texts" / "Texts.wsdl"
PRICE = {"total": 1.5, "totalCurrency": "EUR", "reason": "a", "moment": "2025-01", "buyer": "x"}
PARTS = {"part": [{"@currency": "EUR", "#text": 2}], "discount": 1, "discountCurrency": "EUR"}
LINES = {"line": [{"v1:free": ""}, {"v1:cost": 2}], "buyer": None, "nobody": ""}


@pytest.mark.parametrize("more", [{}, PARTS, LINES])
def test_texts_attributes_and_empty_elements_make_a_valid_envelope(folder, more):
    (found,) = import_wsdl(TEXTS, folder=folder)
    assert found.problems == ()
    body = envelope(open_catalog(folder.parent).operation("price"), {**PRICE, **more})
    (schema,) = etree.parse(TEXTS).iter("{*}schema")
    text = etree.tostring(schema, encoding="unicode").replace('"slow"', '"t:slow"')
    XMLSchema10(text.replace('name="t:slow"', 'name="slow"')).validate(body)
    assert body.get("version") == "1.30"
    assert len(body.findall("{*}part")) == len(more.get("part", []))


def test_an_element_that_no_envelope_can_fill_is_left_out_with_a_comment(folder):
    (found,) = import_wsdl(TEXTS, folder=folder)
    drafted = found.file.read_text()
    assert "# family: it requires branch, which takes no value here, and is left out." in drafted
    assert "${leaf}" not in drafted
    assert "# shape: it is abstract" in drafted


def test_a_choice_of_which_one_is_empty_asks_for_one(folder):
    import_wsdl(TEXTS, folder=folder)
    operation = open_catalog(folder.parent).operation("price")
    for wrong in ({"buyer": None}, {"nobody": ""}, {"line": [{}]}):
        with pytest.raises(InvalidValues, match="one of"):
            envelope(operation, {**PRICE, **wrong})


def test_a_schema_with_mistakes_is_read_as_far_as_it_goes(folder):
    found = import_wsdl(DATA / "wrong" / "schema.wsdl", folder=folder)
    assert [one.problems for one in found] == [()] * len(found)
    assert "the schema has mistakes" in found[0].file.read_text()


def test_many_alternatives_make_a_rule_that_can_be_read(tmp_path):
    wsdl = tmp_path / "many.wsdl"
    many = "".join(f'<xs:element name="n{n}" type="xs:string" minOccurs="0"/>' for n in range(120))
    text = f'<xs:element name="many"><xs:complexType><xs:sequence>{many}</xs:sequence></xs:complexType></xs:element>'
    wsdl.write_text(
        TEXTS.read_text().replace('<xs:element name="reason"', f'{text}<xs:element name="reason"')
    )
    (found,) = import_wsdl(wsdl, folder=tmp_path / "operations")
    assert found.problems == ()
    operation = open_catalog(tmp_path).operation("price")
    with pytest.raises(InvalidValues, match="give at least one of n0"):
        envelope(operation, PRICE)
    assert envelope(operation, {**PRICE, "n119": "x"}).findtext(".//{*}n119") == "x"


def test_a_pattern_that_may_take_forever_is_left_to_the_service(folder):
    import_wsdl(TEXTS, folder=folder)
    operation = open_catalog(folder.parent).operation("price")
    assert operation.parameters["reason"].schema == {"type": "string"}


def test_a_binding_without_a_port_is_imported_by_its_name(folder):
    import_wsdl(TEXTS, folder=folder)
    assert "\nservice: TextsSoap\n" in (folder / "price.yaml").read_text()


@pytest.mark.parametrize("wsdl", [REFS, TEXTS])
def test_a_draft_is_as_the_wsdl_has_it(folder, wsdl):
    import_wsdl(wsdl, folder=folder)
    (again,) = import_wsdl(wsdl, folder=folder)
    assert again.differences == ()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *((name, "read") for name in ("GetX", "getX", "checkVat", "CheckInvoice", "FindAll")),
        *((name, "read") for name in ("describe_it", "GET_X", "queryMore", "ListOrders", "search")),
        *(
            (name, "order")
            for name in ("getaway", "listen", "checkOut", "CheckInBook", "login", "readmit")
        ),
    ],
)
def test_a_name_of_reading_is_a_read_whatever_its_case(tmp_path, folder, name, kind):
    wsdl = tmp_path / "wsdl" / "Refs.wsdl"
    shutil.copytree(REFS.parent, wsdl.parent)
    wsdl.write_text(wsdl.read_text().replace("FindIt", name))
    import_wsdl(wsdl, folder=folder)
    assert f"\nkind: {kind}\n" in (folder / f"{name}.yaml").read_text()


def test_a_service_is_named_after_the_wsdl_as_documents_allow(tmp_path):
    start(tmp_path, empty=True)
    wsdl = tmp_path / "2-mixed services.v1.wsdl"
    shutil.copy(DATA / "mixed" / "Mixed.wsdl", wsdl)
    found = import_wsdl(wsdl, operation="getIt", project=tmp_path)
    assert [one.problems for one in found] == [()]
    assert "  service: x2MixedServicesV1\n" in found[0].file.read_text()


EMPTY_BODY = """environment: simulator
title: The service
simulated: true
services:
  mixed:
    base_url: https://mixed.example.org
    stubs:
      POST /soap:
        xml: <Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body/></Envelope>
"""


def test_an_order_whose_answer_is_empty_is_accepted_if_its_document_says_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    start(tmp_path, empty=True)
    text = (DATA / "mixed" / "Mixed.wsdl").read_text()
    text = text.replace('<w:part name="body" element="m:logoutResponse"/>', "")
    (tmp_path / "mixed.wsdl").write_text(text)
    (found,) = import_wsdl(tmp_path / "mixed.wsdl", operation="logout")
    assert found.problems == ()
    (tmp_path / "environments" / "simulator.yaml").write_text(EMPTY_BODY)
    assert run(["call", "logout"]) == Exit.GUARDED
    drafted = found.file.read_text()
    found.file.write_text(drafted.replace("element: Body", "element: Body\n  required: []"))
    assert run(["call", "logout"]) == Exit.OK
    found.file.write_text(drafted.replace("kind: order", "kind: read"))
    assert run(["call", "logout"]) == Exit.OK


def test_many_operations_are_checked_at_once(folder, monkeypatch):
    checks = []

    def count(documents):
        checks.append(documents)
        return check_documents(documents)

    monkeypatch.setattr(importing, "check_documents", count)
    import_wsdl(OLD, folder=folder)
    assert len(checks) == 1


def test_the_command_tells_an_unknown_operation_with_a_suggestion(folder, capsys):
    words = ["import", str(OLD), "--operation", "commandePret", "-o", str(folder)]
    assert run(words) == Exit.USAGE
    assert "commanderPret" in capsys.readouterr().err
    assert not folder.exists()
