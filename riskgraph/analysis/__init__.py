"""One module per question. Every answer is a frozen value; nothing here makes text."""
