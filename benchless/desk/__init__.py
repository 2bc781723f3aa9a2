"""The desk: the host's web interface, Frappe documents shown inside django-unfold's shell."""
