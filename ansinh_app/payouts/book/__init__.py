"""What a run knows of people: whose book is read (scope), how the database is asked, and what the core gets of it."""
