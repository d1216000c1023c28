namespace TocsinSdk.Transport;

/// <summary>Where one signal goes, and when it may be tried again. Owned by the sender's thread.</summary>
internal sealed class Route(Signal signal, Uri url, IReadOnlyList<KeyValuePair<string, string>> headers, Random random)
{
    public const int MaxBatch = 1 << 20;

    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(1), s_longest = TimeSpan.FromSeconds(30),
        s_longestAsked = TimeSpan.FromMinutes(5);

    private int _failures;

    public Signal Signal => signal;
    public Uri Url => url;
    public IReadOnlyList<KeyValuePair<string, string>> Headers => headers;
    public bool Grpc { get; init; }
    public bool Gzip { get; init; }
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Not before then.</summary>
    public DateTimeOffset Next { get; set; } = DateTimeOffset.MinValue;

    /// <summary>Bytes of the largest batch the server is known not to refuse.</summary>
    public int BatchLimit { get; set; } = MaxBatch;

    public bool IsFailing => _failures > 0;

    public void Succeeded()
    {
        _failures = 0;
        Next = DateTimeOffset.MinValue;
    }

    /// <summary>
    /// Doubles from one second to half a minute, of which a random half is taken off, so that many processes do not
    /// come back at once. What the server asks for is obeyed, up to five minutes, and stretched a little.
    /// </summary>
    public void Failed(DateTimeOffset now, TimeSpan? asked)
    {
        var wait = s_first * Math.Pow(2, Math.Min(_failures++, 10));
        wait = (wait < s_longest ? wait : s_longest) * (0.5 + random.NextDouble() / 2);
        if (asked is { } least)
            wait = (least < s_longestAsked ? least : s_longestAsked) * (1 + random.NextDouble() / 10);
        Next = now + wait;
    }
}
