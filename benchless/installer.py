"""Sites and apps: new-site, install-app, migrate, in the order Frappe does it."""

import importlib
import json
import os
import shutil
import sys
from pathlib import Path

import frappe
from frappe.model.meta import DOCTYPES_FOR_DOCTYPE, core_doctype_folder
from frappe.modules.import_file import import_doc_file, import_file_by_path, store_definition
from frappe.modules.utils import sync_customizations

from benchless import backup, locks, schema, settings, worker

STANDARD_ROLES = {
    "Administrator": 0, "System Manager": 1, "Guest": 0, "All": 0, "Desk User": 1, "Report Manager": 1,
    "Workspace Manager": 1,
}
IMPORTED_FOLDERS = (
    "doctype", "report", "dashboard_chart_source", "print_format", "letter_head", "workspace", "dashboard_chart",
    "number_card",
)
LANGUAGES = {"en": "English", "vi": "Tiếng Việt"}


# sites


def new_site(
    site: str, admin_password: str, force: bool = False, database_root: dict | None = None, **config
) -> None:
    """Create a site's folder, database and the host's own DocTypes and records.

    config: what site_config.json shall say; with `db_type="mariadb"` also where the server is.
    database_root: root, password, scope, as benchless.mariadb.setup.create takes them; None where an empty database
    and its user are there already.
    """
    path = settings.sites_folder() / site
    if (path / "site_config.json").exists():
        if not force:
            raise SystemExit(f"Site {site} already exists, use --force to replace it")
        _remove_database(path)
    if config.get("db_type") == "mariadb":
        from benchless.mariadb import setup

        config = {**config, **setup.site_options(site, **config)}
        if database_root:
            setup.create(config, **database_root, force=force)
    settings.make_site_folders(path)
    settings.write_config(path, {**settings.default_config(), **config})
    frappe.init(site, force=True)
    frappe.connect(set_admin_as_user=True)
    frappe.cache.flushall()
    frappe.flags.in_install = "frappe"
    try:
        install_host()
    finally:
        frappe.flags.in_install = None
    set_admin_password(admin_password)
    frappe.db.commit()
    frappe.clear_cache()


def _remove_database(path: Path) -> None:
    """The rows go, and with them who is signed in and what was left half done."""
    with locks.alone(path, locks.IN_USE, f"Stop the processes that use {path.name} first (serve, worker, scheduler)."):
        for file in path.glob("site.db*"):
            file.unlink()
        shutil.rmtree(path / "sessions", ignore_errors=True)
        settings.migration_mark(path).unlink(missing_ok=True)


def install_host() -> None:
    """Tables, definitions and standard records of the host."""
    frappe.flags.in_install_db = True
    schema.create_base_tables()
    worker.create_tables()
    sync_host_doctypes()
    frappe.db.set_global("installed_apps", json.dumps(["frappe"]))
    frappe.flags.in_install_db = False
    for role, desk_access in STANDARD_ROLES.items():
        _ensure("Role", role_name=role, desk_access=desk_access)
    for code, name in LANGUAGES.items():
        _ensure("Language", language_code=code, language_name=name, enabled=1)
    _ensure("Currency", currency_name="VND", symbol="₫", symbol_on_right=1, number_format="#.###", enabled=1)
    _ensure("Currency", currency_name="USD", symbol="$", number_format="#,###.##", enabled=1)
    _ensure("User", name="Administrator", email="admin@example.com", first_name="Administrator",
            full_name="Administrator", user_type="System User", enabled=1)
    _ensure("User", name="Guest", email="guest@example.com", first_name="Guest", full_name="Guest",
            user_type="Website User", enabled=1)
    _ensure("File", name="Home", file_name="Home", is_folder=1, is_home_folder=1)
    _ensure("File", name="Home/Attachments", file_name="Attachments", folder="Home", is_folder=1,
            is_attachments_folder=1)
    add_module_defs("frappe")
    for single in ("System Settings", "Print Settings"):
        frappe.get_doc(single).save(ignore_permissions=True)
    frappe.db.set_single_value("System Settings", {"setup_complete": 1, "language": frappe.conf.lang or "en",
                                                   "time_zone": frappe.conf.time_zone or "Asia/Ho_Chi_Minh",
                                                   "enable_scheduler": 1})
    sync_host_workspaces()
    frappe.cache.flushall()


def _ensure(doctype: str, **values) -> None:
    """Insert a standard record without running anything, where it is missing."""
    doc = frappe.get_doc({"doctype": doctype, **values})
    if not doc.name:
        field = (doc.meta.autoname or "").partition("field:")[2]
        doc.name = values[field]
    if not frappe.db.exists(doctype, doc.name):
        doc.db_insert()


