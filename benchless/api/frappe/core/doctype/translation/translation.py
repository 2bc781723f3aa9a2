"""Translation: a text of the site's own wording; what is translated afterwards shows it."""

from frappe.model.document import Document
from frappe.translate import clear_cache


class Translation(Document):
    def on_update(self):
        clear_cache()

    def on_trash(self):
        clear_cache()
