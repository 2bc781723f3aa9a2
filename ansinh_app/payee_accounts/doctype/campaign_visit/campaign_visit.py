"""Campaign Visit."""

from frappe.model.document import Document


class CampaignVisit(Document):
    pass
