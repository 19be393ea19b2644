"""Shape pictures: the factors of a step as boxes, in scalar order and in the one that conforms."""

from dimderiv.surfaces.pictures.pictures import illustrated, picture, pictures

__all__ = ["illustrated", "picture", "pictures"]
