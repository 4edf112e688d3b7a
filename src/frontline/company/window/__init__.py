"""Sign-ups of platforms: what closes when, and whether we took part."""
