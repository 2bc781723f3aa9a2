"""A backup's file: a .tar.gz whose first member lists every other one with its size and SHA-256."""

import gzip
import hashlib
import io
import json
import os
import shutil
import tarfile
from pathlib import Path, PurePosixPath

LISTING = "backup.json"
FORMAT = "benchless-backup-1"
# What a backup may hold: files by name, and folders of files.
FILES = ("site_config.json", "site.db", "site.sql")
FOLDERS = ("public/files", "private/files")
LARGEST_LISTING = 256 * 1024 * 1024
SPARE_ROOM = 64 * 1024 * 1024
CHUNK = 1024 * 1024


class BrokenArchive(SystemExit):
    """The file is not a whole backup of this host; nothing was touched."""


def write(folder: Path, path: Path, about: dict) -> None:
    """Pack the regular files below `folder` into `path`, for its owner's eyes only."""
    members = sorted(
        str(PurePosixPath(file.relative_to(folder)))
        for file in folder.rglob("*")
        if file.is_file() and not file.is_symlink()
    )
    listed = {name: {"size": (folder / name).stat().st_size, "sha256": digest(folder / name)} for name in members}
    listing = json.dumps({"format": FORMAT, **about, "members": listed}, ensure_ascii=False).encode()
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)  # it holds every secret of the site
    with open(opened, "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive:
            archive.addfile(_member(LISTING, len(listing)), io.BytesIO(listing))
            for name in members:
                with open(folder / name, "rb") as content:
                    size = listed[name]["size"]
                    archive.addfile(_member(name, size, (folder / name).stat().st_mtime), content)
        file.flush()
        os.fsync(file.fileno())


def _member(name: str, size: int, modified: float = 0) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = size, modified, 0o600
    return member


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    found = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            found.update(chunk)
    return found.hexdigest()


def unpack(path: str | Path, folder: Path | None) -> dict:
    """Check the whole archive and write its files below `folder` (None: only check); returns the listing.

    Only listed regular files at expected places are accepted, no more bytes than listed, and no more than
    the disk has room for. Raises BrokenArchive; what was written by then is the caller's to throw away.
    """
    try:
        # read forward only: nobody can send the reader back over the compressed stream again and again
        with tarfile.open(path, "r|gz") as archive:
            return _unpack(archive, folder)
    except BrokenArchive:
        raise
    except (OSError, EOFError, tarfile.TarError, gzip.BadGzipFile, ValueError, KeyError, TypeError) as error:
        raise BrokenArchive(f"{path} is not a whole backup: {error}") from error


def _unpack(archive: tarfile.TarFile, folder: Path | None) -> dict:
    first = archive.next()
    if first is None or first.name != LISTING or not first.isreg() or first.size > LARGEST_LISTING:
        raise BrokenArchive("This file is not a backup that benchless made.")
    listing = json.loads(archive.extractfile(first).read())
    if listing.get("format") != FORMAT:
        raise BrokenArchive(f"This file is a backup of another format: {listing.get('format')}")
    wanted = {name: (int(entry["size"]), entry["sha256"]) for name, entry in listing["members"].items()}
    for name in wanted:
        _check_place(name)
    if folder is not None:
        needed, free = sum(size for size, _hash in wanted.values()), shutil.disk_usage(folder).free
        if needed + SPARE_ROOM > free:
            raise BrokenArchive(f"The backup unpacks to {needed:,} bytes, the disk has {free:,} free.")
    while (member := archive.next()) is not None:
        if not member.isreg() or member.name not in wanted:
            raise BrokenArchive(f"The backup holds {member.name!r}, which is not in its own list.")
        size, expected = wanted.pop(member.name)
        if member.size != size or _copy(archive, member, folder) != expected:
            raise BrokenArchive(f"{member.name} in the backup is damaged.")
    if wanted:
        raise BrokenArchive(f"The backup lacks {len(wanted)} of its files, {min(wanted)} first.")
    return listing


def _check_place(name: str) -> None:
    path = PurePosixPath(name)
    inside = any(str(path).startswith(folder + "/") for folder in FOLDERS)
    plain = str(path) == name and not path.is_absolute() and ".." not in path.parts and "\0" not in name
    if not plain or not (name in FILES or inside):
        raise BrokenArchive(f"The backup holds {name!r}, which no site has.")


def _copy(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path | None) -> str:
    """Write a member below the folder; returns its SHA-256."""
    found, source = hashlib.sha256(), archive.extractfile(member)
    target = None
    if folder is not None:
        path = folder / member.name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    try:
        while chunk := source.read(CHUNK):
            found.update(chunk)
            if target:
                target.write(chunk)
        if target:
            target.flush()
            os.fsync(target.fileno())
    finally:
        if target:
            target.close()
    if target:
        os.utime(folder / member.name, (member.mtime, member.mtime))
    return found.hexdigest()
