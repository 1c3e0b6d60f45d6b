"""Stubs answer the operations of a service that the simulator does not play."""

from pathlib import Path

from tests.runtime.durability.conftest import ROOT

REPLY = """\
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>\
<rechercherServicesSouscritsMesuresResponse/></s:Body></s:Envelope>"""
SHIPPED = "rechercherServicesSouscritsMesures"
CALL = ("call", "rechercherGaz", "--env", "own", "pointId=30000000000011")


def moved(project, service):
    folder = project(f"POST /gas: {{xml: '{REPLY}'}}")
    text = (ROOT / "operations" / f"{SHIPPED}.yaml").read_text("utf-8")
    text = text.replace(f"operation: {SHIPPED}", "operation: rechercherGaz")
    before, behind = text.split("\nroute:\n")
    rest = behind[behind.index("\n\n") :]
    route = f'{{service: {service}, direct: gas, soap_action: ""}}'
    (folder / "operations").mkdir()
    (folder / "operations" / "rechercherGaz.yaml").write_text(
        f"{before}\nroute: {route}\n{rest}", "utf-8"
    )


def test_a_call_of_an_operation_is_answered_by_the_stub_of_its_service(sgeflow, project):
    moved(project, "alerts")
    done = sgeflow(*CALL)
    assert done.code == 0, done.err
    Path("environments/own.yaml").write_text(
        Path("environments/own.yaml").read_text("utf-8").replace("POST /gas", "POST /other")
    )
    done = sgeflow(*CALL)
    assert done.code == 8
    assert "SGE303" in done.err


def test_an_environment_without_the_service_says_which_one_has_it(sgeflow, project):
    moved(project, "alerts")
    done = sgeflow("call", "rechercherGaz", "--env", "simulator", "pointId=30000000000011")
    assert done.code == 3
    assert 'has no service "alerts"' in " ".join(done.err.split())
    assert "--env own" in done.err


def test_show_names_the_service_of_an_operation(sgeflow, project):
    moved(project, "alerts")
    lines = sgeflow("show", "rechercherGaz").out.splitlines()
    assert ["called", "at", "alerts"] in [line.split() for line in lines]
