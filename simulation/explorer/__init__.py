"""The explorer: one page in the browser, served from this machine alone."""
