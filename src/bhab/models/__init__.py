"""Architectures. A model is one file; the loop and the files are bhab.training's."""
