"""The back office: the frame around the features' pages, and who may come in."""
