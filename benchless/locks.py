"""Locks between the processes of a site: who is in it, and who works on it alone."""

import contextlib
import os
from pathlib import Path

try:
    import fcntl
except ImportError:  # not a Unix: nothing keeps processes apart there
    fcntl = None

IN_USE = "in_use"
_held: list = []


@contextlib.contextmanager
def alone(site: Path, name: str, refusal: str):
    """Hold the site's lock `name` alone; SystemExit with `refusal` where another process holds it."""
    file = take(site, name, shared=False)
    if file is None:
        raise SystemExit(refusal)
    try:
        yield
    finally:
        file.close()


def take(site: Path, name: str, shared: bool):
    """The open lock file, whose closing frees it (as the process's end does); None where another holds it."""
    folder = Path(site) / "locks"
    folder.mkdir(mode=0o700, exist_ok=True)
    file = open(os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600), "r+")
    if fcntl:
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return None
    return file


def enter(site: Path) -> None:
    """This process works in the site until it ends: it must not be replaced meanwhile."""
    file = take(site, IN_USE, shared=True)
    if file is None:
        raise SystemExit(f"The site {Path(site).name} is being replaced by a backup; try again when that is done.")
    _held.append(file)
