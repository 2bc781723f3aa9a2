"""The user DocType's code."""
