"""A site's backup and the way back: one .tar.gz of database, files and configuration."""

import importlib
import json
import os
import re
import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from benchless import archive, dump, locks, sealed, settings

CONFIG = "site_config.json"
STAMP = "%Y%m%d_%H%M%S"
KEPT_BY_DEFAULT = 3
UNFINISHED = ".part"
SEALED = ".enc"


def backup(target: str | None = None, keep: int | None = None) -> str:
    """Write the connected site's backup and read it back; returns the file's path. Writers may go on meanwhile.

    target: the file (default: a new one in the site's private/backups); keep: how many of those stay there.
    With `backup_encryption_key` in site_config.json the archive is sealed by it, and without it never opened again.
    """
    import frappe

    site = Path(frappe.local.site_path)
    store = site / "private" / "backups"
    store.mkdir(parents=True, exist_ok=True)
    with locks.alone(site, "backup", "Another backup of this site is being written."):
        remove_leftovers(store)
        stamp = datetime.now().strftime(STAMP)
        key = str(frappe.conf.backup_encryption_key or "")
        name = f"{stamp}-{frappe.local.site}.tar.gz" + (SEALED if key else "")
        path = Path(target) if target else store / name
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(path.name + UNFINISHED)
        unfinished.unlink(missing_ok=True)
        try:
            with tempfile.TemporaryDirectory(dir=store, suffix=UNFINISHED) as name:
                folder = Path(name)
                # A file is there before its row is committed and goes after: linked before and after the database
                # is copied, every row of the copy finds its file.
                link_files(site, folder)
                dump.dump(site, frappe.conf, folder)
                link_files(site, folder)
                shutil.copyfile(site / CONFIG, folder / CONFIG)
                archive.write(folder, unfinished, {"site": frappe.local.site, "made": stamp, "apps": versions()})
            archive.unpack(unfinished, None)
            if key:
                plain = unfinished.rename(unfinished.with_name(f"plain-{unfinished.name}"))
                try:
                    sealed.seal(plain, unfinished, key)
                finally:
                    plain.unlink()
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)  # where the disk is full it would keep it so
        if keep:
            remove_old(store, frappe.local.site, keep)
    return str(path)


def versions() -> dict[str, str]:
    """Installed apps of the connected site with the version of the code that runs."""
    import frappe

    return {app: version_of(app) or "" for app in frappe.get_installed_apps()}


def version_of(app: str) -> str | None:
    """The version of an app's code here; None where the app cannot be imported."""
    try:
        return getattr(importlib.import_module(app), "__version__", "")
    except ModuleNotFoundError:
        return None


def is_newer(version: str, than: str) -> bool:
    """Whether 1.10.0 is newer than 1.9: by numbers, not by letters."""
    first, second = ([int(n) for n in re.findall(r"\d+", text or "")] for text in (version, than))
    return first > second


def link_files(site: Path, folder: Path) -> None:
    """Every regular file of the site, once more under `folder`: the same bytes where the disk can, else a copy."""
    for part in archive.FOLDERS:
        for source in sorted((site / part).rglob("*")):
            target = folder / source.relative_to(site)
            if source.is_symlink() or not source.is_file() or target.exists():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                try:
                    os.link(source, target)
                except FileNotFoundError:
                    raise
                except OSError:
                    shutil.copy2(source, target)
            except FileNotFoundError:  # deleted a moment ago
                continue


