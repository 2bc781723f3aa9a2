"""A site's backup: one .tar.gz with a consistent copy of the database, the files and the configuration."""

import os
import shutil
import sqlite3
import tarfile
import tempfile
from datetime import datetime
from pathlib import Path

from benchless import settings

PARTS = ("site_config.json", "public/files", "private/files")


def backup(target: str | None = None) -> str:
    """Write the connected site's backup; returns the file's path. Writers may go on meanwhile."""
    import frappe

    site = Path(frappe.local.site_path)
    stamp = datetime.now().strftime("%Y%m%d_%H%M%S")
    path = Path(target) if target else site / "private" / "backups" / f"{stamp}-{frappe.local.site}.tar.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    unfinished.unlink(missing_ok=True)
    opened = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)  # it holds every secret of the site
    with (
        tempfile.TemporaryDirectory() as folder,
        open(opened, "wb") as file,
        tarfile.open(fileobj=file, mode="w:gz") as archive,
    ):
        copy = Path(folder, "site.db")
        source = sqlite3.connect(site / (frappe.conf.db_name or "site.db"))
        destination = sqlite3.connect(copy)
        with destination:
            source.backup(destination)
        destination.close()
        source.close()
        archive.add(copy, "site.db")
        for part in PARTS:
            if (site / part).exists():
                archive.add(site / part, part)
    unfinished.replace(path)
    return str(path)


def restore(site: str, file: str) -> None:
    """Replace a site by a backup; the archive is checked before anything is touched."""
    folder = settings.sites_folder() / site
    with tarfile.open(file, "r:gz") as archive, tempfile.TemporaryDirectory(dir=_existing(folder.parent)) as unpacked:
        archive.extractall(unpacked, filter="data")
        database = Path(unpacked, "site.db")
        check = sqlite3.connect(database)
        verdict = check.execute("pragma integrity_check").fetchone()[0]
        check.close()
        if verdict != "ok":
            raise SystemExit(f"The backup's database is damaged: {verdict}")
        settings.make_site_folders(folder)
        for leftover in folder.glob("site.db-*"):
            leftover.unlink()
        database.replace(folder / "site.db")
        for part in PARTS:
            _replace(Path(unpacked, part), folder / part)


def _existing(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _replace(source: Path, target: Path) -> None:
    if not source.exists():
        return
    if target.is_dir():
        shutil.rmtree(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(str(source), str(target))
