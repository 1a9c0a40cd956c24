"""Actions such as joining a loyalty programme: who will take which, and which to suggest next."""