def remove_leftovers(store: Path) -> None:
    """What a backup that was killed left behind; the lock says that none is running."""
    for path in store.glob(f"*{UNFINISHED}"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def remove_old(store: Path, site: str, keep: int) -> None:
    """Leave the newest `keep` of the backups that were written here."""
    ours = re.compile(rf"\d{{8}}_\d{{6}}-{re.escape(site)}\.tar\.gz({re.escape(SEALED)})?")
    found = sorted(path for path in store.iterdir() if ours.fullmatch(path.name))
    for path in found[:-keep]:
        path.unlink()


def restore(site: str, file: str, force: bool = False, key: str | None = None) -> None:
    """Replace a site by a backup. The archive is unpacked beside the site and checked as a whole first; the old
    site stands aside until the new one is in its place. `force` accepts a backup of newer code; `key` opens a
    sealed one (else the key in the present site's configuration does).
    """
    if not Path(file).is_file():
        raise SystemExit(f"There is no file {file}.")
    folder = settings.sites_folder() / site
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = folder.with_name(f".{site}.before-restore")
    if aside.exists() and not folder.exists():  # an earlier restore was killed between its two steps
        aside.rename(folder)
    if not folder.exists():
        return _restore(folder, aside, file, force, key)
    with locks.alone(folder, locks.IN_USE, f"Stop the processes that use {site} first (serve, worker, scheduler)."):
        return _restore(folder, aside, file, force, key or _own_key(folder))


def _own_key(folder: Path) -> str | None:
    try:
        return str(_read_config(folder / CONFIG).get("backup_encryption_key") or "")
    except archive.BrokenArchive:  # the site is damaged, that is why it is restored
        return None


def _restore(folder: Path, aside: Path, file: str, force: bool, key: str | None) -> None:
    unpacking = f".{folder.name}.unpack-"
    for leftover in folder.parent.glob(unpacking + "*"):
        shutil.rmtree(leftover)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=unpacking) as place:
        unpacked = Path(place, folder.name)
        unpacked.mkdir(mode=0o700)
        if sealed.is_sealed(file):
            sealed.unseal(file, Path(place, "opened.tar.gz"), key)
            file = str(Path(place, "opened.tar.gz"))
        listing = archive.unpack(file, unpacked)
        _check_apps(listing.get("apps") or {}, force)
        dump.check(unpacked)
        conf = _read_config(unpacked / CONFIG)
        settings.make_site_folders(unpacked)
        if conf.get("db_type") == "mariadb":
            conf |= _keep_connection(folder, conf, listing.get("site"))
            settings.write_config(unpacked, conf)
            dump.load(conf, unpacked)
            (unpacked / dump.MARIADB).unlink()
        else:
            (unpacked / dump.SQLITE).rename(unpacked / (conf.get("db_name") or "site.db"))
        if aside.exists():
            _finish(folder, aside)
        if folder.exists():
            folder.rename(aside)
        unpacked.rename(folder)
        if aside.exists():
            _finish(folder, aside)


def _finish(folder: Path, aside: Path) -> None:
    """The former site goes; its backups and logs stay, and what apps keep in `private` beside the files."""
    for part in ("private", "private/backups", "logs"):
        for path in sorted((aside / part).glob("*")):
            if not (folder / part / path.name).exists():
                path.rename(folder / part / path.name)
    shutil.rmtree(aside)


def _read_config(path: Path) -> dict:
    try:
        conf = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise archive.BrokenArchive(f"The backup's configuration cannot be read: {error}") from error
    if not isinstance(conf, dict) or not conf.get("secret_key"):
        raise archive.BrokenArchive("The backup's configuration is not one of a site.")
    if conf.get("db_type") != "mariadb" and not re.fullmatch(r"\w[\w.-]*", conf.get("db_name") or "site.db"):
        raise archive.BrokenArchive("The backup's database would lie outside its site.")
    return conf


def _check_apps(apps: dict, force: bool) -> None:
    """The code that is to run the site must be there and not be older than the site."""
    for app, version in apps.items():
        here = version_of(app)
        if here is None:
            raise SystemExit(f"The backup needs the app {app}, which cannot be imported here.")
        if is_newer(version, here) and not force:
            raise SystemExit(
                f"The backup was made by {app} {version}, here is {here}: update the code, or use --force."
            )


def _keep_connection(folder: Path, conf: dict, made_for: str | None) -> dict:
    """Whose MariaDB tables are replaced: those of the site that is there, never those of another one."""
    keys = ("db_host", "db_port", "db_socket", "db_name", "db_user", "db_password")
    if (folder / CONFIG).exists():
        here = _read_config(folder / CONFIG)
        if here.get("db_type") != "mariadb":
            raise SystemExit("The backup is of a site on MariaDB: make the site with `new-site --db-type mariadb` first.")
        return {key: here[key] for key in keys if key in here}
    if made_for != folder.name:
        raise SystemExit(
            f"The backup is of {made_for}, on MariaDB: make {folder.name} with `new-site --db-type mariadb` first,"
            " so that it has a database of its own."
        )
    return {key: conf[key] for key in keys if key in conf}
