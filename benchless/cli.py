"""The command line, with bench's verbs: `benchless --site NAME new-site | install-app APP | migrate | …`."""

import argparse
import json
import os
import sys

import benchless


def main(argv: list[str] | None = None) -> None:
    """Run one command; the exit code is 1 where it fails."""
    os.umask(0o077)  # what a site holds is for the account that runs it
    benchless.activate()
    _find_apps_here()
    arguments = build_parser().parse_args(argv)
    site = arguments.site or os.environ.get("BENCHLESS_SITE")
    if not site:
        raise SystemExit("Which site? Say --site NAME, or set BENCHLESS_SITE.")
    arguments.site = site
    import frappe

    if not str(frappe.__file__).startswith(str(benchless.API_FOLDER)):
        raise SystemExit(f"Frappe itself is installed here: use `bench --site {site} {arguments.command}`.")
    try:
        arguments.run(arguments)
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except Exception as error:
        from benchless import troubles

        if not troubles.is_full(error):
            raise
        raise SystemExit("The disk is full, so this was not done. Make room and run it again.") from error
    finally:
        if getattr(frappe.local, "initialised", None):
            frappe.destroy()


def _find_apps_here() -> None:
    """Apps beside the package, and in the folder one stands in, can be imported."""
    for folder in (os.getcwd(), os.path.dirname(benchless.__path__[0])):
        if folder not in sys.path:
            sys.path.append(folder)


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchless", description=__doc__)
    parser.add_argument("--site", help="the site's name, a folder in sites/")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name, run, help_text):
        sub = commands.add_parser(name, help=help_text)
        sub.set_defaults(run=run)
        return sub

    sub = command("new-site", _new_site, "create a site")
    sub.add_argument("--admin-password", default=None)
    sub.add_argument("--force", action="store_true", help="replace an existing site")
    sub.add_argument("--install-app", action="append", default=[])
    _add_database_options(sub)
    sub = command("install-app", _install_app, "install an app on the site")
    sub.add_argument("app", nargs="+")
    sub.add_argument("--force", action="store_true")
    command("list-apps", _list_apps, "show what is installed")
    command("migrate", _migrate, "bring the site up to the apps' present state")
    sub = command("set-maintenance-mode", _set_maintenance_mode, "close the site to visitors, or open it")
    sub.add_argument("state", choices=("on", "off"))
    sub = command("serve", _serve, "serve the site over HTTP")
    sub.add_argument("--host", default="127.0.0.1")
    sub.add_argument("--port", type=int, default=8000)
    numbers = range(1, 65)
    sub.add_argument(
        "--processes", type=int, choices=numbers, default=1, metavar="N",
        help="that answer visitors (1); jobs and events have one of their own then",
    )  # fmt: skip
    sub.add_argument("--no-scheduler", action="store_true", help="leave scheduled events to another process")
    sub.add_argument("--no-worker", action="store_true", help="leave queued jobs to another process")
    sub = command("execute", _execute, "call a function and print what it returns as JSON")
    sub.add_argument("method")
    sub.add_argument("--args", default="[]", help="a JSON list")
    sub.add_argument("--kwargs", default="{}", help="a JSON object")
    sub = command("run-script", _run_script, "run a Python file with the site connected")
    sub.add_argument("file")
    sub.add_argument("arguments", nargs="*")
    command("console", _console, "an interactive Python with the site connected")
    sub = command("set-admin-password", _set_admin_password, "set the Administrator's password")
    sub.add_argument("password")
    sub = command("backup", _backup, "write a backup of database and files")
    sub.add_argument("--to", default=None, help="the file to write (default: in the site's private/backups)")
    sub.add_argument("--keep", type=int, default=None, help="leave only the newest N of those in private/backups")
    sub = command("restore", _restore, "replace the site by a backup")
    sub.add_argument("file")
    sub.add_argument("--force", action="store_true", help="also a backup that newer code made")
    sub.add_argument("--encryption-key", help="of a sealed backup (or in BENCHLESS_BACKUP_KEY)")
    command("doctor", _doctor, "say what is wrong with the site; exit code 1 where something is")
    sub = command("export-to-bench", _export, "write the site's rows and files for a site on a bench")
    sub.add_argument("folder")
    sub = command("scheduler", _scheduler, "queue what is due, again and again (`serve` does so too)")
    sub.add_argument("--once", action="store_true", help="run what is due now, and end")
    sub = command("worker", _worker, "run queued jobs, again and again (`serve` does so too)")
    sub.add_argument("--queue", help="only these queues, commas between them: short, default, long")
    sub.add_argument("--burst", "--once", action="store_true", help="end when nothing is due; queued mail is sent too")
    sub = command("run-tests", _run_tests, "run an app's tests on the site")
    sub.add_argument("--app", required=True)
    sub.add_argument("--module")
    sub.add_argument("--doctype")
    sub.add_argument("--failfast", action="store_true")
    sub = command("set-config", _set_config, "set a value in site_config.json")
    sub.add_argument("key")
    sub.add_argument("value")
    return parser


