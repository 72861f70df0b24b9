"""What happened on a room's wires, as a picture and in words: a pure function of the events."""

from chatkit.lab.diagram.picture import Diagram, diagram

__all__ = ["Diagram", "diagram"]
