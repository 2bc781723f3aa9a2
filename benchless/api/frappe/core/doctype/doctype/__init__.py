"""The doctype DocType's code."""
