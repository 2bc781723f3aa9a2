"""A site's database and its user on a MariaDB server: made and dropped as `bench new-site` does."""

import hashlib
import re
import secrets

import pymysql

CHARACTERS = "character set utf8mb4 collate utf8mb4_unicode_ci"


def site_options(site: str, **given) -> dict:
    """What site_config.json says of a new site's database; names and password are made up where not given."""
    name = given.get("db_name") or "_" + hashlib.sha1(site.encode(), usedforsecurity=False).hexdigest()[:16]
    if not re.fullmatch(r"[\w-]{1,64}", name):
        raise SystemExit(f"Not a name for a database: {name}")
    password = given.get("db_password") or secrets.token_urlsafe(12)
    kept = {key: given[key] for key in ("db_host", "db_port", "db_socket", "db_user") if given.get(key)}
    return {"db_type": "mariadb", "db_name": name, "db_password": password, **kept}


def create(conf: dict, root: str, password: str, force: bool = False, scope: str | None = None) -> None:
    """Create database and user and grant the rights; a database that is there is replaced only by `force`.

    scope: the host the user may come from ('%' for any); None means the one this machine comes from.
    """
    name, user = conf["db_name"], conf.get("db_user") or conf["db_name"]
    with _root(conf, root, password) as server, server.cursor() as cursor:
        cursor.execute("show databases like %s", (name.replace("_", r"\_"),))
        if cursor.fetchone() and not force:
            raise SystemExit(f"Database {name} already exists, use --force to replace it")
        account = (user, scope or _my_host(cursor))
        cursor.execute("kill user %s@%s", account)  # whoever still works there would make the next line wait
        cursor.execute(f"drop database if exists `{name}`")
        cursor.execute("drop user if exists %s@%s", account)
        cursor.execute("create user %s@%s identified by %s", (*account, conf["db_password"]))
        cursor.execute(f"create database `{name}` {CHARACTERS}")
        cursor.execute(f"grant all privileges on `{name}`.* to %s@%s", account)
        cursor.execute("flush privileges")


def drop(conf: dict, root: str, password: str, scope: str | None = None) -> None:
    """Drop a site's database and its user, whoever still works there."""
    with _root(conf, root, password) as server, server.cursor() as cursor:
        account = (conf.get("db_user") or conf["db_name"], scope or _my_host(cursor))
        cursor.execute("kill user %s@%s", account)
        cursor.execute(f"drop database if exists `{conf['db_name']}`")
        cursor.execute("drop user if exists %s@%s", account)


def _root(conf: dict, user: str, password: str):
    """A connection as the server's administrator; SystemExit says what the server said."""
    where = {"unix_socket": conf["db_socket"]} if conf.get("db_socket") else {
        "host": conf.get("db_host") or "127.0.0.1", "port": int(conf.get("db_port") or 3306),
    }  # fmt: skip
    try:
        return pymysql.connect(user=user, password=password, charset="utf8mb4", **where)
    except pymysql.err.OperationalError as error:
        raise SystemExit(f"MariaDB does not let {user} in: {error.args[-1]}") from error


def _my_host(cursor) -> str:
    cursor.execute("select user()")
    return cursor.fetchone()[0].rpartition("@")[2]
