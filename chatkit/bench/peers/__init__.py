"""Chat servers as they are usually written, each in a file that needs no other: chatkit's company.

Each talks Budget Chat (names, prefixes, notices) in the fewest words; its argument is a port.
"""
