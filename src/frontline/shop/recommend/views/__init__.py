"""Cards of products, and which of them to show."""
