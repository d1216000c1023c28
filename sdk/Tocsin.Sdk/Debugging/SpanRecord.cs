using System.Diagnostics;
using System.Globalization;
using TocsinSdk.Redaction;

namespace TocsinSdk.Debugging;

/// <summary>One ended span, redacted; immutable.</summary>
internal sealed record SpanRecord
{
    private const int MaxAttributes = 48, MaxText = 2000, MaxEvents = 16, Overhead = 320;

    public required string TraceId { get; init; }
    public required string SpanId { get; init; }

    /// <summary>Null for the first of its trace.</summary>
    public string? ParentId { get; init; }
    public required string Name { get; init; }
    public required ActivityKind Kind { get; init; }
    public required string Source { get; init; }
    public required DateTimeOffset Start { get; init; }
    public required TimeSpan Duration { get; init; }
    public bool Failed { get; init; }
    public string? Problem { get; init; }
    public (string Key, string Value)[] Attributes { get; init; } = [];
    public (string Name, DateTimeOffset Time, (string Key, string Value)[] Attributes)[] Events { get; init; } = [];

    /// <summary>How much memory it takes, about.</summary>
    public int Bytes { get; private init; }

    public static SpanRecord Of(Activity activity, Redactor redactor)
    {
        var attributes = Texts(activity.TagObjects, redactor);
        var events = new List<(string, DateTimeOffset, (string, string)[])>();
        foreach (var e in activity.EnumerateEvents())
            if (events.Count < MaxEvents)
                events.Add((e.Name, e.Timestamp, Texts(e.Tags, redactor)));
        var bytes = Overhead + SizeOf(attributes);
        foreach (var (_, _, texts) in events)
            bytes += 64 + SizeOf(texts);
        return new SpanRecord
        {
            TraceId = activity.TraceId.ToHexString(),
            SpanId = activity.SpanId.ToHexString(),
            ParentId = activity.ParentSpanId == default ? null : activity.ParentSpanId.ToHexString(),
            Name = Cut(redactor.Redact(activity.DisplayName)),
            Kind = activity.Kind,
            Source = activity.Source.Name,
            Start = new DateTimeOffset(activity.StartTimeUtc, TimeSpan.Zero),
            Duration = activity.Duration,
            Failed = activity.Status == ActivityStatusCode.Error || activity.GetTagItem("error.type") is not null,
            Problem = activity.StatusDescription is { } problem ? Cut(redactor.Redact(problem)) : null,
            Attributes = attributes,
            Events = [.. events],
            Bytes = bytes,
        };
    }

    private static (string, string)[] Texts(IEnumerable<KeyValuePair<string, object?>> tags, Redactor redactor)
    {
        var texts = new List<(string, string)>();
        foreach (var (key, value) in tags)
            if (texts.Count < MaxAttributes && value is not null)
                texts.Add((key, Cut(Convert.ToString(redactor.Redact(key, value is string or int or long or double or bool
                    ? value : Convert.ToString(value, CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture) ?? "")));
        return [.. texts];
    }

    private static int SizeOf((string Key, string Value)[] texts)
    {
        var bytes = 0;
        foreach (var (_, value) in texts)
            bytes += 48 + 2 * value.Length;
        return bytes;
    }

    private static string Cut(string text) => text.Length <= MaxText ? text : text[..MaxText] + " …";
}
