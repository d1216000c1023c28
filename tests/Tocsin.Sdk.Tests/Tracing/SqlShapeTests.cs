using TocsinSdk.Tracing;
using Tocsin.Testing;

namespace TocsinSdk.Tests.Tracing;

public sealed class SqlShapeTests
{
    private static SqlShape Of(string sql, SqlDialect dialect = SqlDialect.Postgres) => SqlShape.Of(sql, dialect);

    [Theory]
    [InlineData("SELECT * FROM items WHERE id = $1", "SELECT items")]
    [InlineData("select i.\"Id\" from \"Items\" as i", "SELECT Items")]
    [InlineData("SELECT 1", "SELECT")]
    [InlineData("SELECT a FROM public.items, \"other\" o JOIN third ON true", "SELECT public.items other third")]
    [InlineData("-- from the report\n/* it /* is */ big */ SELECT x FROM t", "SELECT t")]
    [InlineData("INSERT INTO items (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 2", "INSERT items")]
    [InlineData("INSERT INTO orders SELECT * FROM carts", "INSERT orders SELECT carts")]
    [InlineData("UPDATE items SET a = (SELECT max(b) FROM prices) WHERE id = 7", "UPDATE items prices")]
    [InlineData("DELETE FROM ONLY items USING old WHERE old.id = items.id", "DELETE items old")]
    [InlineData("MERGE INTO stock s USING delta d ON s.id = d.id WHEN MATCHED THEN UPDATE SET n = 1", "MERGE stock delta")]
    [InlineData("CALL restock(1, 'a')", "CALL restock")]
    [InlineData("dbo.GetItems", "EXECUTE dbo.GetItems")]
    [InlineData("EXEC [dbo].[Get Items] @id", "EXEC dbo.Get Items")]
    [InlineData("WITH x AS (SELECT * FROM orders) SELECT * FROM x JOIN items ON true", "SELECT orders items")]
    [InlineData("WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n+1 FROM t) SELECT n FROM t", "SELECT")]
    [InlineData("WITH gone AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM gone", "INSERT DELETE a b SELECT")]
    [InlineData("SELECT EXTRACT(epoch FROM created) FROM items", "SELECT items")]
    [InlineData("SELECT a IS DISTINCT FROM b FROM items", "SELECT items")]
    [InlineData("SELECT * FROM (SELECT * FROM inner_table) q", "SELECT inner_table")]
    [InlineData("SELECT * FROM items FOR UPDATE", "SELECT items")]
    [InlineData("SELECT a FROM t UNION SELECT b FROM u", "SELECT t u")]
    [InlineData("BEGIN", "BEGIN")]
    [InlineData("CREATE TABLE IF NOT EXISTS items (id int)", "CREATE TABLE items")]
    [InlineData("DROP TABLE items", "DROP TABLE items")]
    [InlineData("TRUNCATE TABLE items", "TRUNCATE items")]
    [InlineData("EXPLAIN ANALYZE SELECT * FROM items", "EXPLAIN SELECT items")]
    [InlineData("SELECT a FROM items; UPDATE carts SET b = 1;", "SELECT items; UPDATE carts")]
    [InlineData("COPY items FROM STDIN", "COPY items")]
    [InlineData("", "")]
    [InlineData("'only a string'", "")]
    public void A_statement_is_named_by_its_operation_and_tables(string sql, string summary) =>
        Of(sql, sql.Contains('[') ? SqlDialect.Standard : SqlDialect.Postgres).Summary.ShouldBe(summary);

    [Theory]
    [InlineData("SELECT * FROM t WHERE a = 'it''s' AND b = 12.5e-3", "SELECT * FROM t WHERE a = ? AND b = ?")]
    [InlineData("SELECT E'a\\'b', N'x', B'01', X'1f', U&'d'", "SELECT ?, ?, ?, ?, ?")]
    [InlineData("SELECT $$secret$$, $tag$ a $$ b $tag$, $1", "SELECT ?, ?, $1")]
    [InlineData("SELECT 0xDEAD, .5, 1_000, 3::int", "SELECT ?, ?, ?, ?::int")]
    [InlineData("SELECT a.b1, t2.\"c3\" -- 'x'\nFROM /* 5 */ t2", "SELECT a.b1, t2.\"c3\" FROM t2")]
    [InlineData("SELECT * FROM t WHERE id IN (1, 2, $3)  AND x", "SELECT * FROM t WHERE id IN (?) AND x")]
    [InlineData("SELECT ARRAY['a','b'], a[1]", "SELECT ARRAY[?,?], a[?]")]
    [InlineData("SELECT -5", "SELECT -?")]
    [InlineData("SELECT 'never closed", "SELECT ?")]
    [InlineData("SELECT $tag$ never closed", "SELECT ?")]
    [InlineData("SELECT \"never closed", "SELECT ?")]
    [InlineData("SELECT :name, @p, a::text FROM t WHERE x = ?", "SELECT :name, @p, a::text FROM t WHERE x = ?")]
    public void Literals_become_question_marks(string sql, string masked) => Of(sql).Text.ShouldBe(masked);

