"""Nothing but a name."""

app_name = "page_app"
app_title = "Pages"
