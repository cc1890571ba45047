"""Faces: decoding to the canonical form, measures, augmentation."""
