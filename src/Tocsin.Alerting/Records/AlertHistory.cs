using System.Data;
using Dapper;
using Tocsin.Model.Alerts;

namespace Tocsin.Alerting.Records;

/// <summary>
/// The SQL of table "alert_history". Occurrences without another change between them share one entry, so the history
/// grows with what people need to know, not with how often the trouble repeats.
/// </summary>
internal static class AlertHistory
{
    private const string Occurred = "occurred";

    public static void Add(IDbConnection connection, long alertId, AlertTransition transition, int occurrences)
    {
        var row = new
        {
            alertId, time = AlertRow.Ms(transition.Time), action = transition.Action, by = transition.By,
            notes = transition.Notes, occurrences,
        };
        if (transition.Action == Occurred && CountUp(connection, row))
            return;
        connection.Execute(
            """
            INSERT INTO alert_history (alert_id, time, action, by, notes, occurrences)
            VALUES (@alertId, @time, @action, @by, @notes, @occurrences)
            """,
            row);
    }

    /// <summary>Oldest first. An entry that stands for several occurrences says so in its notes.</summary>
    public static IReadOnlyList<AlertTransition> Of(IDbConnection connection, long alertId) =>
        [.. connection.Query<Entry>(
            """
            SELECT time AS Time, action AS Action, by AS By, notes AS Notes, occurrences AS Occurrences
            FROM alert_history WHERE alert_id = @alertId ORDER BY id
            """,
            new { alertId }).Select(e => e.ToTransition())];

    private static bool CountUp(IDbConnection connection, object row) => connection.Execute(
        """
        UPDATE alert_history SET time = @time, by = @by, occurrences = occurrences + 1
        WHERE id = (SELECT max(id) FROM alert_history WHERE alert_id = @alertId) AND action = @action
        """,
        row) > 0;

    private sealed class Entry
    {
        public long Time { get; init; }
        public string Action { get; init; } = "";
        public string By { get; init; } = "";
        public string? Notes { get; init; }
        public int Occurrences { get; init; }

        public AlertTransition ToTransition() =>
            new(AlertRow.At(Time), Action, By,
                Action == Occurred && Occurrences > 1 ? $"{Occurrences} times, last at this time." : Notes);
    }
}
