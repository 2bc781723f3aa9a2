"""What a request may ask and bring: looked at before the host works on it, or where the host asks for no right."""
