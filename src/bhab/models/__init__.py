"""Networks, one file each: faces and sentences in, logits out; noisy speech in, speech out. No loop, no files."""