def sync_host_doctypes() -> bool:
    """Definitions and tables of the host's own DocTypes; those that describe DocTypes come first."""
    if not frappe.db.table_exists("DocType"):
        for doctype in sorted(DOCTYPES_FOR_DOCTYPE):
            schema.sync_table(doctype)
            frappe.clear_cache(doctype=doctype)
    changed = False
    paths = sorted(core_doctype_folder().glob("*/*.json"))
    describing = {frappe.scrub(name) for name in DOCTYPES_FOR_DOCTYPE}
    for path in sorted(paths, key=lambda p: p.stem not in describing):
        definition = json.loads(path.read_text(encoding="utf-8"))
        if definition["name"] in DOCTYPES_FOR_DOCTYPE:
            schema.sync_table(definition["name"])
            frappe.clear_cache(doctype=definition["name"])
            store_definition(definition, "")
        else:
            changed |= import_file_by_path(str(path))
    frappe.db.commit()
    return changed


def sync_host_workspaces() -> None:
    """The host's own workspaces."""
    for path in sorted((core_doctype_folder().parent / "workspace").glob("*/*.json")):
        import_file_by_path(str(path))


def set_admin_password(password: str) -> None:
    from frappe.utils.password import update_password

    update_password("Administrator", password)


# apps


def install_app(app: str, force: bool = False) -> None:
    """before_install, DocTypes and other module files, after_install, then fixtures and dashboards."""
    if app == "frappe":
        return
    try:
        importlib.import_module(app)
    except ModuleNotFoundError as error:
        raise SystemExit(f"App {app} cannot be imported: {error}") from error
    installed = frappe.get_installed_apps()
    if app in installed and not force:
        print(f"App {app} is already installed")
        return
    hooks = frappe.get_hooks(app_name=app)
    for required in hooks.get("required_apps") or []:
        install_app(required.rpartition("/")[2])
    frappe.flags.in_install = app
    frappe.flags.ignore_in_install = False
    try:
        for method in hooks.get("before_install") or []:
            if frappe.get_attr(method)() is False:  # an app may refuse, as on Frappe
                return
        add_module_defs(app)
        sync_for(app, force=force)
        _remember_installed(app)
        init_singles()
        record_patches_as_done(app)
        for method in hooks.get("after_install") or []:
            frappe.get_attr(method)()
        frappe.flags.in_install = None
        sync_jobs(app)
        sync_fixtures(app)
        sync_customizations(app)
        for method in hooks.get("after_sync") or []:
            frappe.get_attr(method)()
    finally:
        frappe.flags.in_install = None
    frappe.db.commit()
    frappe.clear_cache()


def init_singles() -> None:
    """Every Single holds its defaults from the start: get_single_value() knows only what is stored, as on Frappe."""
    for doctype in frappe.get_all("DocType", {"issingle": 1}, pluck="name", order_by="name"):
        if not frappe.db.get_singles_dict(doctype):
            doc = frappe.new_doc(doctype)
            doc.flags.ignore_mandatory = doc.flags.ignore_validate = True
            doc.save(ignore_permissions=True)


def _remember_installed(app: str) -> None:
    installed = frappe.get_installed_apps()
    if app not in installed:
        installed.append(app)
    frappe.db.set_global("installed_apps", json.dumps(installed))
    frappe.cache.delete_value("installed_apps")
    _remember_versions()
    frappe.db.commit()
    frappe.clear_cache()


def _remember_versions() -> None:
    """Which code the site was last brought up to."""
    applications = frappe.get_single("Installed Applications")
    applications.set("installed_applications", [])
    for name, version in backup.versions().items():
        applications.append("installed_applications", {"app_name": name, "app_version": version})
    applications.save(ignore_permissions=True)


def add_module_defs(app: str) -> None:
    for module in frappe.get_module_list(app):
        if not frappe.db.exists("Module Def", module):
            _ensure("Module Def", module_name=module, app_name=app)
    for key in frappe.cache.get_keys("module_app:"):
        frappe.cache.delete_value(key)


def sync_for(app: str, force: bool = False) -> None:
    """Import every DocType of an app, then its reports, print formats, workspaces and the rest."""
    if app == "frappe":
        sync_host_doctypes()
        sync_host_workspaces()
        return
    for folder in IMPORTED_FOLDERS:
        for module in frappe.get_module_list(app):
            for path in module_files(module, folder):
                import_file_by_path(path, force=force)
        if folder == "doctype":
            frappe.db.commit()
            frappe.clear_cache()
    frappe.db.commit()


def module_files(module: str, folder: str) -> list[str]:
    """The JSON files of one kind in a module, `report/x/x.json`."""
    base = frappe.get_module_path(module, folder)
    if not os.path.isdir(base):
        return []
    found = []
    for name in sorted(os.listdir(base)):
        path = os.path.join(base, name, f"{name}.json")
        if os.path.exists(path):
            found.append(path)
    return found


def sync_fixtures(app: str) -> None:
    """Import the app's fixtures/*.json, each document in place of the stored one."""
    folder = frappe.get_app_path(app, "fixtures")
    if os.path.isdir(folder):
        import_doc_file(folder)
        frappe.db.commit()
        frappe.clear_cache()


def sync_jobs(app: str | None = None) -> None:
    """Scheduled Job Types from the apps' scheduler_events."""
    from frappe.core.doctype.scheduled_job_type.scheduled_job_type import sync_jobs as sync

    sync()
    frappe.db.commit()


