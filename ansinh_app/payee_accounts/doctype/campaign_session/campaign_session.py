"""Campaign Session: one day at one place."""

from frappe.model.document import Document


class CampaignSession(Document):
    pass
