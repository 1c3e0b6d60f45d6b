"""The texts of a run's orders, kept with the run: no other run's says quite the same.

What they have in common is named by documents and holds no value: the elements of SGE's envelopes,
and what is hidden in them. It stands with the form of a run's attempts, which runs share, and is
the dictionary that the texts are packed with.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence

from sgeflow.adapters.state.request_text import parse_request
from sgeflow.patterns import regex

_BEST = 9  # zlib level: the texts are small
_XML = "<?xml "  # only our own envelopes begin so; members of JSON may be named by values
_TAG = regex(r'<[^<>\s]+(?: xmlns:\w+="[^"<>]*")*>')  # no other attribute


def words_of(texts: Iterable[str]) -> str:
    """What the texts of requests say that stands in documents, each once: never a value."""
    words: dict[str, None] = {}
    for request in filter(None, map(parse_request, texts)):
        words.update(dict.fromkeys(request.personal))
        if request.body.startswith(_XML):
            words[request.body.partition(">")[0]] = None
            words.update(dict.fromkeys(_TAG.findall(request.body)))
    return "".join(words)


def pack_texts(texts: Sequence[str], words: str) -> bytes:
    """The texts, packed with `words` for a dictionary."""
    packing = zlib.compressobj(_BEST, zdict=words.encode())
    plain = f"{json.dumps([len(text) for text in texts])}\n{''.join(texts)}"
    return packing.compress(plain.encode()) + packing.flush()


def unpack_texts(packed: bytes, words: str) -> list[str]:
    """The texts that `pack_texts` packed with these words."""
    unpacking = zlib.decompressobj(zdict=words.encode())
    plain = unpacking.decompress(packed).decode()
    if not unpacking.eof:
        raise zlib.error("it is cut off")
    head, _, rest = plain.partition("\n")
    texts = []
    for length in json.loads(head):
        texts.append(rest[:length])
        rest = rest[length:]
    return texts
