"""The gallery: maps and tables for people. It hangs what it receives and computes nothing."""
