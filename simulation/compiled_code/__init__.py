"""Where compiled code lies, and how much of it is there; nothing here loads the compiler."""
