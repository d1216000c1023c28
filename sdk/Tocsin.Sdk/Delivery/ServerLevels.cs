using System.Text.Json;
using Microsoft.Extensions.Logging;
using TocsinSdk.Logging;

namespace TocsinSdk.Delivery;

/// <summary>
/// The log levels an operator has set on the server for this service. Asked for every 10 or 15 s, behind a heartbeat the
/// server took, so that nobody asks a server that is away; what it said last then holds until its time is over, by this
/// process's own clock. Owned by the courier's thread.
/// </summary>
/// <param name="ask">Asks the server, naming the version held; see <see cref="TocsinServer.GetLevels"/>.</param>
/// <param name="levels">Who takes them.</param>
/// <param name="wanted">Whether the options want them, at any moment.</param>
/// <param name="clock">Measures how long they hold.</param>
internal sealed class ServerLevels(
    Func<string?, TimeSpan, Document> ask, LogLevels levels, Func<bool> wanted, TimeProvider clock)
{
    // Heartbeats are 5 s apart: after 8 to 15 s means with the second or the third, so that processes spread out.
    private static readonly TimeSpan s_soonest = TimeSpan.FromSeconds(8), s_spread = TimeSpan.FromSeconds(7),
        s_firstPause = TimeSpan.FromSeconds(15), s_longestPause = TimeSpan.FromMinutes(10);

    private readonly long _start = clock.GetTimestamp();
    private List<ServerLevel> _held = [];
    private string? _tag;
    private TimeSpan _next;
    private int _failures;

    private TimeSpan Now => clock.GetElapsedTime(_start);

    /// <summary>Until the next of them ends.</summary>
    public TimeSpan UntilLapse => _held.Count == 0 ? TimeSpan.MaxValue : _held.Min(static l => l.Until) - Now;

    /// <summary>Asks when it is time to.</summary>
    public void Renew(TimeSpan timeout)
    {
        if (!wanted() || Now < _next)
            return;
        var answer = ask(_tag, timeout);
        var taken = answer.Status == 200 ? ServerLevel.Read(answer.Body, Now) : null;
        if (taken is null && answer.Status != 304)
        {
            var pause = s_firstPause * Math.Pow(2, Math.Min(_failures++, 10));
            _next = Now + (pause < s_longestPause ? pause : s_longestPause);
            return;
        }
        (_failures, _next) = (0, Now + s_soonest + s_spread * Random.Shared.NextDouble());
        if (taken is null)
            return;
        _tag = answer.Tag;
        Hold(taken);
    }

    /// <summary>Drops what is over, and everything once it is no longer wanted.</summary>
    public void Lapse()
    {
        var now = Now;
        if (!wanted())
        {
            (_tag, _next) = (null, TimeSpan.Zero);
            Hold([]);
        }
        else if (_held.Exists(l => l.Until <= now))
            Hold(_held.FindAll(l => l.Until > now));
    }

    private void Hold(List<ServerLevel> held)
    {
        if (held.Count == 0 && _held.Count == 0)
            return;
        _held = held;
        levels.TakeServer(held.ToDictionary(static l => l.Category, static l => l.Level, StringComparer.OrdinalIgnoreCase));
    }
}

/// <summary>One level the server set.</summary>
/// <param name="Category">Beginning of the names of loggers.</param>
/// <param name="Level">From which level on they log.</param>
/// <param name="Until">When it ends, on the clock of whoever read it; the greatest value for never.</param>
internal readonly record struct ServerLevel(string Category, LogLevel Level, TimeSpan Until)
{
    private const int Most = 1000;

    /// <summary>
    /// Null when the answer is not what a Tocsin server says. Entries of a kind unknown here are left out, later entries of
    /// the same category too.
    /// </summary>
    public static List<ServerLevel>? Read(ReadOnlyMemory<byte> json, TimeSpan now)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("levels"u8, out var entries)
                || entries.ValueKind != JsonValueKind.Array)
                return null;
            var read = new Dictionary<string, ServerLevel>(StringComparer.OrdinalIgnoreCase);
            foreach (var entry in entries.EnumerateArray())
                if (read.Count < Most && Of(entry, now) is { } level)
                    read.TryAdd(level.Category, level);
            return [.. read.Values];
        }
        // Text that is no UTF-16, written as escapes, is only found out when it is asked for.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static ServerLevel? Of(JsonElement entry, TimeSpan now)
    {
        if (entry.ValueKind != JsonValueKind.Object || Text(entry, "category"u8) is not { } category
            || !Enum.TryParse(Text(entry, "level"u8), ignoreCase: true, out LogLevel level) || !Enum.IsDefined(level))
            return null;
        if (!entry.TryGetProperty("remainingMs"u8, out var remaining) || remaining.ValueKind == JsonValueKind.Null)
            return new ServerLevel(category, level, TimeSpan.MaxValue);
        // A day is the most a server grants; more than a century would not fit.
        return remaining.ValueKind == JsonValueKind.Number && remaining.TryGetInt64(out var ms) && ms is >= 0 and < 1L << 41
            ? new ServerLevel(category, level, now + TimeSpan.FromMilliseconds(ms)) : null;
    }

    private static string? Text(JsonElement entry, ReadOnlySpan<byte> name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
