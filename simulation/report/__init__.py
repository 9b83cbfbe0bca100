"""Reports: a results folder as one page that needs nothing besides itself."""
