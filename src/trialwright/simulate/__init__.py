"""Invented people in a real plan: trials played through the same acts a hospital uses, always marked as simulated."""
