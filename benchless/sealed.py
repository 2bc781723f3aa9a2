"""A file under a passphrase: AES-256-GCM in pieces, each bound to its place; scrypt makes the key."""

import os
from pathlib import Path

MAGIC = b"benchless-sealed-1\n"
PIECE = 1024 * 1024
SALT = 16
TAG = 16


class WrongKey(SystemExit):
    """The passphrase does not open the file, or the file was changed."""


def is_sealed(path: str | Path) -> bool:
    with open(path, "rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def seal(source: Path, target: Path, passphrase: str) -> None:
    """Write `source` sealed into the new file `target`."""
    salt = os.urandom(SALT)
    cipher = _cipher(passphrase, salt)
    opened = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(source, "rb") as plain, open(opened, "wb") as file:
        file.write(MAGIC + salt)
        for place, (piece, last) in enumerate(_pieces(plain, PIECE)):
            file.write(cipher.encrypt(_nonce(place), piece, _mark(last)))
        file.flush()
        os.fsync(file.fileno())


def unseal(source: str | Path, target: Path, passphrase: str | None) -> None:
    """Write the content of a sealed file into the new file `target`; WrongKey where that is not possible."""
    from cryptography.exceptions import InvalidTag

    if not passphrase:
        raise WrongKey("The backup is sealed: give its key by --encryption-key or BENCHLESS_BACKUP_KEY.")
    opened = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(source, "rb") as file, open(opened, "wb") as plain:
        file.seek(len(MAGIC))
        cipher = _cipher(passphrase, file.read(SALT))
        try:
            for place, (piece, last) in enumerate(_pieces(file, PIECE + TAG)):
                plain.write(cipher.decrypt(_nonce(place), piece, _mark(last)))
        except InvalidTag as error:
            raise WrongKey("The key does not open the backup, or the backup is damaged.") from error


def _cipher(passphrase: str, salt: bytes):
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return AESGCM(Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(passphrase.encode()))


def _nonce(place: int) -> bytes:
    """The piece's number: each file has a key of its own (its salt), so no number comes twice under one key."""
    return place.to_bytes(12, "big")


def _mark(last: bool) -> bytes:
    """What the last piece is bound to, so that a file cut off after a piece is noticed."""
    return b"last" if last else b"more"


def _pieces(file, size: int):
    piece = file.read(size)
    while True:
        following = file.read(size)
        yield piece, not following
        if not following:
            return
        piece = following
