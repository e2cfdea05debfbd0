"""Values as people write them: numbers with their bounds, coordinates, names. Nothing is guessed; two readings are refused."""
