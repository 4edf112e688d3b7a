"""What is decided: `teams` by shoppers and the clock, `campaigns` by staff."""
