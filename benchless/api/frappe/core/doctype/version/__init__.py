"""The version DocType's code."""
