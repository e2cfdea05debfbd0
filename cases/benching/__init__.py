"""What this program costs in time and memory, measured on data made for it, in a database of its own."""
