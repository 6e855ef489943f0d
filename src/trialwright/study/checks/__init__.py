"""What the lint looks for, a file for each part of a study."""
