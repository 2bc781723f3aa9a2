"""Every address this host answers: the desk, Frappe's REST interface, files, and Frappe's /app addresses."""

from django.urls import path, re_path

from benchless.desk.site import desk_site
from benchless.desk.views import account, redirects
from benchless.desk.views.prints import printview
from benchless.rest.files import private_file, public_file
from benchless.rest.views import api

urlpatterns = [
    path("", redirects.root),
    path("login", account.login_page, name="login"),
    path("desk/language", account.set_language, name="set_language"),
    path("desk/", desk_site.urls),
    path("desk", redirects.root),
    re_path(r"^app(?:/(?P<path>.*))?$", redirects.frappe_address),
    path("printview", printview, name="printview"),
    path("files/<path:path>", public_file),
    path("private/files/<path:path>", private_file),
    path("api/<path:path>", api),
]

handler404 = "benchless.desk.views.errors.not_found"
handler500 = "benchless.desk.views.errors.server_error"
