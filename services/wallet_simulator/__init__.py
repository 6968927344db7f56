"""The outside world, made up: sample certificates, and the wallet apps and holders that send them.

Nothing here runs in production and no service imports it. Every person, firm, address and number it makes is fictional
and every certificate says so on its face (예시, "sample"); what it sends travels the same doors as the real thing.
"""
