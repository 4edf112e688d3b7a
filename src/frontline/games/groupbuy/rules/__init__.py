"""What is decided: `seats` by shoppers, `expiry` by the clock, `campaigns` by staff."""
