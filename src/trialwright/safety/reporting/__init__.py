"""Who must be told of harm, and by when."""
