"""The cache of checked catalogues: what is used stays."""

import errno
import os
import time

from sgeflow.adapters import cache


def test_what_is_used_stays_whatever_else_comes(tmp_path, monkeypatch):
    monkeypatch.setenv("SGEFLOW_CACHE", str(tmp_path / "cache"))
    cache.save("used", {"operations": {"readThing": 1}})
    cache.save("forgotten", {"operations": {"readThing": 1}})
    last_month = time.time() - 31 * 86_400
    for name in ("used", "forgotten"):
        os.utime(tmp_path / "cache" / f"{name}.pickle", (last_month, last_month))
    for number in range(40):  # trees and projects that are worked on in turn
        assert cache.load("used") is not None
        cache.save(f"other{number}", {"operations": {}})
    assert cache.load("forgotten") is None
    assert all(cache.load(name) for name in ("used", *(f"other{n}" for n in range(40))))


def test_the_room_of_the_cache_has_a_bound_and_what_is_used_least_goes_first(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setenv("SGEFLOW_CACHE", str(folder))
    for age, name in enumerate(("new", "middle", "old")):
        cache.save(name, {"operations": {}})
        path, moment = folder / f"{name}.pickle", time.time() - 3600 * age
        os.truncate(path, 60 << 20)  # a hole; of what is read only the beginning counts
        os.utime(path, (moment, moment))
    assert cache.load("old") is not None  # and so it is the newest
    cache.save("one more", {"operations": {}})
    assert sorted(file.stem for file in folder.iterdir()) == ["new", "old", "one more"]


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


KINDS = {"operations": {"readThing": ["a", 1], "orderThing": "b"}, "flows": {}, "people": {"c": 2}}


def test_each_document_is_what_was_kept_and_of_a_file_that_is_cut_none_is(tmp_path, monkeypatch):
    monkeypatch.setenv("SGEFLOW_CACHE", str(tmp_path))
    cache.save("one", KINDS)
    assert {
        kind: dict(cache.LazyDocuments(some)) for kind, some in cache.load("one").items()
    } == KINDS
    content = (tmp_path / "one.pickle").read_bytes()
    for length in range(len(content)):
        (tmp_path / "cut.pickle").write_bytes(content[:length])
        assert cache.load("cut") is None, length


def test_what_is_gone_or_cut_meanwhile_is_there(tmp_path, monkeypatch):
    monkeypatch.setenv("SGEFLOW_CACHE", str(tmp_path))
    cache.save("gone", KINDS)
    kept = cache.load("gone")
    (tmp_path / "gone.pickle").unlink()
    assert {kind: dict(cache.LazyDocuments(some)) for kind, some in kept.items()} == KINDS
    cache.save("cut", KINDS)
    kept = cache.load("cut")
    os.truncate(tmp_path / "cut.pickle", 20)
    assert dict(cache.LazyDocuments(kept["operations"])) == KINDS["operations"]


def test_a_byte_that_changed_costs_a_document_and_never_changes_one(tmp_path, monkeypatch):
    monkeypatch.setenv("SGEFLOW_CACHE", str(tmp_path))
    cache.save("one", KINDS)
    content = (tmp_path / "one.pickle").read_bytes()
    made = []

    def make():
        made.append(1)
        return {"readThing": ["a", 1], "orderThing": "b", "c": 2}

    for place in range(len(content)):
        for byte in (0, content[place] ^ 1):  # a disk that lost its power gives zeros
            changed = content[:place] + bytes([byte]) + content[place + 1 :]
            (tmp_path / "changed.pickle").write_bytes(changed)
            kept = cache.load("changed")
            if kept is None:
                continue
            found = {kind: dict(cache.LazyDocuments(some, make)) for kind, some in kept.items()}
            assert found == KINDS, (place, byte)
    assert made


def test_a_catalogue_that_cannot_be_kept_leaves_nothing_and_one_of_a_read_only_disk_is_read(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("SGEFLOW_CACHE", str(tmp_path))
    (tmp_path / "barred.pickle").mkdir()
    cache.save("barred", KINDS)
    assert [file.name for file in tmp_path.iterdir()] == ["barred.pickle"]
    cache.save("one", KINDS)

    def refuse(*_args):
        raise OSError(errno.EROFS, "")

    monkeypatch.setattr(os, "utime", refuse)
    assert cache.load("one") is not None


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


def test_a_catalogue_is_not_found_by_other_code_than_that_which_checked_it(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "_PACKAGE", tmp_path)
    monkeypatch.setattr(cache, "_code", cache._code.__wrapped__)  # looked at anew each time
    for name in ("core/soap", "steps"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "core/model.py").write_text("")
    keys = [_key()]
    (tmp_path / "values.py").write_text("")
    keys.append(_key())
    (tmp_path / "core/soap/records.py").write_text("")
    keys.append(_key())
    (tmp_path / "steps/call.py").write_text("")
    keys.append(_key())
    (tmp_path / "steps/call.py").write_text("1")
    keys.append(_key())
    os.utime(tmp_path / "core/soap/records.py", (1, 1))
    keys.append(_key())
    (tmp_path / "steps/call.py").rename(tmp_path / "steps/dial.py")
    keys.append(_key())
    assert len({*keys}) == len(keys)
    (tmp_path / "steps/notes.txt").write_text("no code")
    (tmp_path / "cli").mkdir()
    (tmp_path / "cli/call.py").write_text("reads no document")
    assert _key() == keys[-1]


def _key():
    return cache.key_of(["a document"])
