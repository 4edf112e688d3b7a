"""Who spoke with which customer, and when."""
