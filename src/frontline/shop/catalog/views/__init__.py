"""What shoppers and staff see of the catalogue: reads, without locks."""
