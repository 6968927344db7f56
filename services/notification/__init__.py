"""Notification tells citizens, through the wallet app they sent with, what has become of their submission.

Takes   `submission-received`, `extraction-failed`, `supplement-asked`, `submission-viewed`, `submission-decided`,
        `submission-taken-back`, `submission-withdrawn`, `notice-asked-again`; `submission-expired`, to forget.
Gives   signed webhooks to wallet apps (Standard Webhooks 1.0); `wallet-notified`, `notification-exhausted`,
        `notification-recovered`, `endpoint-suspended`, `endpoint-resumed`.
Owns    which app sent a submission, one delivery for each notice, and how each app's endpoint fares.
Never   says what a certificate held, how it was screened or what was decided: a notice names the submission, and the
        app asks the door for the rest. Never lets one wallet's outage delay another's citizens.
"""
