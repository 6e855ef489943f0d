"""The record of what happened: entries in order, sealed, never overwritten."""
