"""The role DocType's code."""
