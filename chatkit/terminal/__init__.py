"""The full-screen faces for a terminal, by Textual: a person's chat (`talk`) and the host's view (`host`).

Everything that imports Textual is in this package. What comes from the wire passes `inert` before it is
shown, and is never read as markup.
"""
