"""Authority's tables: of the gate, and of the matrix."""
