"""Studies: what to vary, run over many histories, into one tidy table in a folder that can be resumed."""
