"""Real dyads: reading tables of pairs by year, and scenarios from them."""
