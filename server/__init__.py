"""Liangdeng server: takes each home visit once, judges it by dated policy, hands it up the review chain."""

__version__ = "0.1.0"
