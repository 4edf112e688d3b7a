"""What the shop says of itself: its first screen, its facts, its banners and pages."""
