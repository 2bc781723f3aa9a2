"""A site's database as one file and back: a consistent copy of SQLite's, a dump of MariaDB's."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path

SQLITE, MARIADB = "site.db", "site.sql"


def dump(site: Path, conf: dict, folder: Path) -> None:
    """Write the database as it is at one moment into `folder`, while others write."""
    if conf.get("db_type") == "mariadb":
        with open(folder / MARIADB, "wb") as file:
            _run(["mariadb-dump", "mysqldump"], conf, ["--single-transaction", "--quick", "--hex-blob"], stdout=file)
        return
    with (
        closing(sqlite3.connect(site / (conf.get("db_name") or "site.db"))) as source,
        closing(sqlite3.connect(folder / SQLITE)) as target,
    ):
        source.backup(target)
        target.execute("pragma journal_mode=delete")  # one file, no log beside it


def check(folder: Path) -> None:
    """SystemExit where the file cannot be the database of a site."""
    if (folder / MARIADB).exists():
        with open(folder / MARIADB, "rb") as file:
            file.seek(-min(200, os.path.getsize(folder / MARIADB)), os.SEEK_END)
            if b"-- Dump completed" not in file.read():
                raise SystemExit("The backup's database is not complete.")
        return
    if not (folder / SQLITE).exists():
        raise SystemExit("The backup has no database.")
    try:
        with closing(sqlite3.connect(f"file:{folder / SQLITE}?mode=ro", uri=True)) as database:
            verdict = database.execute("pragma integrity_check").fetchone()[0]
            database.execute("select count(*) from `tabDocType`").fetchone()
    except sqlite3.DatabaseError as error:
        raise SystemExit(f"The backup's database is damaged: {error}") from error
    if verdict != "ok":
        raise SystemExit(f"The backup's database is damaged: {verdict}")


def load(conf: dict, folder: Path) -> None:
    """Replace MariaDB's tables by the dump's; where that fails, the former ones come back."""
    with tempfile.TemporaryDirectory() as aside:
        former = Path(aside)
        dump(former, conf, former)
        try:
            _replace(conf, folder / MARIADB)
        except BaseException:
            _replace(conf, former / MARIADB)
            raise


def _replace(conf: dict, file: Path) -> None:
    names = _run(["mariadb", "mysql"], conf, ["-N", "-B", "-e", "show tables"], stdout=subprocess.PIPE).splitlines()
    drops = "".join(f"drop table if exists `{name.decode()}`;" for name in names)
    if drops:
        _run(["mariadb", "mysql"], conf, ["-e", f"set foreign_key_checks=0; {drops}"])
    with open(file, "rb") as content:
        _run(["mariadb", "mysql"], conf, [], stdin=content)


def _run(programs: list[str], conf: dict, options: list[str], **streams) -> bytes:
    """Run MariaDB's own tool; the password goes through a file that only its owner reads."""
    program = next((found for name in programs if (found := shutil.which(name))), None)
    if not program:
        raise SystemExit(f"{programs[0]} is not installed (Debian: apt install mariadb-client).")
    with _login(conf) as login:
        done = subprocess.run(  # noqa: S603 (a program of the system, arguments of the site's configuration)
            [program, f"--defaults-extra-file={login}", *options, conf["db_name"]],
            stderr=subprocess.PIPE,
            check=False,
            **streams,
        )
    if done.returncode:
        raise SystemExit(f"{program}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout or b""


@contextmanager
def _login(conf: dict):
    values = {
        "host": None if conf.get("db_socket") else conf.get("db_host") or "127.0.0.1",
        "port": None if conf.get("db_socket") else conf.get("db_port") or 3306,
        "socket": conf.get("db_socket"),
        "user": conf.get("db_user") or conf["db_name"],
        "password": conf.get("db_password") or "",
        "default-character-set": "utf8mb4",
    }
    lines = [f'{key} = "{value}"' for key, value in values.items() if value is not None]
    with tempfile.NamedTemporaryFile("w", suffix=".cnf") as file:  # made with mode 0600
        file.write("[client]\n" + "\n".join(lines) + "\n")
        file.flush()
        yield file.name
