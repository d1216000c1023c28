using System.Text.Json.Serialization;
using Tocsin.Alerting.Api;
using Tocsin.Model;
using Tocsin.Query.Logs;
using Tocsin.Server.Api;

namespace Tocsin.Server.Care;

/// <summary>Records that somebody wants deleted, or only counted.</summary>
public sealed record DeletionOrder
{
    private const int WordCharacters = 200, ReasonCharacters = 2000;

    /// <summary>Condition in the query language; "*:*" for every record of the range.</summary>
    public string? Q { get; init; }

    /// <summary>ISO 8601, epoch milliseconds or a time ago such as -7d; from the beginning when left out.</summary>
    public string? From { get; init; }

    /// <summary>As from; to the end when left out.</summary>
    public string? To { get; init; }

    /// <summary>Why; kept in the journal. Not needed to count.</summary>
    public string? Reason { get; init; }

    /// <summary>Who. Not needed to count.</summary>
    public string? By { get; init; }

    /// <summary>Only count what would go.</summary>
    public bool DryRun { get; init; }

    /// <summary>"logs" (default) or "spans".</summary>
    public string? Dataset { get; init; }

    internal string Who => By!.Trim();

    internal Dataset Of => Dataset == "spans" ? Model.Dataset.Spans : Model.Dataset.Logs;

    /// <summary>Set by <see cref="Faults"/>.</summary>
    internal (Instant From, Instant To) Range { get; private set; }

    internal IReadOnlyList<Fault> Faults(DateTimeOffset now)
    {
        var faults = new List<Fault>();
        if (string.IsNullOrWhiteSpace(Q))
            faults.Add(new("q", "it is missing", "a condition, or *:* for every record of the range"));
        else if (LogQuery.Parse(Q).Error is { } error)
            faults.Add(new("q", error.Message, error.Expected));
        if (Dataset is not (null or "logs" or "spans"))
            faults.Add(new("dataset", $"'{Dataset}' is none", "logs or spans"));
        if (!DryRun)
        {
            Need("reason", Reason, ReasonCharacters, "why these records are deleted");
            Need("by", By, WordCharacters, "who deletes them");
        }
        Instant? from = string.IsNullOrEmpty(From) ? new Instant(long.MinValue) : TimeRange.Parse(From, now);
        Instant? to = string.IsNullOrEmpty(To) ? new Instant(long.MaxValue) : TimeRange.Parse(To, now);
        if (from is null)
            faults.Add(new("from", $"'{From}' cannot be read", TimeRange.Expected));
        else if (to is null)
            faults.Add(new("to", $"'{To}' cannot be read", TimeRange.Expected));
        else if (from >= to)
            faults.Add(new("from", "it does not lie before to", "a time before it"));
        else
            Range = (from.Value, to.Value);
        return faults;

        void Need(string where, string? text, int most, string expected)
        {
            if (string.IsNullOrWhiteSpace(text))
                faults.Add(new(where, "it is missing", expected));
            else if (text.Length > most || text.Any(c => char.IsControl(c) && c is not '\n'))
                faults.Add(new(where, "it is too long or has control characters", $"printable text of at most {most} characters"));
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DeletionOrder))]
[JsonSerializable(typeof(BackupOrder))]
[JsonSerializable(typeof(VerifyOrder))]
internal sealed partial class CareJson : JsonSerializerContext;
