"""A year of a real shop, lived again through the public doors of ours."""
