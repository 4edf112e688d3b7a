"""What staff see first: the owner's screen, and for everybody else what waits for them."""

from frontline.desk.owner.pages import pages_with

__all__ = ["pages_with"]
