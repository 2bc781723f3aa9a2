"""`benchless doctor`: what an administrator wants to know of a site, each finding in one line."""

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import frappe

LEAST_FREE = 1024**3
OLD_BACKUP_DAYS = 2


def findings() -> Iterator[str]:
    """What is wrong with the connected site; nothing where all is well."""
    site = Path(frappe.local.site_path)
    yield from database()
    yield from half_done()
    yield from rights_on_disk(site)
    yield from files(site)
    yield from work()
    yield from of_apps()
    free = shutil.disk_usage(site).free
    if free < LEAST_FREE:
        yield f"disk: only {free // 1024**2} MiB are free"


def database() -> Iterator[str]:
    """Damage, tables and columns that the definitions miss, child rows without their document."""
    if frappe.db.db_type == "sqlite":
        for verdict in frappe.db.sql("pragma integrity_check", pluck=True)[:5]:
            if verdict != "ok":
                yield f"database: {verdict}"
        mode = frappe.db.sql("pragma journal_mode", pluck=True)[0]
        if mode != "wal":
            yield f"database: journal mode {mode} instead of WAL: readers and writers wait for one another"
    from benchless.schema import wanted_columns

    for doctype in frappe.get_all("DocType", filters={"issingle": 0, "is_virtual": 0}, pluck="name", order_by="name"):
        if not frappe.db.table_exists(doctype):
            yield f"database: {doctype} has no table, run migrate"
            continue
        meta = frappe.get_meta(doctype)
        known = {column.lower() for column in frappe.db.get_table_columns(doctype)}
        if missing := [column for column in wanted_columns(meta) if column.lower() not in known]:
            yield f"database: {doctype} lacks the columns {', '.join(missing)}, run migrate"
        for df in meta.get_table_fields():
            if meta.issingle or not frappe.db.table_exists(df.options):
                continue
            lost = frappe.db.sql(
                f"select count(*) from `tab{df.options}` c where c.`parenttype`=%s and c.`parentfield`=%s"
                f" and not exists (select 1 from `tab{doctype}` p where p.`name`=c.`parent`)",
                (doctype, df.fieldname),
            )[0][0]
            if lost:
                yield f"database: {lost} rows of {df.options} belong to no {doctype}"


def half_done() -> Iterator[str]:
    from benchless import installer, settings

    if settings.is_half_migrated(frappe.local.site_path):
        yield "migrate: one runs or was cut off; the site is closed until it is run to its end"
    elif frappe.conf.maintenance_mode:
        yield "maintenance_mode is on: the site is closed"
    for app in installer.check_versions():
        yield f"{app}: its code is newer than the site, run migrate"


def rights_on_disk(site: Path) -> Iterator[str]:
    """Only the account that runs the host may look into the site."""
    if stat.S_IMODE(site.stat().st_mode) & 0o077:
        yield f"{site.name}: others may look into its folder (chmod 700)"
    if stat.S_IMODE((site / "site_config.json").stat().st_mode) & 0o077:
        yield "site_config.json: others may read it (chmod 600)"
    for folder in (site / "public/files", site / "private/files"):
        yield from (f"{path.relative_to(site)}: a symbolic link" for path in folder.rglob("*") if path.is_symlink())


def files(site: Path) -> Iterator[str]:
    """Records whose file is gone."""
    for row in frappe.get_all("File", filters={"is_folder": 0}, fields=["name", "file_url"], limit_page_length=0):
        url = row.file_url or ""
        if url.startswith(("/files/", "/private/files/")):
            path = site / ("public" + url if url.startswith("/files/") else url.lstrip("/"))
            if not path.is_file():
                yield f"file {row.name}: {url} is not on the disk"


def work() -> Iterator[str]:
    """Jobs and mails that failed, and no recent backup."""
    from frappe.utils import add_days, now_datetime

    day = add_days(now_datetime(), -1)
    for doctype, filters, what in (
        ("Email Queue", {"status": "Error", "modified": (">", day)}, "mails could not be sent"),
        ("Scheduled Job Log", {"status": "Failed", "creation": (">", day)}, "scheduled jobs failed"),
        ("Error Log", {"creation": (">", day)}, "errors were logged"),
    ):
        if frappe.db.table_exists(doctype) and (number := frappe.db.count(doctype, filters)):
            yield f"since yesterday: {number} {what}"
    store = Path(frappe.local.site_path, "private", "backups")
    ages = [path.stat().st_mtime for path in store.glob("*.tar.gz*")]
    limit = now_datetime().timestamp() - OLD_BACKUP_DAYS * 24 * 3600
    if not ages:
        yield "backup: there is none in private/backups"
    elif max(ages) < limit:
        yield f"backup: the newest in private/backups is older than {OLD_BACKUP_DAYS} days"


def of_apps() -> Iterator[str]:
    """What the apps' `site_checks` hooks find: functions that give one line for each finding."""
    for method in frappe.get_hooks("site_checks"):
        yield from (f"{method.split('.')[0]}: {finding}" for finding in frappe.get_attr(method)())
