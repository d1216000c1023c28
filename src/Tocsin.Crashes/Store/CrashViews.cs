using Tocsin.Model.Crashes;

namespace Tocsin.Crashes.Store;

/// <summary>One page of groups.</summary>
public sealed record CrashPage(IReadOnlyList<CrashGroup> Items, string? Next, long Total);

/// <summary>Everything about one group.</summary>
public sealed record CrashGroupDetail(
    CrashGroup Group,
    CrashFingerprint Fingerprint,
    Model.Alerts.Diagnosis? Diagnosis,
    CrashRecord? Latest,
    IReadOnlyList<CrashOccurrence> Occurrences,
    IReadOnlyList<CrashGroup> Similar);

/// <summary>Why these crashes are one group.</summary>
public sealed record CrashFingerprint(string Key, string Reason, IReadOnlyList<string> Parts);

/// <summary>The answer to a change of a group.</summary>
public sealed record CrashGroupAnswer(CrashGroup Group);

/// <summary>What a person asks for when they change a group.</summary>
public sealed record GroupOrder(string? By, string? Notes);
