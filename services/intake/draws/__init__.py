"""Lotteries, in public: every commitment there ever was, in order, and what each turned out to be. Nobody's data."""
