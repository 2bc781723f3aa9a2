"""Every address this host answers: the desk, Frappe's REST interface, files, and Frappe's /app addresses."""

from django.urls import path, re_path

from benchless.desk.site import desk_site
from benchless.desk.views import account, redirects
from benchless.desk.views.prints import printview
from benchless.rest.files import private_file, public_file
from benchless.rest.pages import app_asset, web_page
from benchless.rest.views import api, home

urlpatterns = [
    path("", home),
    path("login", account.login_page, name="login"),
    path("forgot-password", account.forgot_password, name="forgot_password"),
    path("update-password", account.reset_password, name="update_password"),
    path("qrcode", account.qrcode, name="qrcode"),
    path("desk/language", account.set_language, name="set_language"),
    path("desk/", desk_site.urls),
    path("desk", redirects.root),
    re_path(r"^app(?:/(?P<path>.*))?$", redirects.frappe_address),
    path("printview", printview, name="printview"),
    path("files/<path:path>", public_file),
    path("private/files/<path:path>", private_file),
    path("api/<path:path>", api),
    path("assets/<path:path>", app_asset),
    path("<path:path>", web_page),
]

handler404 = "benchless.desk.views.errors.not_found"
handler500 = "benchless.desk.views.errors.server_error"
