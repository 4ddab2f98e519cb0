"""Reports: one content, and the three kinds of file it is written as."""
