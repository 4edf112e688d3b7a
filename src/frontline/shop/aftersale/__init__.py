"""After-sale: asking for money back, with or without sending the goods back."""
