"""What shoppers search for, whether they found it, and which words mean the same."""
