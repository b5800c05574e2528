"""What-if: scenarios as small files, laid over a map that is never edited, and what they change."""
