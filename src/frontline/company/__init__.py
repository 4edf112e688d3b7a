"""The people behind the shop: authority, decisions, supply, care, insight."""
