"""An app with web pages only, for test_web_pages."""
