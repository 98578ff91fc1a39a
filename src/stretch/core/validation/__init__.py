"""What in a catalog cannot be right, or is worth a second thought."""
