"""Opens the files that Enedis encrypts with AES in CBC mode; all declared keys are tried.

Until June 2026 a key has 128 bits and a fixed IV. Since then a key has 256 bits, and each file
begins with its own IV of 16 bytes. The content is always a zip.
"""

from __future__ import annotations

import tempfile
from binascii import unhexlify
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, cast

from sgeflow.adapters.resolved_endpoints import secret_values
from sgeflow.adapters.secrets import SecretSources
from sgeflow.core.documents import Environment
from sgeflow.errors import CredentialsError, Id, Location, Problem, TechnicalError
from sgeflow.messages import Message, say
from sgeflow.values import Discreet

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.modes import CBC

ZIP = b"PK\x03\x04"
_BLOCK = 16  # bytes, of AES and of its IV
_CHUNK = 1 << 20
_KEY_SIZES = (16, 32)
IN_MEMORY = 64 << 20
"""Bytes; larger content goes to a temporary file without a name, which the system deletes."""


class Key(Discreet, frozen=True, kw_only=True):
    """A key of delivered files; without `iv`, each file begins with its own."""

    withheld = frozenset({"key", "iv"})

    name: str
    key: bytes
    iv: bytes | None = None


def file_keys(environment: Environment, sources: SecretSources | None = None) -> tuple[Key, ...]:
    """The keys that an environment declares, in its order.

    Raises:
        CredentialsError: no key is declared, or secrets are missing or are not keys; all in one.
    """
    if not environment.file_keys:
        message = say(
            'the environment "{environment}" declares no key of delivered files',
            environment=environment.name,
        )
        remedy = say("declare it: files: {{keys: [{{name, key: ${{secret.NAME}}}}]}}")
        details = (("remedy", remedy),)
        raise CredentialsError.of(Id.SETTING, message, at=environment.at, details=details)
    texts: dict[str, str] = {}
    places: dict[str, Location] = {}
    for one in environment.file_keys:
        texts[_setting(one.name, "key")] = one.key
        if one.iv is not None:
            texts[_setting(one.name, "iv")] = one.iv
        places.update((_setting(one.name, part), place) for part, place in one.places.items())
    values = secret_values(environment, "files", texts, sources, places)
    problems: list[Problem] = []

    def read(setting: str, sizes: tuple[int, ...]) -> bytes:
        """The bytes of a secret in hexadecimal; problems do not show the secret."""
        text = "".join(values[setting].reveal().split())
        try:
            value = unhexlify(text)
        except ValueError:
            value = b""
        if len(value) not in sizes:
            message = say(
                "{setting} is not {digits} hexadecimal digits (its length: {count})",
                setting=setting,
                digits=" or ".join(str(size * 2) for size in sizes),
                count=len(text),
            )
            details = (("remedy", say("copy it again from Enedis's portal")),)
            at = places.get(setting)
            problems.append(Problem(id=Id.SETTING, message=message, at=at, details=details))
        return value

    keys = []
    for one in environment.file_keys:
        key = read(_setting(one.name, "key"), _KEY_SIZES)
        iv = None if one.iv is None else read(_setting(one.name, "iv"), (_BLOCK,))
        keys.append(Key(name=one.name, key=key, iv=iv))
    if problems:
        raise CredentialsError(*problems)
    return tuple(keys)


def _setting(name: str, part: str) -> str:
    return say("`{part}` of the key {name}", part=part, name=name)


def open_encrypted(encrypted: IO[bytes], keys: Iterable[Key]) -> tuple[IO[bytes], str]:
    """The zip inside an encrypted file, to be closed by the caller, and the label of its key.

    Raises:
        TechnicalError: the file is cut off, or its end is damaged.
        CredentialsError: no key fits.
    """
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    size = encrypted.seek(0, 2)
    if not size or size % _BLOCK:
        raise _damage_error(
            say("its size ({size:,}) does not fill AES blocks: it is cut off", size=size)
        )
    tried = []
    for key in keys:
        tried.append(key.name)
        encrypted.seek(0)
        iv = key.iv or encrypted.read(_BLOCK)
        cipher = Cipher(algorithms.AES(key.key), modes.CBC(iv))
        begin = encrypted.tell()
        if cipher.decryptor().update(encrypted.read(_BLOCK)).startswith(ZIP):
            encrypted.seek(begin)
            return _decrypt(encrypted, cipher, key.name), key.name
    remedy = say("ask Enedis's portal for the key of its date, and declare it too")
    raise CredentialsError.of(
        Id.KEY,
        say("it is encrypted, and no declared key opens it"),
        allowed=tuple(tried),
        allowed_label="keys tried",
        details=(("remedy", remedy),),
    )


def _decrypt(encrypted: IO[bytes], cipher: Cipher[CBC], name: str) -> IO[bytes]:
    from cryptography.hazmat.primitives.padding import PKCS7

    decryptor, unpadder = cipher.decryptor(), PKCS7(_BLOCK * 8).unpadder()
    plain = cast("IO[bytes]", tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115
    try:
        while chunk := encrypted.read(_CHUNK):
            plain.write(unpadder.update(decryptor.update(chunk)))
        plain.write(unpadder.update(decryptor.finalize()) + unpadder.finalize())
    except ValueError:  # the padding is not PKCS#7
        plain.close()
        raise _damage_error(
            say('the key "{name}" opens its beginning, but its end is damaged', name=name)
        ) from None
    plain.seek(0)
    return plain


def _damage_error(message: Message) -> TechnicalError:
    remedy = say("fetch it again: it is damaged or cut off")
    return TechnicalError.of(Id.FILE, message, details=(("remedy", remedy),))
