"""The PDF of the letter."""
