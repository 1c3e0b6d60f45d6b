"""Which hosts are this machine itself."""

from sgeflow.core.hosts import is_here


def test_this_machine_is_known_by_its_addresses():
    hosts = ("127.0.0.1", "127.0.0.2", "::1", "localhost", "10.0.0.1", "127.0.0.1.a.fr", "")
    assert [host for host in hosts if is_here(host)] == list(hosts[:4])
