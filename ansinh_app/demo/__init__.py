"""A made-up city that shows the whole job: people, commune workbooks, banks that answer, and the story that uses them."""
