"""Django's settings for one site, read from the site's site_config.json."""

import json
import os
import secrets
from pathlib import Path

import django
from django.conf import settings as django_settings

PACKAGE = Path(__file__).parent
BUSY_TIMEOUT_SECONDS = 30
# Whether a thread's SQLite connection outlives its request: opening one means reading the definitions of all tables.
keep_connections = False
SITE_FOLDERS = ("public/files", "private/files", "private/backups", "locks", "logs")

# What is committed outlives a power cut: money may have been sent because of it. Tests need not wait for the disk.
SYNCHRONOUS = "NORMAL" if os.environ.get("BENCHLESS_FAST_COMMIT") else "FULL"
PRAGMAS = f"""
PRAGMA journal_mode=WAL;
PRAGMA synchronous={SYNCHRONOUS};
PRAGMA temp_store=MEMORY;
PRAGMA cache_size=-65536;
PRAGMA foreign_keys=OFF;
"""


def sites_folder() -> Path:
    """Where sites live: BENCHLESS_SITES, or `sites` beside the package (the repository root in development)."""
    return Path(os.environ.get("BENCHLESS_SITES") or PACKAGE.parent / "sites").resolve()


def default_config() -> dict:
    """What a new site's site_config.json says: a database file and a secret of its own."""
    return {
        "db_type": "sqlite",
        "db_name": "site.db",
        "secret_key": secrets.token_urlsafe(48),
        "encryption_key": secrets.token_urlsafe(32),
    }


def make_site_folders(site: Path) -> None:
    """The folders of a site; only the account that runs the host may look into them."""
    for folder in SITE_FOLDERS:
        (site / folder).mkdir(parents=True, exist_ok=True)
    site.chmod(0o700)


def migration_mark(site: str | Path) -> Path:
    """The file that stands in a site from the start of a migrate to its good end: the site is closed meanwhile."""
    return Path(site, "locks", "half_migrated")


def is_half_migrated(site: str | Path) -> bool:
    """Whether a migrate runs, or was cut off."""
    return migration_mark(site).exists()


def write_config(site: Path, values: dict) -> None:
    """Write site_config.json, which holds the site's secrets, in one step and for its owner's eyes only."""
    path = site / "site_config.json"
    unfinished = path.with_name(path.name + ".part")
    unfinished.unlink(missing_ok=True)
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(json.dumps(values, indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())  # a power cut leaves the former secrets or the new ones, never an empty file
    unfinished.replace(path)


def database_config(site_path: str, conf: dict) -> dict:
    """Django's DATABASES entry of a site."""
    entry = {
        "AUTOCOMMIT": True,
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": False,
        "TIME_ZONE": None,
        "HOST": "",
        "PORT": "",
        "USER": "",
        "PASSWORD": "",
        "TEST": {},
    }
    if conf.get("db_type") == "mariadb":
        return {
            **entry,
            "ENGINE": "benchless.mariadb",
            "NAME": conf["db_name"],
            "HOST": conf.get("db_socket") or conf.get("db_host") or "127.0.0.1",
            "PORT": "" if conf.get("db_socket") else str(conf.get("db_port") or 3306),
            "USER": conf.get("db_user") or conf["db_name"],
            "PASSWORD": conf.get("db_password") or "",
            "OPTIONS": {"charset": "utf8mb4", "isolation_level": "repeatable read"},
        }
    return {
        **entry,
        "ENGINE": "benchless.sqlite",
        "NAME": str(Path(site_path, conf.get("db_name") or "site.db")),
        "OPTIONS": {
            "timeout": float(conf.get("busy_timeout") or BUSY_TIMEOUT_SECONDS),
            "transaction_mode": "IMMEDIATE",
            "init_command": PRAGMAS,
        },
    }


_in_use: dict[str, Path] = {}


def folder_in_use() -> Path:
    """The folder of the site this process serves (the last one it turned to)."""
    return _in_use["site"]


def use_site(site_path: str, conf: dict) -> None:
    """Configure Django for the site, or point it at another site of the same process."""
    _in_use["site"] = Path(site_path).resolve()
    if not django_settings.configured:
        from benchless.desk_settings import django_options

        django_settings.configure(
            DATABASES={"default": database_config(site_path, conf)},
            SECRET_KEY=conf.get("secret_key") or secrets.token_urlsafe(48),
            **django_options(site_path, conf),
        )
        django.setup(set_prefix=False)
        return

    from django.db import connections

    wanted = database_config(site_path, conf)
    databases = connections.settings
    if any(databases["default"][key] != wanted[key] for key in ("ENGINE", "NAME", "HOST", "PORT", "USER", "PASSWORD")):
        connections["default"].close()
        databases["default"].update(wanted)
        django_settings.SECRET_KEY = conf.get("secret_key") or django_settings.SECRET_KEY
    if type(connections["default"]).__module__ != f"{wanted['ENGINE']}.base":
        del connections["default"]  # this thread's connection, to a site on another engine
