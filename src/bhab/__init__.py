"""bhab: a data pipeline and curation platform for faces, Bengali texts and Bengali speech."""
