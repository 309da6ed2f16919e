"""The identities that a report must satisfy, each shown whether it holds or not."""
