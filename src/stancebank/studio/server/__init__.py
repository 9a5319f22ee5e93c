"""A Label Studio server: started, asked, sent to and read from.

The only room that opens a connection to Label Studio. What is in a task belongs in
layout, what an annotation means in importing.
"""
