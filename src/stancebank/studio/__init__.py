"""Label Studio and back: the labelling config, tasks out, annotations in, and a server to do it with."""
