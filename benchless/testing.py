"""Sites for tests, on the engine that BENCHLESS_TEST_DB names (`mariadb://root:password@host:port`); else SQLite."""

import atexit
import os
import secrets
from urllib.parse import parse_qs, unquote, urlsplit


def database_options() -> dict:
    """What installer.new_site takes besides name and password; a database made for it goes when Python ends."""
    address = os.environ.get("BENCHLESS_TEST_DB")
    if not address:
        return {}
    url = urlsplit(address)
    if url.scheme != "mariadb":
        raise SystemExit(f"BENCHLESS_TEST_DB must begin with mariadb://, not {url.scheme}")
    from benchless.mariadb import setup

    config = {"db_type": "mariadb", "db_name": f"test_{secrets.token_hex(6)}", "db_password": secrets.token_hex(8)}
    if socket := parse_qs(url.query).get("socket"):
        config["db_socket"] = socket[0]
    else:
        config |= {"db_host": url.hostname or "127.0.0.1", "db_port": url.port or 3306}
    root = {"root": unquote(url.username or "root"), "password": unquote(url.password or "")}
    atexit.register(setup.drop, config, **root)
    return {**config, "database_root": root}
