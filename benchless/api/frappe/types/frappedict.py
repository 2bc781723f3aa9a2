"""The dictionary whose keys are also attributes, used wherever the API hands out records."""


class _dict(dict):
    """A dict with attribute access; a missing attribute is None, as Frappe code expects."""

    __slots__ = ()
    __getattr__ = dict.get
    __setattr__ = dict.__setitem__
    __delattr__ = dict.__delitem__
    __setstate__ = dict.update

    def __getstate__(self):
        return self

    def update(self, d=None, **kwargs):
        """Update and return self, so that calls can be chained."""
        if d:
            super().update(d)
        if kwargs:
            super().update(kwargs)
        return self

    def copy(self):
        return _dict(self)
