"""The shop proves that its money and its goods add up, while it is open."""
