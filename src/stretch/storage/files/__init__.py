"""Files of unknown origin read safely, diagnostics of their content, and atomic writes."""
