"""Evidence: the files that are kept of sources, from when they come in until they leave through the check of who may see them."""
