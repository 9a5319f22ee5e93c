"""Annotate in Label Studio and bring the work back.

up starts a server on this machine, push sends documents to it, status shows their
progress, pull brings annotations back, and down stops the server. push, pull and status
also work with another server: --url gives its address, and the token is read from the
environment variable LABEL_STUDIO_API_KEY.
"""
