"""When what processes keep was last changed: numbers in a file of the site that all its processes map.

A key has a number for each of its levels (`everything`, `table`, `table/key`), at a place its text is hashed to. Who
changes what stands behind a key writes a new number there; who keeps a value notes the numbers under which it was
read, and it holds as long as they stand. Two keys may share a place: then one is read again without need.
"""

import mmap
import os
import secrets
import zlib
from functools import lru_cache
from pathlib import Path

PLACES = 4096
# The first place is for everything that is kept, the second for what follows from the DocTypes' code.
EVERYTHING, CODE = 0, 1
_OWN = 2
_SIZE = PLACES * 8
_NAME = "cache.stamps"

Levels = tuple[int, ...]


@lru_cache(maxsize=65_536)
def places(*levels: str) -> Levels:
    """The places of a key whose levels are these texts, the widest first."""
    found = [EVERYTHING]
    for number in range(len(levels)):
        text = "\0".join(levels[: number + 1])
        found.append(_OWN + zlib.crc32(text.encode()) % (PLACES - _OWN))
    return tuple(found)


class Stamps:
    """The numbers of one site; of a site that has no folder yet, this process's own."""

    def __init__(self, site: str | Path | None) -> None:
        self.file = Path(site, "locks", _NAME) if site and os.path.isdir(site) else None
        self.identity = None
        if self.file is None:
            memory: mmap.mmap | bytearray = bytearray(_SIZE)
        else:
            self.file.parent.mkdir(mode=0o700, exist_ok=True)
            number = os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                if os.fstat(number).st_size < _SIZE:
                    os.ftruncate(number, _SIZE)
                self.identity = os.fstat(number).st_ino
                memory = mmap.mmap(number, _SIZE)
            finally:
                os.close(number)
        self._memory = memory
        self.now = memoryview(memory).cast("Q")

    def are_of(self, site: str | Path | None) -> bool:
        """Whether the site's file is still the one that is mapped: a restored site may have a new one."""
        if self.file is None:
            return not (site and os.path.isdir(site))
        try:
            return os.stat(self.file).st_ino == self.identity
        except OSError:
            return False

    def copy(self) -> memoryview:
        """All numbers as they stand."""
        return memoryview(bytes(self._memory)).cast("Q")

    def change(self, place: int) -> None:
        """Nothing that was read under the number of this place holds any longer, in any process."""
        self.now[place] = secrets.randbits(63) + 1
