"""From checked parts to a Hugging Face dataset."""
