"""What staff are told, and how it reaches them."""
