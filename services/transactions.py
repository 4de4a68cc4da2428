"""The transaction as the rooms above see it: they pass it on to looks and verbs, and never look inside."""

from storage.database import Tx

__all__ = ["Tx"]
