"""What every request passes before a route is asked: who is let in, with how much, how often."""
