namespace TocsinSdk.Health;

/// <summary>What one run of a check found; immutable.</summary>
internal sealed record CheckOutcome
{
    public required HealthState State { get; init; }

    /// <summary>When it was found.</summary>
    public required DateTimeOffset Time { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>What the check says about it.</summary>
    public string? Description { get; init; }

    /// <summary>Why it is not well, redacted: the exception with its causes, or that the check did not answer.</summary>
    public string? Error { get; init; }

    public IReadOnlyDictionary<string, object> Values { get; init; } = new Dictionary<string, object>();

    /// <summary>Since when the check has been in this state.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Runs in a row that did not find it healthy.</summary>
    public int Failures { get; init; }

    /// <summary>In one sentence why, for a log record.</summary>
    public string Reason => Error ?? Description ?? "";
}