    [Fact]
    public void In_MySQL_double_quotes_and_backslashes_make_strings() =>
        Of("SELECT \"s3cret\", 'it\\'s s3cret', `name` FROM `t`", SqlDialect.MySql)
            .Text.ShouldBe("SELECT ?, ?, `name` FROM `t`");

    [Fact]
    public void Where_the_dialect_is_unknown_a_doubtful_string_hides_the_rest() =>
        Of("SELECT 'it\\' , ' s3cret '", SqlDialect.Unknown).Text.ShouldBe("SELECT ?");

    [Fact]
    public void Several_statements_are_a_batch()
    {
        Of("INSERT INTO a VALUES (1); INSERT INTO b VALUES (2)").Operation.ShouldBe("BATCH INSERT");
        Of("INSERT INTO a VALUES (1); SELECT 1").Operation.ShouldBe("BATCH");
        Of("INSERT INTO a VALUES (1);").Operation.ShouldBe("INSERT");
        Of("SELECT * FROM items").Collection.ShouldBe("items");
        Of("SELECT * FROM items, carts").Collection.ShouldBeNull();
    }

    [Fact]
    public void A_long_statement_is_cut_and_never_ends_inside_a_literal()
    {
        var sql = "SELECT '" + new string('x', SqlShape.MaxLength) + "s3cret'";
        Of(sql).Text.ShouldBe("SELECT ? ...");
    }

    [Fact, Trait("Kind", "Fuzz")]
    public void Whatever_the_text_it_is_read_to_the_end_and_within_bounds()
    {
        string[] pieces = ["SELECT ", "FROM ", "'", "''", "\"", "$$", "$a$", "--", "\n", "/*", "*/", "(", ")", "E'", "\\", ";", "[", "]",
            "`", "1", "0x", ".", ",", "items", " ", "WITH ", "AS ", "INSERT INTO ", "IN ", "@", ":", "?", "ä", "\ud83d", "\0"];
        var random = FuzzSeed.Random(7);
        for (var i = 0; i < 4_000; i++)
        {
            var sql = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => pieces[random.Next(pieces.Length)]));
            foreach (var dialect in Enum.GetValues<SqlDialect>())
            {
                var shape = SqlShape.Of(sql, dialect);
                shape.Summary.Length.ShouldBeLessThanOrEqualTo(255);
                shape.Text.Length.ShouldBeLessThanOrEqualTo(sql.Length + 1);
            }
        }
    }

    /// <summary>
    /// The secret stands in every kind of literal, among anything; it must be neither in the text nor in the name.
    /// </summary>
    [Fact, Trait("Kind", "Fuzz")]
    public void A_literal_is_never_shown()
    {
        const string secret = "s3cretV4lue";
        string[] plain = ["SELECT a", ", ", " FROM items ", "WHERE x = ", "\n", "-- c\n", "/* c */", "(", ")", "\"name\"", "$1 ", "a::int ",
            "IN (1, 2) ", "; ", "JOIN t ON true ", "-5 ", "'o''k' ", " $$ ' $$ ", "1.5 ", "E'\\'' "];
        string[] literals = [$"'{secret}' ", $"'a''{secret}' ", $"E'\\'{secret}' ", $" $${secret}$$ ", $" $q$ ' {secret} $q$ ",
            $"-- {secret}\n", $"/* {secret} */", $"/* /* */ {secret} */", $"N'{secret}' ", $"' ; {secret} -- ' "];
        var random = FuzzSeed.Random(11);
        for (var i = 0; i < 4_000; i++)
        {
            string Some() => string.Join(' ',
                Enumerable.Range(0, random.Next(8)).Select(_ => plain[random.Next(plain.Length)]));
            var sql = Some() + " " + literals[random.Next(literals.Length)] + Some();
            var shape = SqlShape.Of(sql, SqlDialect.Postgres);
            (shape.Text + shape.Summary).ShouldNotContain(secret, customMessage: sql);
        }
    }

    [Fact, Trait("Kind", "Fuzz")]
    public void Masking_a_masked_statement_changes_nothing()
    {
        string[] pieces = ["SELECT ", "a", ", ", "'x'", " FROM t ", "5 ", "$1 ", "IN (1,2)", " -- c\n", "(", ")", "::int "];
        var random = FuzzSeed.Random(13);
        for (var i = 0; i < 5_000; i++)
        {
            var sql = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)]));
            var once = SqlShape.Of(sql, SqlDialect.Postgres).Text;
            SqlShape.Of(once, SqlDialect.Postgres).Text.ShouldBe(once);
        }
    }
}
