"""Quotes: what an order would cost now, before it is placed."""
