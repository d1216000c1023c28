using Tocsin.Model.Alerts;
using Tocsin.Model.Crashes;

namespace Tocsin.Crashes;

/// <summary>Crashes that are the same trouble, as the API shows them.</summary>
public sealed record CrashGroup
{
    public required long Id { get; init; }
    public required string Title { get; init; }
    public required string Type { get; init; }
    public required string Message { get; init; }
    public string? Culprit { get; init; }
    public required CrashClass Class { get; init; }
    public string? Family { get; init; }
    public required AlertPriority Severity { get; init; }

    /// <summary>"new" for a day, then "ongoing"; "regressed" when it came back after "resolved"; "ignored".</summary>
    public required string State { get; init; }
    public required string Service { get; init; }
    public required DateTimeOffset FirstSeen { get; init; }
    public required DateTimeOffset LastSeen { get; init; }
    public required long Count { get; init; }
    public required int Users { get; init; }
    public required int Hosts { get; init; }

    /// <summary>Newest first, at most 20.</summary>
    public required IReadOnlyList<string> Releases { get; init; }

    /// <summary>Crashes in each of the last 24 hours, oldest first.</summary>
    public required IReadOnlyList<int> Trend { get; init; }
    public long? AlertId { get; init; }
}

/// <param name="CrashId">The id under which it is kept: the first one when it was merged with an earlier
/// report.</param>
/// <param name="Duplicate">True when this id had arrived before and nothing was changed.</param>
public sealed record CrashAccepted(string CrashId, long GroupId, long? AlertId, bool Duplicate);

/// <summary>One crash of a group, in a list.</summary>
public sealed record CrashOccurrence(
    string CrashId, DateTimeOffset Time, CrashClass Class, string? Host, string? Release, int? Pid, string Source);

/// <summary>Names of the states of a group.</summary>
internal static class GroupState
{
    public const string New = "new", Ongoing = "ongoing", Regressed = "regressed", Resolved = "resolved",
        Ignored = "ignored";

    public static readonly TimeSpan NewFor = TimeSpan.FromHours(24);

    /// <summary>What people see: newness wears off by itself.</summary>
    public static string At(string stored, DateTimeOffset firstSeen, DateTimeOffset now) =>
        stored == New && now - firstSeen > NewFor ? Ongoing : stored;
}
