"""scsr: how often Nordic customers complain, whether a faster answer keeps them, how far word of mouth spreads."""
