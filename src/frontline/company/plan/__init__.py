"""What a plan asks, what it is given, and what came of it."""
