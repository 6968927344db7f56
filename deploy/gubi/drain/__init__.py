"""`gubi drain` and `gubi undrain`: a service that takes nothing for a while."""
