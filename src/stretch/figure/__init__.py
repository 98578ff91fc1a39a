"""A drawn, animated figure of a person: keyframes in, characters, pixels or SVG out.

file_format -> keyframes (interpolation) -> skeleton (forward and inverse kinematics) -> muscles and parts (hulls
of circles) -> raster (dots) -> render (characters) or pixels (PNG), or -> svg. lint checks figure files.
"""
