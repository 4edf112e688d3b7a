"""The people who work in the shop, and how they log in."""
