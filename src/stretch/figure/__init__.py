"""How a stretch looks: pose to joints, joints to parts, parts to cells."""
