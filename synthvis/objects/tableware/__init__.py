"""What people eat and drink from and with."""
