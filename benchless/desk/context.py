"""What every desk page's template knows: the user, the site's name, and the sidebar of workspaces."""

import frappe
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import escape
from frappe import _

from benchless.desk.workspace import allowed_workspaces, link_cards

LANGUAGE_NAMES = (("vi", "Tiếng Việt"), ("en", "English"))
DEFAULT_ICON = "folder_open"


def desk(request) -> dict:
    """Template context processor."""
    return {"user": getattr(request, "user", None), "app_scripts": app_scripts()}


def app_scripts() -> list[str]:
    """Scripts that installed apps add to the desk's pages: files of their own `public` folders, no others."""
    return [path for path in frappe.get_hooks("app_include_js") if path.startswith("/assets/")]


def site_title(request=None) -> str:
    """The app's name as the office sees it: a setting of the site, else the installed app's title."""
    if title := frappe.local.conf.get("app_title"):
        return title
    apps = [app for app in frappe.get_installed_apps() if app != "frappe"]
    titles = frappe.get_hooks("app_title", app_name=apps[-1]) if apps else []
    return _(titles[0]) if titles else "Desk"


def site_subheader(request=None) -> str:
    return frappe.local.conf.get("site_subtitle") or ""


def languages(request) -> list[dict]:
    return [{"code": code, "name_local": name} for code, name in LANGUAGE_NAMES]


def stylesheet(request) -> str:
    return static("benchless/desk.css")


def lists_stylesheet(request) -> str:
    return static("benchless/lists.css")


def grid_stylesheet(request) -> str:
    return static("benchless/grid.css")


def charts_script(request) -> str:
    return static("benchless/vendor/frappe-charts/frappe-charts-1.6.2.min.umd.js")


def desk_script(request) -> str:
    return static("benchless/desk.js")


def grid_script(request) -> str:
    return static("benchless/grid.js")


def list_script(request) -> str:
    return static("benchless/list.js")


def tree_script(request) -> str:
    return static("benchless/tree.js")


def keys_script(request) -> str:
    return static("benchless/keys.js")


def sidebar(request) -> list[dict]:
    """The workspaces this user may see, and below them the lists and reports of the open (else the first) one."""
    workspaces = allowed_workspaces()
    current = getattr(request, "desk_workspace", None) or (workspaces[0].name if workspaces else None)
    groups = [
        {
            "title": _("Workspaces"),
            "items": [
                {
                    "title": escape(_(workspace.title or workspace.name)),
                    "icon": workspace_icon(workspace.icon),
                    "link": reverse("admin:workspace", args=[workspace.name]),
                    "active": getattr(request, "desk_workspace", None) == workspace.name,
                }
                for workspace in workspaces
            ],
        }
    ]
    groups[0]["items"] += unread_notifications(request)
    return groups + (links_of(request, current) if current else [])


def unread_notifications(request) -> list[dict]:
    """Where the user finds what the site has to tell them, while something is unread."""
    unread = frappe.db.count("Notification Log", {"for_user": frappe.session.user, "read": 0})
    link = reverse("admin:list", args=["Notification Log"]) + "?read=0"
    item = {"title": escape(_("Notification Log")), "icon": "notifications", "link": link, "badge": unread}
    return [{**item, "active": False}] if unread else []


def links_of(request, workspace: str) -> list[dict]:
    """A workspace's cards of links as groups of the sidebar; the page one is on is marked."""
    place = request.resolver_match.kwargs if request.resolver_match else {}
    here = (place.get("doctype"), place.get("name") if request.resolver_match.url_name == "report" else None)
    return [
        {
            "title": escape(_(title)),
            "items": [
                {
                    "title": escape(link["label"]),
                    "icon": "lab_profile" if link["report"] else "list",
                    "link": link["link"],
                    "active": link["target"] in here,
                }
                for link in links
            ],
        }
        for title, links in link_cards(frappe.get_cached_doc("Workspace", workspace)).items()
    ]


# Frappe's own icon names, as the symbols of the shell's font.
ICONS = {
    "accounting": "account_balance", "assets": "inventory_2", "branch": "account_tree", "buying": "shopping_cart",
    "calendar": "calendar_month", "chart": "monitoring", "check": "task_alt", "crm": "groups", "customer": "group",
    "education": "school", "expenses": "payments", "file": "description", "folder-normal": "folder",
    "getting-started": "flag", "home": "home", "hr": "badge", "income": "savings", "integration": "hub",
    "list": "list", "loan": "account_balance_wallet", "money-coins-1": "payments", "message-1": "campaign",
    "non-profit": "volunteer_activism", "organization": "apartment", "permission": "shield", "primitive-dot": "circle",
    "project": "folder_special", "projects": "folder_special", "quality": "verified", "reports": "lab_profile",
    "review": "rate_review", "sell": "storefront", "setting": "settings", "settings": "settings",
    "shield": "shield", "star": "star", "stock": "inventory", "support": "support_agent", "tool": "build",
    "upload": "upload", "users": "group", "website": "language", "wallet": "account_balance_wallet",
}  # fmt: skip


def workspace_icon(icon: str | None) -> str:
    return ICONS.get(icon or "", DEFAULT_ICON)
