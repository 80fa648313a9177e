"""Files in, tables out: read, split, repair, identify, pseudonymise, publish."""
