"""The regions of China, by the codes of GB/T 2260."""
