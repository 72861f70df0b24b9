"""Chat servers as they are usually written, each in one file that needs no other: what chatkit is measured against.

Each talks Budget Chat (names, prefixes, notices) in the fewest words, and is started with a port as its argument.
"""
