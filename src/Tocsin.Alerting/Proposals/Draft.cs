using System.Text.Json;
using Tocsin.Model.Alerts;

namespace Tocsin.Alerting.Proposals;

/// <summary>Turns a proposal into an alert, and a repeat into a newer version of the alert it repeats.</summary>
internal static class Draft
{
    /// <returns>A firing alert without an id, with everything filled in and cut to its limits.</returns>
    public static Alert Of(AlertProposal proposal, DateTimeOffset now)
    {
        DateTimeOffset at = Earlier(proposal.At, now);
        AlertCategory category = CategoryRules.Of(proposal);
        return new Alert
        {
            Id = 0,
            Key = Cut(proposal.Identity, AlertLimits.KeyCharacters),
            Type = Cut(proposal.Type, AlertLimits.TypeCharacters),
            Title = Line(Cut(proposal.Title, AlertLimits.TitleCharacters)),
            Message = Cut(proposal.Message, AlertLimits.MessageCharacters),
            Priority = PriorityRules.Of(proposal, category, errors: 1, proposal.AffectedUsers),
            Category = category,
            Resource = Line(Cut(proposal.Resource, AlertLimits.ResourceCharacters)),
            StartsAt = at,
            LastSeenAt = at,
            ExpiresAt = proposal.ExpiresIn is { } life ? now + life : null,
            AffectedUsers = proposal.AffectedUsers,
            Diagnosis = proposal.Diagnosis,
            Recommendations = [.. DefaultRecommendations.For(proposal, category)
                .Take(AlertLimits.Recommendations).Select(r => Cut(r, AlertLimits.RecommendationCharacters))],
            Metadata = proposal.Metadata.Take(AlertLimits.Entries).ToDictionary(m => m.Key, m => Cut(m.Value)),
            Labels = CutAll(proposal.Labels, AlertLimits.LabelValueCharacters),
            Annotations = CutAll(proposal.Annotations, AlertLimits.MessageCharacters),
            RelatedLogs = [.. proposal.RelatedLogs.TakeLast(AlertLimits.RelatedLogs)],
            RunbookUrl = proposal.RunbookUrl,
            CrashGroupId = proposal.CrashGroupId,
            CrashId = proposal.CrashId,
        };
    }

    /// <summary>
    /// <paramref name="last"/> with one more occurrence. Newer evidence replaces older; an occurrence that arrives late
    /// counts but replaces nothing. State and priority stay as they are.
    /// </summary>
    public static Alert Merge(Alert last, Alert draft, DateTimeOffset now)
    {
        bool late = draft.LastSeenAt < last.LastSeenAt;
        Alert counted = last with
        {
            Count = last.Count == int.MaxValue ? last.Count : last.Count + 1,
            AffectedUsers = Most(last.AffectedUsers, draft.AffectedUsers),
            StartsAt = late && draft.StartsAt < last.StartsAt ? draft.StartsAt : last.StartsAt,
            ExpiresAt = draft.ExpiresAt ?? (last.ExpiresAt is { } end ? now + (end - last.LastSeenAt) : null),
        };
        return late ? counted : counted with
        {
            Title = draft.Title,
            Message = draft.Message,
            LastSeenAt = draft.LastSeenAt,
            Diagnosis = draft.Diagnosis ?? last.Diagnosis,
            Recommendations = draft.Recommendations,
            Metadata = draft.Metadata.Count > 0 ? draft.Metadata : last.Metadata,
            Labels = draft.Labels.Count > 0 ? draft.Labels : last.Labels,
            Annotations = draft.Annotations.Count > 0 ? draft.Annotations : last.Annotations,
            RelatedLogs = draft.RelatedLogs.Count > 0 ? draft.RelatedLogs : last.RelatedLogs,
            RunbookUrl = draft.RunbookUrl ?? last.RunbookUrl,
            CrashGroupId = draft.CrashGroupId ?? last.CrashGroupId,
            CrashId = draft.CrashId ?? last.CrashId,
        };
    }

    /// <summary>Clients' clocks may be ahead; nothing has been seen in the future.</summary>
    private static DateTimeOffset Earlier(DateTimeOffset? at, DateTimeOffset now) =>
        at < now ? DateTimeOffset.FromUnixTimeMilliseconds(at.Value.ToUnixTimeMilliseconds()) : now;

    private static int? Most(int? a, int? b) => a is null || b > a ? b : a;

    private static Dictionary<string, string> CutAll(IReadOnlyDictionary<string, string> pairs, int length) =>
        pairs.Take(AlertLimits.Entries).ToDictionary(p => p.Key, p => Cut(p.Value, length));

    private static JsonElement Cut(JsonElement value)
    {
        int length = value.ValueKind is JsonValueKind.Undefined ? 0 : value.GetRawText().Length;
        return length is > 0 and <= AlertLimits.MetadataValueCharacters
            ? value
            : JsonSerializer.SerializeToElement($"(left out: {length} characters)", Records.RecordJson.Default.String);
    }

    private static string Cut(string text, int length)
    {
        if (text.Length <= length)
            return text;
        int end = char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1;
        return $"{text.AsSpan(0, end)}…";
    }

    /// <summary>Titles travel in mail subjects and single-line lists.</summary>
    private static string Line(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)) : text;
}
