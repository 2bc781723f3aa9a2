"""The web server: Django's WSGI application for one site, served by waitress: several threads, in one process or more."""

import contextlib
import logging
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

from waitress import create_server, wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer

import benchless
from benchless import locks, processes
from benchless import settings as site_settings
from benchless.worker import Pool

THREADS = 8
# What a request holds besides the largest allowed file: the other fields of its form.
ROOM_FOR_FIELDS = 1024 * 1024
# How long requests that run may still take when the server is told to stop.
GRACE_SECONDS = 30
_LOOP_SECONDS = 0.5
BACKLOG = 1024


def make_application(site: str, sites_path: str | Path | None = None):
    """The WSGI application of one site; also what a test client talks to."""
    benchless.activate()
    import frappe

    frappe.init(site=site, sites_path=str(sites_path) if sites_path else None)
    frappe.connect()
    frappe.get_hooks()  # an app that cannot be imported is found now, not by the first visitor
    frappe.destroy()
    from django.core.wsgi import get_wsgi_application

    return get_wsgi_application()


def serve(
    site: str,
    host: str = "127.0.0.1",
    port: int = 8000,
    sites_path: str | Path | None = None,
    scheduler: bool = True,
    worker: bool = True,
    web_processes: int = 1,
) -> None:
    """Serve a site until interrupted or terminated; run its queued jobs and scheduled events meanwhile.

    More than one web process: each has its threads, and jobs and events run in one process beside them.
    Only this machine can reach it unless `host` says otherwise. SystemExit where the site is newer than the code.
    """
    if web_processes > 1 and not processes.are_possible():
        raise SystemExit("This system serves with one process only.")
    application = make_application(site, sites_path)
    check_site(site, sites_path)
    logging.getLogger("waitress").setLevel(logging.INFO)
    listener = listen(host, port)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, _on_signal(stop))
    signal.signal(signal.SIGINT, _on_signal(stop))
    shown = f"[{host}]" if ":" in host else host
    print(f"{site}: http://{shown}:{listener.getsockname()[1]}/  (Ctrl+C ends)", flush=True)

    def web(over: threading.Event) -> None:
        answer(application, listener, over)

    def jobs(over: threading.Event) -> None:
        with background(site, sites_path, scheduler, worker, over):
            over.wait()

    with contextlib.suppress(KeyboardInterrupt), listener:
        if web_processes > 1:
            works = {f"web {number}": web for number in range(1, web_processes + 1)}
            processes.look_after(works | ({"jobs": jobs} if scheduler or worker else {}), stop)
        else:
            with background(site, sites_path, scheduler, worker, stop):
                web(stop)


def listen(host: str, port: int) -> socket.socket:
    """The socket that visitors reach; port 0: one that is free."""
    family, *_rest, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    try:
        return socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except OSError as error:
        raise SystemExit(f"Cannot listen on {host}:{port}: {error.strerror or error}") from error


def answer(application, listener: socket.socket, stop: threading.Event) -> None:
    """Answer visitors of the socket with this process's threads until `stop`."""
    from django.conf import settings

    site_settings.keep_connections = True
    sockets: dict = {}
    server = create_server(
        application,
        map=sockets,
        sockets=[listener.dup()],
        threads=int(os.environ.get("BENCHLESS_THREADS") or THREADS),
        ident=None,
        max_request_body_size=settings.DATA_UPLOAD_MAX_MEMORY_SIZE + ROOM_FOR_FIELDS,
        clear_untrusted_proxy_headers=True,
        **proxy_options(settings),
    )
    try:
        run(server, sockets, stop)
    finally:
        server.close()


@contextlib.contextmanager
def background(site: str, sites_path: str | Path | None, scheduler: bool, worker: bool, stop: threading.Event):
    """Scheduled events and queued jobs in threads of this process; at the end, when those that run are done."""
    if scheduler:
        from frappe.utils.scheduler import run_forever

        rounds = {"site": site, "sites_path": str(sites_path) if sites_path else None, "stop": stop}
        threading.Thread(target=run_forever, kwargs=rounds, name="scheduler", daemon=True).start()
    jobs = Pool(site, sites_path).start() if worker else None
    try:
        yield
    finally:
        stop.set()
        if jobs:
            jobs.stop()


def check_site(site: str, sites_path: str | Path | None) -> None:
    """Refuse a site of newer code, close one that waits for migrate, and keep it from being replaced meanwhile."""
    import frappe

    from benchless import installer, settings

    frappe.init(site=site, sites_path=str(sites_path) if sites_path else None)
    locks.enter(frappe.local.site_path)
    frappe.connect()
    due = installer.check_versions()
    if due:
        # New code asks for columns the tables do not have yet: nobody works on half an upgrade.
        settings.migration_mark(frappe.local.site_path).touch(mode=0o600)
        print(f"{', '.join(due)}: newer than {site}, which stays closed until migrate has been run.", file=sys.stderr)
    elif frappe.conf.maintenance_mode:
        print(f"{site} is closed: a migrate runs or was cut off, or maintenance_mode is set.", file=sys.stderr)
    frappe.destroy()


def proxy_options(settings) -> dict:
    """Whose X-Forwarded-* headers count: nobody's, unless host_name is https, which a proxy must end."""
    if not settings.SECURE_PROXY_SSL_HEADER:
        return {}
    return {"trusted_proxy": settings.TRUSTED_PROXY, "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"}}


def _on_signal(stop: threading.Event):
    """The first signal asks for a graceful end, a second one ends at once."""

    def handle(_number, _frame):
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    return handle


def run(server, sockets: dict, stop: threading.Event) -> None:
    """Serve until `stop`; then take no new connection, and let running requests end and their answers leave."""
    while not stop.is_set():
        wasyncore.loop(timeout=_LOOP_SECONDS, use_poll=True, map=sockets, count=1)
    for listener in [found for found in sockets.values() if isinstance(found, BaseWSGIServer)]:
        wasyncore.dispatcher.close(listener)
    until = time.monotonic() + GRACE_SECONDS
    while time.monotonic() < until and any(
        channel.requests or channel.total_outbufs_len
        for channel in list(sockets.values())
        if isinstance(channel, HTTPChannel)
    ):
        wasyncore.loop(timeout=_LOOP_SECONDS, use_poll=True, map=sockets, count=1)
    server.task_dispatcher.shutdown()
