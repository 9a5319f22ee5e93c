"""A new version of a corpus: checked, described, committed and tagged, all of it or nothing."""
