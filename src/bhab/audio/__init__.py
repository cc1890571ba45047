"""Speech: decoding to 16 kHz mono, measures, trimming, denoising, the voice."""
