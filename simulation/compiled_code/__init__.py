"""Where compiled code lies, how much is there, how it is joined; only `joining` and `dispatchers` load the compiler."""
