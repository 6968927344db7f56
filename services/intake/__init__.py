"""The wallets' door: what a holder sends is held for the office, or refused in words that say what to do.

Takes   signed HTTP from wallet apps: submissions, status and timeline, take-backs, withdrawals, the apps' own keys;
        unsigned, what anybody may ask: institutions and programmes, QR codes, public keys, a receipt link's page;
        every event about a submission, for the citizen's timeline; of lotteries, what was committed to and drawn
Gives   `submission-received`, `withdrawal-requested`; receipts, status, records of destruction, problem details
Owns    the timelines as citizens see them, the lotteries as anybody sees them, the wallet apps' public keys, and the
        nonces of signatures already used
Never   opens a PDF, reads what was screened but for why it was decided so, for its holder; acts for anybody on an
        unsigned header, or answers a receipt before the certificates and the gate's entry are written at a majority
"""
