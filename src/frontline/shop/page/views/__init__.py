"""What shoppers and staff see of the shop's own words."""
