"""What the site costs, as ratios measured side by side in one run: `python3 dev.py bench [--full] [--only PART …]`.

A **part** is a module of this folder, named in `__main__.PARTS`, with a heading and a function that gives rows:

    TITLE = "Signing"

    def rows(database: Database, asked: Asked) -> Iterator[Row]: ...

It is called once per database (`database.name`: SQLite, then PostgreSQL), and may yield nothing for one. `asked` says
how much to measure: `signatures` of the large letter, `seconds` of a load, `rounds` of a comparison, the `peer`. The
tests run the tiny size of each part on PostgreSQL; they assert no times.

A **row** is one line of the table in docs/performance.md: the work, our figure, the figure `beside` it (measured in the
same run), their ratio, the goal (`to_reach`), and how much of it is reached (`share`, shown by the chart; 1 or more is
reached). `Goal` makes the last two. Parts share letters filled once (`Database.letter`), sites in their own processes
(`sites.py`), the load generator (`load.py`), bare views to compare with (`bare.py`), and figures taken by turns
(`measuring.py`), so that a noisy machine disturbs both sides equally.
"""
