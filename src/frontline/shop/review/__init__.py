"""Reviews by those who bought, and what the shop replies."""
