"""A drawn, animated figure of a person: keyframes in, braille characters or SVG out.

file_format -> keyframes (interpolation) -> skeleton (forward and inverse kinematics) -> muscles and parts (hulls
of circles) -> raster (dots) -> render (characters), or -> svg. lint checks figure files.
"""
