"""Terms for frappe.qb besides pypika's own."""

from pypika.terms import *  # noqa: F403
from pypika.terms import Term


class SubQuery(Term):
    """A query used as a value."""

    def __init__(self, subq, alias=None):
        super().__init__(alias)
        self.subq = subq

    def get_sql(self, **kwargs):
        kwargs["subquery"] = True
        return self.subq.get_sql(**kwargs)
