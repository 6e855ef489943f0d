"""What must hold before a deed: small questions, each answered by the reasons against it, or by none."""
