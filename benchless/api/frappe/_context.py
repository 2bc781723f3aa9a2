"""The site a thread works for: frappe.local, its proxies, and init / connect / destroy."""

import json
import os
from pathlib import Path

from frappe.exceptions import IncorrectSitePath
from frappe.types import _dict
from werkzeug.local import Local

local = Local()

db = local("db")
conf = local("conf")
form = form_dict = local("form_dict")
request = local("request")
response = local("response")
session = local("session")
flags = local("flags")
error_log = local("error_log")
debug_log = local("debug_log")
message_log = local("message_log")
lang = local("lang")
job = local("job")


def bench_sites_path() -> str:
    """The folder that holds the sites: BENCHLESS_SITES, or `sites` beside the benchless package."""
    from benchless import settings

    return str(settings.sites_folder())


def init(site: str, sites_path: str | None = None, new_site: bool = False, force: bool = False) -> None:
    """Prepare this thread for a site: configuration and empty request state, no database yet."""
    if getattr(local, "initialised", None) and not force and local.site == site:
        return

    from benchless import settings

    local.site = site
    local.sites_path = str(sites_path or bench_sites_path())
    local.site_path = os.path.join(local.sites_path, site or "")
    if site and not new_site and not os.path.isdir(local.site_path):
        raise IncorrectSitePath(f"{site} does not exist")
    local.flags = _dict(
        currently_saving=[],
        redirect_location="",
        in_install_db=False,
        in_install_app=False,
        in_import=False,
        in_test=bool(os.environ.get("FRAPPE_IN_TEST")) or _test_mode["on"],
        mute_messages=False,
        ignore_links=False,
        mute_emails=False,
        has_dataurl=False,
        new_site=new_site,
        read_only=False,
    )
    local.conf = get_site_config(local.sites_path, local.site_path)
    if settings.is_half_migrated(local.site_path):
        local.conf.maintenance_mode = 1
    local.lang = local.conf.lang or "en"
    local.request = None
    local.request_ip = None
    local.job = None
    local.response = _dict(docs=[])
    local.task_id = None
    local.form_dict = _dict()
    local.session = _dict(user="Guest", sid="Guest", data=_dict())
    local.preload_assets = {}
    local.cache_view = None
    clear_request_state()
    local.db = None
    local.dev_server = bool(local.conf.developer_mode)
    if site:
        settings.use_site(local.site_path, local.conf)
    local.initialised = True


_test_mode = {"on": False}


def set_test_mode(on: bool = True) -> None:
    """Make every later init() of this process (and the current one) run with flags.in_test."""
    _test_mode["on"] = on
    if getattr(local, "flags", None) is not None:
        local.flags.in_test = on


def clear_request_state() -> None:
    """Forget what was read for the last request: logs, and the caches that live as long as a request."""
    local.error_log = []
    local.message_log = []
    local.debug_log = []
    local.realtime_log = []
    local.role_permissions = {}
    local.valid_columns = {}
    local.new_doc_templates = {}
    local.document_cache = {}
    local.request_cache = {}
    local.doc_events_hooks = None
    local.permission_debug_log = []
    local.rollback_observers = []


def get_site_config(sites_path: str | None = None, site_path: str | None = None) -> _dict:
    """The merged common_site_config.json and site_config.json of a site."""
    config = _dict()
    if site_path is None and sites_path is None:
        sites_path, site_path = local.sites_path, local.site_path
    for folder, name in ((sites_path, "common_site_config.json"), (site_path, "site_config.json")):
        path = Path(folder or "", name)
        if folder and path.exists():
            config.update(json.loads(path.read_text(encoding="utf-8")))
    return config


def connect(site: str | None = None, db_name: str | None = None, set_admin_as_user: bool = True) -> None:
    """Open the site's database for this thread; the user becomes Administrator unless told otherwise."""
    from frappe.database import get_db

    if site:
        init(site)
    local.db = get_db()
    local.db.connect()
    from frappe._cache import transaction_began

    transaction_began()
    if set_admin_as_user:
        set_user("Administrator")


def destroy() -> None:
    """Roll back and close the database and forget the site."""
    database = getattr(local, "db", None)
    if database is not None:
        database.close()
    local.__release_local__()


def set_user(username: str) -> None:
    """Act as another user; anything known about the former user's rights is forgotten."""
    local.session.user = username
    local.session.sid = username
    local.session.data = _dict()
    local.role_permissions = {}
    local.new_doc_templates = {}
    local.user_perms = None
    local.form_dict = _dict()
