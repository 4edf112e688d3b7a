"""Checkout: everything the page before paying needs, in one answer."""