def _add_database_options(sub) -> None:
    """bench's own, for a site on a MariaDB server."""
    sub.add_argument("--db-type", choices=("sqlite", "mariadb"), default="sqlite")
    sub.add_argument("--db-host", help="of the MariaDB server (127.0.0.1)")
    sub.add_argument("--db-port", type=int, help="(3306)")
    sub.add_argument("--db-socket", help="in place of host and port")
    sub.add_argument("--db-name", help="the database (made from the site's name)")
    sub.add_argument("--db-user", help="the site's user (called as the database)")
    sub.add_argument("--db-password", help="the site's user's password (made up)")
    sub.add_argument("--db-root-username", "--mariadb-root-username", default="root")
    sub.add_argument("--db-root-password", "--mariadb-root-password", help="(asked for)")
    sub.add_argument("--mariadb-user-host-login-scope", help="where the user may come from: %% is anywhere")
    sub.add_argument("--no-setup-db", action="store_true", help="database and user are there already, and empty")


def _database(arguments) -> dict:
    """What installer.new_site takes of the database."""
    if arguments.db_type == "sqlite":
        return {}
    names = ("db_type", "db_host", "db_port", "db_socket", "db_name", "db_user", "db_password")
    options = {name: getattr(arguments, name) for name in names if getattr(arguments, name)}
    if arguments.no_setup_db:
        return options
    import getpass

    password = arguments.db_root_password
    if password is None:
        password = getpass.getpass(f"Password of MariaDB's {arguments.db_root_username}: ")
    scope = arguments.mariadb_user_host_login_scope
    return {**options, "database_root": {"root": arguments.db_root_username, "password": password, "scope": scope}}


def _connect(arguments):
    import frappe

    from benchless import locks

    frappe.init(arguments.site)
    locks.enter(frappe.local.site_path)
    frappe.connect()
    return frappe


def _new_site(arguments) -> None:
    from benchless import installer

    password = arguments.admin_password or os.environ.get("BENCHLESS_ADMIN_PASSWORD")
    if not password:
        import secrets

        password = secrets.token_urlsafe(12)
        print(f"Administrator's password: {password}")
    installer.new_site(arguments.site, password, force=arguments.force, **_database(arguments))
    print(f"Site {arguments.site} is ready")
    for app in arguments.install_app:
        installer.install_app(app)
        print(f"Installed {app}")


def _install_app(arguments) -> None:
    from benchless import installer

    _connect(arguments)
    for app in arguments.app:
        installer.install_app(app, force=arguments.force)
        print(f"Installed {app}")


def _list_apps(arguments) -> None:
    from benchless import installer

    _connect(arguments)
    for name, version in installer.list_apps():
        print(f"{name:<20} {version}")


def _migrate(arguments) -> None:
    from benchless import installer

    _connect(arguments)
    installer.migrate()
    print(f"Migrated {arguments.site}")


def _set_maintenance_mode(arguments) -> None:
    """`off` also opens a site whose migrate was cut off: for whom knows that its data are sound."""
    from benchless import settings

    _write_config(arguments.site, {"maintenance_mode": int(arguments.state == "on")})
    if arguments.state == "off":
        settings.migration_mark(settings.sites_folder() / arguments.site).unlink(missing_ok=True)


