"""What reports are made of: templates, styles and scripts, and one committed sample report."""
