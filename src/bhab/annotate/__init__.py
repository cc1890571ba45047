"""The way to Label Studio and back."""
