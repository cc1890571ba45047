"""What a table must be, judged by Great Expectations."""

import os

os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read when great_expectations is imported, which only this package does
