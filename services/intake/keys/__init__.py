"""Whose signatures the door accepts: the wallet apps' public keys, registered, in force for a time, retired.

They stand in intake's own database and not in a file: several doors run at once, on several machines, and each must
know a key that an app registered at any of them, and refuse one that was retired, without being restarted.
"""
