"""Tables, queries, migrations, the writer, and the guard that refuses unsigned writes."""
