"""Who may stretch: the questions, what the answers lead to, and what pain shows over weeks."""
