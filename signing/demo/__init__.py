"""The demonstration's invented letter and ten invented organisations, as data files."""
