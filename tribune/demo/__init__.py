"""Demo: a site to try, and made-up signatures to measure with; never in production."""
