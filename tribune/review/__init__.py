"""Review: what deserves a look before it is trusted; it flags, and refuses nothing."""
