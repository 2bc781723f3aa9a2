"""The web server: Django's WSGI application for one site, served by waitress."""

import logging
import os
import threading
from pathlib import Path

import benchless

THREADS = 8
MAX_BODY = 100 * 1024 * 1024


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
) -> None:
    """Serve a site until interrupted, and run its scheduled events meanwhile.

    Only this machine can reach it unless `host` says otherwise.
    """
    from waitress import create_server

    application = make_application(site, sites_path)
    from django.conf import settings

    proxy = {}
    if settings.SECURE_PROXY_SSL_HEADER:  # host_name in site_config.json is https: a proxy of this machine ends TLS
        proxy = {"trusted_proxy": "127.0.0.1", "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"}}
    logging.getLogger("waitress").setLevel(logging.INFO)
    server = create_server(
        application,
        host=host,
        port=port,
        threads=int(os.environ.get("BENCHLESS_THREADS") or THREADS),
        ident=None,
        max_request_body_size=max(MAX_BODY, settings.DATA_UPLOAD_MAX_MEMORY_SIZE),
        channel_timeout=600,
        clear_untrusted_proxy_headers=True,
        **proxy,
    )
    stop = threading.Event()
    if scheduler:
        from frappe.utils.scheduler import run_forever

        rounds = {"site": site, "sites_path": str(sites_path) if sites_path else None, "stop": stop}
        threading.Thread(target=run_forever, kwargs=rounds, name="scheduler", daemon=True).start()
    print(f"{site}: http://{host}:{port}/  (Ctrl+C ends)", flush=True)
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        stop.set()
        server.close()
