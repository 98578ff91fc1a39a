"""What happens when: breaths, phases and cues, and a session that moves along them."""
