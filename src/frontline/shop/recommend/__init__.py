"""What is bought most, and what is bought together."""
