"""Who of the staff may do what on their own, who stands in for whom, and who else must be asked."""
