"""What the site costs, as ratios measured side by side in one run: `python3 dev.py bench [--full] [--only PART …]`.

A **part** is a module of this folder, named in `__main__.PARTS`, with a heading and a function that gives rows:

    TITLE = "Signing"

    def rows(database: Database, asked: Asked) -> Iterator[Row]: ...

It is called once a database (`database.name`: SQLite, then PostgreSQL) and may stop at once where it has nothing to
say of one. `asked` says how much: `signatures` of the large letter, `seconds` of a load, `rounds` of a comparison, the
`peer`; the tiny size of each is run by the tests on PostgreSQL, where nothing depends on time.

A **row** is one line of the table in docs/performance.md: the work, ours, what it is held `beside` (measured in the
same run), their ratio, what is `to_reach`, and how much of that is reached (`share`: 1 and more is reached; the chart
shows it). `Goal` makes the last two. What parts share: letters filled once (`Database.letter`), sites in processes of
their own (`sites.py`), the generator (`load.py`), the bare views beside ours (`bare.py`), and figures taken by turns
(`measuring.py`), so that a noisy machine falls on both sides alike.
"""
