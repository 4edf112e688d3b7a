"""The morning digest: yesterday and today on one page, and the same sent to who wants it."""
