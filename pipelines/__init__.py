"""DVC stages: one file is one stage, one pure function and a short main."""
