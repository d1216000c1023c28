using System.Text.Json;
using Tocsin.Crashes.Grouping;
using Tocsin.Model.Alerts;
using Tocsin.Model.Crashes;

namespace Tocsin.Crashes.Store;

/// <summary>A row of crash_groups.</summary>
internal sealed record GroupRow
{
    public const string Columns =
        """
        id AS Id, fingerprint AS Fingerprint, reason AS Reason, parts AS Parts, title AS Title, type AS Type,
          message AS Message,
        culprit AS Culprit, class AS Class, family AS Family, severity AS Severity, state AS State,
          state_at AS StateAt, state_by AS StateBy, state_notes AS StateNotes,
        service AS Service, first_seen AS FirstSeen, last_seen AS LastSeen, count AS Count, kept AS Kept,
          users AS Users,
        hosts AS Hosts, releases AS Releases, diagnosis AS Diagnosis, alert_key AS AlertKey, alert_id AS AlertId,
        told_users AS ToldUsers, told_hosts AS ToldHosts, told_releases AS ToldReleases, told_spike_at AS ToldSpikeAt,
        merged_into AS MergedInto
        """;

    public long Id { get; init; }
    public string Fingerprint { get; init; } = "";
    public string Reason { get; init; } = "";
    public string Parts { get; init; } = "[]";
    public string Title { get; init; } = "";
    public string Type { get; init; } = "";
    public string Message { get; init; } = "";
    public string? Culprit { get; init; }
    public string Class { get; init; } = "";
    public string? Family { get; init; }
    public long Severity { get; init; }
    public string State { get; init; } = GroupState.New;
    public long StateAt { get; init; }
    public string? StateBy { get; init; }
    public string? StateNotes { get; init; }
    public string Service { get; init; } = "";
    public long FirstSeen { get; init; }
    public long LastSeen { get; init; }
    public long Count { get; init; }
    public long Kept { get; init; }
    public long Users { get; init; }
    public long Hosts { get; init; }
    public long Releases { get; init; }
    public string? Diagnosis { get; init; }
    public string? AlertKey { get; init; }
    public long? AlertId { get; init; }
    public long ToldUsers { get; init; }
    public long ToldHosts { get; init; }
    public long ToldReleases { get; init; }
    public long? ToldSpikeAt { get; init; }
    public long? MergedInto { get; init; }

    /// <summary>The group as its newest crash describes it; counts start at zero.</summary>
    public static GroupRow Of(Fingerprint print, CrashRecord record, Model.Alerts.Diagnosis? diagnosis,
        AlertPriority severity, long now) => new()
    {
        Fingerprint = print.Key,
        Reason = print.Reason,
        Parts = JsonSerializer.Serialize(print.Parts, CrashesJson.Default.IReadOnlyListString),
        Title = Cut(print.Title, 300),
        Type = print.Type,
        Message = Cut(print.Message, 2000),
        Culprit = print.Culprit,
        Class = CrashWords.Name(record.Class),
        Family = diagnosis?.Family,
        Severity = (long)severity,
        StateAt = now,
        Service = record.Service,
        FirstSeen = record.Time.ToUnixTimeMilliseconds(),
        LastSeen = record.Time.ToUnixTimeMilliseconds(),
        Diagnosis = diagnosis is null ? null : JsonSerializer.Serialize(diagnosis, CrashesJson.Default.Diagnosis),
    };

    /// <summary>This group with the words of a newer crash.</summary>
    public GroupRow DescribedBy(GroupRow newer) => this with
    {
        Title = newer.Title, Type = newer.Type, Message = newer.Message, Culprit = newer.Culprit, Class = newer.Class,
        Family = newer.Family, Severity = newer.Severity, Diagnosis = newer.Diagnosis, MergedInto = null,
    };

    public CrashGroup ToGroup(IReadOnlyList<string> releases, IReadOnlyList<int> trend, DateTimeOffset now)
    {
        DateTimeOffset first = DateTimeOffset.FromUnixTimeMilliseconds(FirstSeen);
        return new CrashGroup
        {
            Id = Id,
            Title = Title,
            Type = Type,
            Message = Message,
            Culprit = Culprit,
            Class = CrashWords.Parse(Class) ?? CrashClass.Abnormal,
            Family = Family,
            Severity = (AlertPriority)Severity,
            State = GroupState.At(State, first, now),
            Service = Service,
            FirstSeen = first,
            LastSeen = DateTimeOffset.FromUnixTimeMilliseconds(LastSeen),
            Count = Count,
            Users = (int)Users,
            Hosts = (int)Hosts,
            Releases = releases,
            Trend = trend,
            AlertId = AlertId,
        };
    }

    private static string Cut(string text, int length) =>
        text.Length <= length ? text : string.Concat(text.AsSpan(0, length - 1), "…");
}
