"""Lists as pictures: on a map, and along a line of time."""
