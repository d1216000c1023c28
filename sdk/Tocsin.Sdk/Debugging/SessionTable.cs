using TocsinSdk.Logging;

namespace TocsinSdk.Debugging;

/// <summary>A session, or a user without one, and what was seen of them.</summary>
internal sealed record SeenSession(string? SessionId, string? UserId, DateTimeOffset First, DateTimeOffset Last, long Records, string? RequestId);

/// <summary>
/// Sessions and users that log records named, the 200 seen last. Active are those seen within
/// <see cref="ActiveFor"/>. Any thread.
/// </summary>
internal sealed class SessionTable
{
    public const int Max = 200;
    public static readonly TimeSpan ActiveFor = TimeSpan.FromMinutes(15);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string?, string?), SeenSession> _seen = [];

    public void Note(LogEvent e)
    {
        if (e.SessionId is null && e.UserId is null)
            return;
        var key = (e.SessionId, e.SessionId is null ? e.UserId : null);
        lock (_lock)
        {
            var before = _seen.GetValueOrDefault(key);
            _seen[key] = new SeenSession(e.SessionId, e.UserId ?? before?.UserId, before?.First ?? e.Time, e.Time,
                (before?.Records ?? 0) + 1, e.RequestId ?? before?.RequestId);
            if (_seen.Count > Max)
                _seen.Remove(_seen.MinBy(static s => s.Value.Last).Key);
        }
    }

    /// <summary>The one seen last first.</summary>
    public List<SeenSession> Active(DateTimeOffset now)
    {
        lock (_lock)
            return [.. _seen.Values.Where(s => now - s.Last < ActiveFor).OrderByDescending(static s => s.Last)];
    }
}
