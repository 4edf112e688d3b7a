"""Decisions against the clock: proposals, who looks at them, and what waiting costs."""
