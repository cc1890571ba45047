"""The offline site: figures and pages, from measures that other stages wrote."""
