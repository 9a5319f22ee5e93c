"""Label Studio and back: layout out, annotations in, and a server to do it with.

Three rooms: layout, importing, server; imports run from server to importing to layout.
"""
