"""Bengali text: one canonical form, words, vocabulary, vectors."""
