"""Training and evaluation loops, checkpoints, seeds."""
