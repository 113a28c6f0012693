"""The only code that touches Delta, the ledger and the error lane."""
