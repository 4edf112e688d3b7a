"""What is seen of group-buys: `campaigns` and `teams`."""
