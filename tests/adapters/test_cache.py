"""The cache of checked catalogues: what is used stays."""

import os

from sgeflow.adapters import cache


def test_what_is_used_stays_whatever_else_comes(tmp_path, monkeypatch):
    monkeypatch.setenv("SGEFLOW_CACHE", str(tmp_path / "cache"))
    cache.save("used", {"operations": {"readThing": 1}})
    cache.save("forgotten", {"operations": {"readThing": 1}})
    for name in ("used", "forgotten"):
        os.utime(tmp_path / "cache" / f"{name}.pickle", (1, 1))
    for number in range(cache._KEPT - 1):
        assert cache.load("used") is not None
        cache.save(f"other{number}", {"operations": {}})
    assert cache.load("used") is not None
    assert cache.load("forgotten") is None


def test_what_a_killed_writer_left_is_taken_away_and_what_is_being_written_is_not(
    tmp_path, monkeypatch
):
    folder = tmp_path / "cache"
    monkeypatch.setenv("SGEFLOW_CACHE", str(folder))
    cache.save("one", {"operations": {}})
    for name in (".two.4711", ".three.4712"):
        (folder / name).write_bytes(b"half")
    os.utime(folder / ".two.4711", (1, 1))
    cache.save("four", {"operations": {}})
    left = sorted(file.name for file in folder.iterdir())
    assert left == [".three.4712", "four.pickle", "one.pickle"]


def test_no_cache_lies_in_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SGEFLOW_CACHE", raising=False)
    for name, value in (
        ("SGEFLOW_CACHE", "cache"),
        ("SGEFLOW_CACHE", "~nobody-of-that-name/cache"),
        ("XDG_CACHE_HOME", "cache"),
        ("HOME", "here"),
    ):
        with monkeypatch.context() as patched:
            patched.delenv("XDG_CACHE_HOME", raising=False)
            patched.setenv(name, value)
            cache.save("one", {"operations": {}})
            assert cache.load("one") is None
    assert list(tmp_path.iterdir()) == []
