using System.Data;
using Dapper;

namespace Tocsin.Server.Levels;

/// <summary>The SQL of the tables "log_levels" and "log_level_changes".</summary>
internal static class LevelTable
{
    private const int ChangesKept = 1000;

    private const string Row =
        "service, environment, category, level, set_at AS SetAt, set_by AS SetBy, notes, expires_at AS ExpiresAt";

    public static IReadOnlyList<LevelRule> All(IDbConnection connection) =>
        [.. connection.Query<Stored>($"SELECT {Row} FROM log_levels ORDER BY service, category, environment")
            .Select(s => s.ToRule())];

    public static void Put(IDbConnection connection, LevelRule rule) => connection.Execute(
        """
        INSERT OR REPLACE INTO log_levels (service, environment, category, level, set_at, set_by, notes, expires_at)
        VALUES (@Service, @environment, @Category, @Level, @setAt, @SetBy, @Notes, @expiresAt)
        """,
        new
        {
            rule.Service, environment = rule.Environment ?? "", rule.Category, rule.Level, setAt = Ms(rule.SetAt), rule.SetBy,
            rule.Notes, expiresAt = Ms(rule.ExpiresAt),
        });

    public static void Delete(IDbConnection connection, LevelRule rule) => connection.Execute(
        "DELETE FROM log_levels WHERE service = @Service AND environment = @environment AND category = @Category",
        new { rule.Service, environment = rule.Environment ?? "", rule.Category });

    public static void Note(IDbConnection connection, LevelChange change)
    {
        connection.Execute(
            """
            INSERT INTO log_level_changes (time, action, service, environment, category, level, by, notes, expires_at)
            VALUES (@time, @Action, @Service, @environment, @Category, @Level, @By, @Notes, @expiresAt)
            """,
            new
            {
                time = Ms(change.Time), change.Action, change.Service, environment = change.Environment ?? "", change.Category,
                change.Level, change.By, change.Notes, expiresAt = Ms(change.ExpiresAt),
            });
        connection.Execute(
            "DELETE FROM log_level_changes WHERE id <= (SELECT max(id) FROM log_level_changes) - @ChangesKept",
            new { ChangesKept });
    }

    /// <summary>Newest first.</summary>
    public static IReadOnlyList<LevelChange> Changes(IDbConnection connection, string? service, int limit) =>
        [.. connection.Query<Noted>(
            """
            SELECT time, action, service, environment, category, level, by, notes, expires_at AS ExpiresAt
            FROM log_level_changes WHERE @service IS NULL OR service = @service ORDER BY id DESC LIMIT @limit
            """,
            new { service, limit }).Select(n => n.ToChange())];

    private static long Ms(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    private static long? Ms(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds();

    private static DateTimeOffset At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private sealed class Stored
    {
        public string Service { get; init; } = "";
        public string Environment { get; init; } = "";
        public string Category { get; init; } = "";
        public string Level { get; init; } = "";
        public long SetAt { get; init; }
        public string SetBy { get; init; } = "";
        public string? Notes { get; init; }
        public long? ExpiresAt { get; init; }

        public LevelRule ToRule() => new()
        {
            Service = Service, Environment = NullIfEmpty(Environment), Category = Category, Level = Level, SetAt = At(SetAt),
            SetBy = SetBy, Notes = Notes, ExpiresAt = ExpiresAt is { } end ? At(end) : null,
        };
    }

    private sealed class Noted
    {
        public long Time { get; init; }
        public string Action { get; init; } = "";
        public string Service { get; init; } = "";
        public string Environment { get; init; } = "";
        public string Category { get; init; } = "";
        public string Level { get; init; } = "";
        public string By { get; init; } = "";
        public string? Notes { get; init; }
        public long? ExpiresAt { get; init; }

        public LevelChange ToChange() => new(At(Time), Action, Service, NullIfEmpty(Environment), Category, Level, By, Notes,
            ExpiresAt is { } end ? At(end) : null);
    }
}
