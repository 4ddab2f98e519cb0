"""Streets as arrays: the walking network, who walks on it, and how long it takes them."""
