"""Tables in, frozen results out: reads no file, draws nothing, rounds nothing."""
