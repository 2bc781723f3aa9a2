"""An HTTP client for either host's WSGI application, running requests in a thread of its own."""

import json
from concurrent.futures import ThreadPoolExecutor

import frappe
from werkzeug.test import Client


class Http:
    """`get/post/put/delete` return the response; `.json` and `.status_code` as usual."""

    def __init__(self, site: str, address: str = "127.0.0.1"):
        self.pool = ThreadPoolExecutor(max_workers=1)
        self.client = Client(self.pool.submit(wsgi_application_of, site, frappe.local.sites_path).result())
        self.headers = {"Host": "localhost", "X-Frappe-Site-Name": site, "Accept": "application/json"}
        self.environ = {"REMOTE_ADDR": address}
        if address != "127.0.0.1":
            self.headers["X-Forwarded-For"] = address

    def request(self, method: str, path: str, body=None, query=None, headers=None, form=None):
        arguments = {"method": method, "query_string": query, "headers": {**self.headers, **(headers or {})}}
        arguments["environ_base"] = self.environ
        if body is not None:
            arguments.update(data=json.dumps(body), content_type="application/json")
        elif form is not None:
            arguments["data"] = form
        return self.pool.submit(self.client.open, path, **arguments).result()

    def get(self, path, query=None, **more):
        return self.request("GET", path, query=query, **more)

    def post(self, path, body=None, **more):
        return self.request("POST", path, body=body, **more)

    def put(self, path, body=None, **more):
        return self.request("PUT", path, body=body, **more)

    def delete(self, path, **more):
        return self.request("DELETE", path, **more)

    def sign_in(self, user: str, password: str) -> "Http":
        response = self.post("/api/method/login", form={"usr": user, "pwd": password})
        assert response.status_code == 200, response.text
        return self


def wsgi_application_of(site: str, sites_path: str):
    """The running host's application: Frappe's, or the embedded host's for the site."""
    try:
        from frappe.app import application
    except ImportError:
        from benchless.server import make_application

        return make_application(site, sites_path)
    return application
