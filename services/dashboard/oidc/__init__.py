"""Signing in by OpenID Connect: code flow with PKCE, with any provider that has a discovery document."""

from services.dashboard.oidc.client import Away, Provider
from services.dashboard.oidc.tokens import Refused

__all__ = ["Away", "Provider", "Refused"]
