"""Numbers at rest under the site's key: the same number always gives the same text, so equality and uniqueness hold.

AES-SIV (RFC 5297) without nonce. What is bound in is the kind of number only, so that a copy from one table into
another stays readable. Stored as `$1$` (the key's version) and base32: capitals, for databases that ignore case.
"""

import base64
import binascii
import re
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

KEY_BYTES = 64
# A Data column holds 140 characters: with prefix and tag that leaves this much of a number.
LONGEST = 64
_SEALED = re.compile(r"\$([0-9]{1,3})\$([A-Z2-7]+)")
# The check of a key: what it makes of this text is kept beside the data, and tells a wrong key before it writes.
_CHECK = "an sinh"


class WrongKey(ValueError):
    """A key that is none, is missing, or does not open what was sealed."""


def is_sealed(value: object) -> bool:
    """Whether a stored value is a sealed one.

    >>> is_sealed("$1$MFRGG"), is_sealed("020150001234"), is_sealed(None)
    (True, False, False)
    """
    return isinstance(value, str) and value[:1] == "$" and bool(_SEALED.fullmatch(value))


def version_of(value: str) -> int:
    """The version of the key a value was sealed with; 0 for a plain one.

    >>> version_of("$2$MFRGG"), version_of("020150001234")
    (2, 0)
    """
    found = _SEALED.fullmatch(value) if value[:1] == "$" else None
    return int(found[1]) if found else 0


def fitting(text: str) -> str:
    """Text of a stranger's cell cut to what can be sealed in a column; no number is as long.

    >>> len(fitting("Đ" * 100))
    32
    """
    return text.encode(errors="ignore")[:LONGEST].decode(errors="ignore")


def read_key(text: str) -> bytes:
    """A key as the site's configuration holds it: 64 bytes in base64. Raises WrongKey."""
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError) as error:
        raise WrongKey("not base64") from error
    if len(key) != KEY_BYTES or len(set(key)) < 16:
        raise WrongKey("not 64 random bytes")
    return key


class Keys:
    """The keys of a site by version. `version` is the one that seals; all of them open."""

    def __init__(self, keys: Mapping[int, bytes], version: int) -> None:
        self.version = version
        self._ciphers = {number: AESSIV(key) for number, key in keys.items()}

    def __contains__(self, version: int) -> bool:
        return version in self._ciphers

    def seal(self, kind: str, value: str, version: int | None = None) -> str:
        """The sealed text of a number of a kind, under the sealing key or that of a version."""
        version = version or self.version
        data = self._cipher(version).encrypt(value.encode(), [kind.encode()])
        return f"${version}${base64.b32encode(data).decode().rstrip('=')}"

    def unseal(self, kind: str, value: str) -> str:
        """The number in a sealed text. Raises WrongKey where no key at hand opens it as a number of this kind."""
        found = _SEALED.fullmatch(value)
        if not found:
            raise WrongKey("not sealed")
        text = found[2]
        try:
            data = base64.b32decode(text + "=" * (-len(text) % 8))
            return self._cipher(int(found[1])).decrypt(data, [kind.encode()]).decode()
        except (InvalidTag, ValueError) as error:
            raise WrongKey(found[1]) from error

    def sought(self, kind: str, value: str) -> list[str]:
        """What a number may stand as in the database: plain, or under each key. For equality while tables are mixed."""
        return [value, *(self.seal(kind, value, version) for version in sorted(self._ciphers))]

    def check(self, version: int) -> str:
        """What tells this key from another one without a number at hand."""
        return self.seal("check", _CHECK, version)

    def _cipher(self, version: int) -> AESSIV:
        if version not in self._ciphers:
            raise WrongKey(str(version))
        return self._ciphers[version]
