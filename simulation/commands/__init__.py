"""The commands, one to a file, each a function of the file's name; `cli` has the table."""
