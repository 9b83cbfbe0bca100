"""Alliance equilibria: the definition, the search and the certificate (theory, section 5)."""
