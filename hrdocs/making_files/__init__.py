"""Large lists and reports as files, made in the background by a worker, for one person."""
