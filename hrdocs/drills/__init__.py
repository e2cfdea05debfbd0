"""What happens to the running program when something breaks below it: tried on servers of the drill's own, with figures."""
