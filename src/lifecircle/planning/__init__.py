"""Where to build: sites chosen to the proven best."""
