"""What tells an operator how the program is: its health, its figures, what was slow. Nothing of it speaks of a person."""
