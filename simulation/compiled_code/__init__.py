"""Where compiled code lies, how much of it is there, and how it is joined; nothing but `joining` loads the compiler."""
