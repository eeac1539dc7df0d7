"""Coalition letter signing: joint letters whose every name is provable."""
