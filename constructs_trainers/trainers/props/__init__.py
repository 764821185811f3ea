"""One file a group of props: the class, its form in the API, and what can be said of it alone."""