def _serve(arguments) -> None:
    from benchless.server import serve

    serve(
        arguments.site,
        host=arguments.host,
        port=arguments.port,
        scheduler=not arguments.no_scheduler,
        worker=not arguments.no_worker,
        web_processes=arguments.processes,
    )


def _execute(arguments) -> None:
    frappe = _connect(arguments)
    result = _resolve(arguments.method)(*json.loads(arguments.args), **json.loads(arguments.kwargs))
    frappe.db.commit()
    if result is not None:
        print(frappe.as_json(result, ensure_ascii=False))


def _resolve(method: str):
    """A function of an installed app by its path, or one that hangs on frappe (`frappe.db.count`)."""
    import frappe

    try:
        return frappe.get_attr(method)
    except ModuleNotFoundError:
        if not method.startswith("frappe."):
            raise
    found = frappe
    for part in method.split(".")[1:]:
        found = getattr(found, part)
    return found


def _run_script(arguments) -> None:
    import runpy

    frappe = _connect(arguments)
    sys.argv = [arguments.file, *arguments.arguments]
    runpy.run_path(arguments.file, {"frappe": frappe}, run_name="__main__")
    frappe.db.commit()


def _console(arguments) -> None:
    import code

    frappe = _connect(arguments)
    code.interact(banner=f"{arguments.site}: frappe is connected as Administrator", local={"frappe": frappe})


def _set_admin_password(arguments) -> None:
    from benchless import installer

    frappe = _connect(arguments)
    installer.set_admin_password(arguments.password)
    frappe.db.commit()


def _backup(arguments) -> None:
    from benchless import backup

    _connect(arguments)
    print(backup.backup(arguments.to, keep=arguments.keep))


def _restore(arguments) -> None:
    from benchless import backup

    key = arguments.encryption_key or os.environ.get("BENCHLESS_BACKUP_KEY")
    backup.restore(arguments.site, arguments.file, force=arguments.force, key=key)
    print(f"Restored {arguments.site}")


def _doctor(arguments) -> None:
    from benchless import doctor

    _connect(arguments)
    found = list(doctor.findings())
    print("\n".join(found) or "Nothing is wrong.")
    if found:
        raise SystemExit(1)


def _export(arguments) -> None:
    from benchless.export import export_to_bench

    _connect(arguments)
    for path in export_to_bench(arguments.folder):
        print(path)


def _scheduler(arguments) -> None:
    frappe = _connect(arguments)
    from frappe.utils import scheduler

    if not arguments.once:
        frappe.destroy()
        scheduler.run_forever(arguments.site)
        return
    for method in scheduler.run_due():
        print(method)
    frappe.db.commit()


def _worker(arguments) -> None:
    """Ended by a signal, it finishes the job that runs; a second signal ends it at once."""
    import signal

    from frappe.utils.background_jobs import get_queue_list

    from benchless.worker import Worker

    frappe = _connect(arguments)
    queues = get_queue_list([name.strip() for name in arguments.queue.split(",")]) if arguments.queue else None
    frappe.destroy()
    worker = Worker(arguments.site, queues=queues)

    def end(_number, _frame):
        if worker.stopping.is_set():
            raise KeyboardInterrupt
        worker.stop()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    print(f"{arguments.site}: worker {worker.id}", file=sys.stderr, flush=True)
    worker.run(burst=arguments.burst)
    if arguments.burst:
        _connect(arguments)
        from frappe.email.queue import flush

        flush()


def _run_tests(arguments) -> None:
    from benchless import installer

    _connect(arguments)
    passed = installer.run_tests(
        arguments.app, module=arguments.module, failfast=arguments.failfast, doctype=arguments.doctype
    )
    if not passed:
        raise SystemExit(1)


def _set_config(arguments) -> None:
    try:
        value = json.loads(arguments.value)
    except ValueError:
        value = arguments.value
    _write_config(arguments.site, {arguments.key: value})


def _write_config(name: str, values: dict) -> None:
    from benchless import settings

    site = settings.sites_folder() / name
    path = site / "site_config.json"
    if not path.exists():
        raise SystemExit(f"There is no site {name} in {settings.sites_folder()}.")
    settings.write_config(site, {**json.loads(path.read_text(encoding="utf-8")), **values})
