"""Apostil analyses documents in the background and proves what it says."""

__version__ = "0.1.0"
