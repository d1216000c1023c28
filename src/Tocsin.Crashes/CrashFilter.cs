namespace Tocsin.Crashes;

/// <summary>How a list of groups is ordered, always largest or newest first.</summary>
public enum CrashOrder
{
    LastSeen,
    FirstSeen,
    Count,
    Users,
}

/// <summary>Which groups a list shows.</summary>
public sealed record CrashFilter
{
    /// <summary>Words that all have to be in title, message, culprit or service.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];
    public string? Service { get; init; }

    /// <summary>The wire name of a class.</summary>
    public string? Class { get; init; }

    /// <summary>A state as people see it; null for all.</summary>
    public string? State { get; init; }
    public CrashOrder Order { get; init; }
    public int Limit { get; init; } = 50;

    /// <summary>The last row of the page before: its value in the order, and its id.</summary>
    public (long Value, long Id)? After { get; init; }
}
