"""Builders: everything defaulted, keywords override."""