# patches


def patches_of(app: str) -> dict[str, list[str]]:
    """The lines of patches.txt by section."""
    path = frappe.get_app_path(app, "patches.txt")
    sections = {"pre_model_sync": [], "post_model_sync": []}
    current = "pre_model_sync"
    for line in frappe.get_file_items(path):
        if line.startswith("["):
            current = line.strip("[]").strip()
        else:
            sections.setdefault(current, []).append(line)
    return sections


def record_patches_as_done(app: str) -> None:
    """A fresh site needs no patch."""
    for lines in patches_of(app).values():
        for line in lines:
            _record_patch(line)


def _record_patch(line: str) -> None:
    if not frappe.db.get_value("Patch Log", {"patch": line}):
        frappe.get_doc({"doctype": "Patch Log", "patch": line}).insert(ignore_permissions=True)


def run_patches(section: str) -> None:
    """Run the patches of a section that this site has not seen."""
    for app in frappe.get_installed_apps():
        for line in patches_of(app).get(section, []):
            if frappe.db.get_value("Patch Log", {"patch": line, "skipped": 0}):
                continue
            print(f"Executing {line}")
            frappe.flags.in_patch = True
            try:
                if line.startswith("execute:"):
                    exec(line.split("execute:", 1)[1], {"frappe": frappe})  # noqa: S102 (the app's own file)
                else:
                    frappe.get_attr(line.split(maxsplit=1)[0] + ".execute")()
            finally:
                frappe.flags.in_patch = False
            _record_patch(line)
            frappe.db.commit()


def check_versions() -> list[str]:
    """Apps whose code is newer than the site (migrate is due); SystemExit where the code is older than the site."""
    due = []
    for row in frappe.get_single("Installed Applications").installed_applications:
        here = backup.version_of(row.app_name)
        if here is None:
            raise SystemExit(f"The site has the app {row.app_name}, which cannot be imported here.")
        if backup.is_newer(row.app_version, here):
            raise SystemExit(
                f"The site was migrated by {row.app_name} {row.app_version}, the code here is {here}:"
                " update the code, or restore a backup made by it."
            )
        if here != (row.app_version or ""):
            due.append(row.app_name)
    return due


def migrate() -> None:
    """Bring the site up to the apps' present state, alone; the site is closed until that has succeeded.

    It can be cut off anywhere and run again: what is done is found done.
    """
    site = Path(frappe.local.site_path)
    with locks.alone(site, "migrate", "This site is being migrated by another process."):
        check_versions()
        settings.migration_mark(site).touch(mode=0o600)
        _migrate()
        settings.migration_mark(site).unlink(missing_ok=True)


def _migrate() -> None:
    """before_migrate, patches, DocTypes and module files, patches, jobs, fixtures, after_migrate."""
    frappe.clear_cache()
    frappe.flags.in_migrate = True
    try:
        apps = frappe.get_installed_apps()
        for app in apps:
            for method in frappe.get_hooks("before_migrate", app_name=app):
                frappe.get_attr(method)()
        settings.make_site_folders(Path(frappe.local.site_path))  # a site made before may be open to others
        schema.create_base_tables()
        worker.create_tables()
        frappe.db.commit()
        run_patches("pre_model_sync")
        for app in apps:
            add_module_defs(app)
            sync_for(app)
        run_patches("post_model_sync")
        init_singles()  # sites made before installing did so
        frappe.clear_cache()
        sync_jobs()
        for app in apps:
            sync_fixtures(app)
            sync_customizations(app)
        _remember_versions()
        for app in apps:
            for method in frappe.get_hooks("after_migrate", app_name=app):
                frappe.get_attr(method)()
        frappe.db.commit()
    finally:
        frappe.flags.in_migrate = False
    frappe.clear_cache()


def list_apps() -> list[tuple[str, str]]:
    """Installed apps with their versions."""
    return list(backup.versions().items())


def prepare_tests(app: str) -> None:
    """What the connected site needs before the app's tests run: test mode and the app's `before_tests`."""
    frappe.set_test_mode(True)
    for method in frappe.get_hooks("before_tests", app_name=app):
        frappe.get_attr(method)()
    frappe.db.commit()


def run_tests(app: str, module: str | None = None, failfast: bool = False, doctype: str | None = None) -> bool:
    """Run the unittest modules of an app on this site; True when all passed."""
    import unittest

    prepare_tests(app)
    suite = unittest.TestSuite()
    loader = unittest.TestLoader()
    for name in [module] if module else test_modules(app):
        if doctype and f".doctype.{frappe.scrub(doctype)}." not in name:
            continue
        suite.addTests(loader.loadTestsFromName(name))
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=1, failfast=failfast).run(suite)
    return result.wasSuccessful()


def test_modules(app: str) -> list[str]:
    """Dotted names of an app's test_*.py."""
    root = Path(frappe.get_app_path(app))
    found = []
    for path in sorted(root.rglob("test_*.py")):
        found.append(".".join([app, *path.relative_to(root).with_suffix("").parts]))
    return found
