using System.Collections.Concurrent;

namespace TocsinSdk.Tracing;

/// <summary>What a statement is about, without what it is about in particular.</summary>
/// <param name="Text">The statement with ? for literals, without comments, lists after IN cut to one.</param>
/// <param name="Summary">"SELECT items"; at most 255 characters; empty when it begins with no word.</param>
/// <param name="Operation">"SELECT", "BATCH INSERT" for several of a kind, "BATCH" for a mixture.</param>
/// <param name="Collection">The only table; null when there is none, or more.</param>
internal sealed record SqlShape(string Text, string Summary, string? Operation, string? Collection)
{
    /// <summary>Characters of a statement that are looked at; the rest is left out of <see cref="Text"/>.</summary>
    public const int MaxLength = 16 * 1024;

    // Statements are few and come often; text with literals in it comes once, so the table is begun anew when full.
    private const int Known = 512, KnownLength = 4096;

    private static readonly ConcurrentDictionary<(string Text, SqlDialect Dialect), SqlShape> s_known = new();

    public static SqlShape Of(string sql, SqlDialect dialect)
    {
        if (sql.Length > KnownLength)
            return Read(sql, dialect);
        if (s_known.TryGetValue((sql, dialect), out var known))
            return known;
        if (s_known.Count >= Known)
            s_known.Clear();
        return s_known[(sql, dialect)] = Read(sql, dialect);
    }

    /// <param name="system">The value of db.system.name or db.system.</param>
    public static SqlDialect DialectOf(string? system) => system switch
    {
        null => SqlDialect.Unknown,
        "postgresql" or "cockroachdb" or "redshift" => SqlDialect.Postgres,
        "mysql" or "mariadb" => SqlDialect.MySql,
        "mssql" or "microsoft.sql_server" or "sqlite" or "oracle" or "oracle.db" or "ibm.db2" or "db2" or "firebird"
            or "firebirdsql" => SqlDialect.Standard,
        _ => SqlDialect.Unknown,
    };

    private static SqlShape Read(string sql, SqlDialect dialect)
    {
        var text = sql.AsSpan(0, Math.Min(sql.Length, MaxLength));
        var masked = SqlMask.Mask(text, dialect);
        if (text.Length < sql.Length)
            masked += " ...";
        var (summary, operation, collection) = SqlSummary.Of(text, dialect);
        return new SqlShape(masked, summary, operation, collection);
    }
}
