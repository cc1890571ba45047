"""Contracts of tables, generated from bhab.schema."""
