"""What one department asks of another, and whether the promise was kept."""
