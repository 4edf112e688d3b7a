"""Uploaded pictures: made anew, kept by their content, served for ever."""
