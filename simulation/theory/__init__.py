"""The formulae, each once, as small pure scalar functions, compiled and callable from anywhere."""
