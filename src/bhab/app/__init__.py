"""The live page: a camera's frames to emotions, to a Bengali sentence, to speech. docs/live.md tells how."""
