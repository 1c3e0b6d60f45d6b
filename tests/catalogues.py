"""Checked catalogues and shipped documents in memory: tests open the same projects repeated.

A cache on the disk packs and unpacks them each time, which takes a tenth of the tests' time. Those
that are about it choose a folder of their own.
"""

import os
from collections import OrderedDict

from msgspec import Struct

from sgeflow.adapters import cache, project_files
from sgeflow.core.checking.document import KINDS

MOST = 12  # catalogues: each has its own documents beside those that are shipped


class Held(Struct, frozen=True):
    """A document as it was checked."""

    document: object

    def unpack(self):
        return self.document


def keep_in_memory():
    """From now on catalogues are kept in this process, where no folder is chosen for them."""
    kept, load, save = OrderedDict(), cache.load, cache.save

    def is_held():
        return "SGEFLOW_CACHE" not in os.environ and cache.chosen_folder()

    def load_held(key):
        if not is_held():
            return load(key)
        if key in kept:
            kept.move_to_end(key)
        return kept.get(key)

    def hold(key, kinds):
        if not is_held():
            save(key, kinds)
            return
        kept[key] = {
            kind: {name: Held(one) for name, one in some.items()} for kind, some in kinds.items()
        }
        if len(kept) > MOST:
            kept.popitem(last=False)

    cache.load, cache.save = load_held, hold


def keep_shipped():
    """From now on a shipped document is read once in this process: no test changes one."""
    read, kept = project_files.document, {}
    shipped = project_files.shipped_documents()
    folders = {shipped / kind.folder for kind in KINDS}

    def document(kind, path, file=""):
        if not file or path.parent not in folders:
            return read(kind, path, file)
        if (path, file) not in kept:
            kept[path, file] = read(kind, path, file)
        return kept[path, file]

    project_files.document = document
