"""What the rooms of the tools share."""

import pytest

from sgeflow import open_catalog


@pytest.fixture(scope="session")
def workspace():
    return open_catalog()
