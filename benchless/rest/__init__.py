"""Frappe's HTTP interface: /api/method, /api/resource, uploads and files."""
