"""Files and the web → clean tables and streets."""
