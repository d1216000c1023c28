using TocsinSdk.Configuration;

namespace TocsinSdk;

/// <summary>
/// How HTTP requests are tracked; needs Tocsin.Sdk.AspNetCore. All of it may change while the process runs.
/// </summary>
[Live]
public sealed class RequestOptions
{
    internal const string Category = "Tocsin.Requests";

    /// <summary>Whether requests are tracked at all; default true. Their spans and metrics do not depend on it.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Whether "Request started" is logged, at Information; default true.</summary>
    public bool LogStart { get; set; } = true;

    /// <summary>
    /// Whether "Request completed" is logged: at Error with a status of 500 and above, else at Information; default true.
    /// </summary>
    public bool LogEnd { get; set; } = true;

    /// <summary>
    /// Paths, and everything below them, whose requests are logged at Debug, and never as slow. Those configured are
    /// added to /health, /metrics, /debug and /favicon.ico.
    /// </summary>
    public IList<string> QuietPaths { get; } = ["/health", "/metrics", "/debug", "/favicon.ico"];

    /// <summary>
    /// A request that takes at least this long is told as "Request slow", at Warning; default 2 s, zero for never.
    /// WebSockets, server-sent events and SignalR are meant to last and never slow.
    /// </summary>
    public TimeSpan SlowThreshold { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Header with the request's id, read and answered; default X-Request-ID, empty for none. An id of other than 1 to
    /// 128 letters, digits and -_.:/+=@ is replaced by a new one.
    /// </summary>
    public string RequestIdHeader { get; set; } = "X-Request-ID";

    /// <summary>Whether a caller's own request id is taken over; default true.</summary>
    public bool AcceptRequestId { get; set; } = true;

    /// <summary>
    /// Response header with the id of the crash record when an exception was answered with a status of 500 and above;
    /// default X-Tocsin-Crash-Id, empty for none.
    /// </summary>
    public string CrashIdHeader { get; set; } = "X-Tocsin-Crash-Id";

    /// <summary>
    /// Whether the remote address is the first one of X-Forwarded-For. Only behind a proxy that sets it: any caller can
    /// write it. Default false.
    /// </summary>
    public bool TrustForwardedFor { get; set; }

    /// <summary>Whether the remote address is logged; default true.</summary>
    public bool LogAddress { get; set; } = true;

    /// <summary>
    /// Whether the id of an authenticated user (claim NameIdentifier or "sub") becomes the request's user; default true.
    /// </summary>
    public bool TrackUser { get; set; } = true;

    /// <summary>
    /// Whether that id is replaced by 16 hex digits of its hash, the same for the same user and service; default false.
    /// </summary>
    public bool HashUser { get; set; }

    /// <summary>
    /// Shared secret with which X-Tocsin-Debug raises the log level of one request: the header holds the secret, or
    /// "unix-seconds.signature" with the signature being HMAC-SHA256 of the seconds in hex, good for five minutes. Default
    /// none: the header works in Development only, with any value but "0" and "false".
    /// </summary>
    public string? DebugSecret { get; set; }

    internal IEnumerable<string> Problems()
    {
        if (SlowThreshold < TimeSpan.Zero)
            yield return $"Requests.SlowThreshold is {SlowThreshold}; expected zero (never) or more";
        if (!IsHeader(RequestIdHeader))
            yield return $"Requests.RequestIdHeader is \"{RequestIdHeader}\"; expected the name of a header, or nothing";
        if (!IsHeader(CrashIdHeader))
            yield return $"Requests.CrashIdHeader is \"{CrashIdHeader}\"; expected the name of a header, or nothing";
        foreach (var path in QuietPaths)
            if (!path.StartsWith('/'))
                yield return $"Requests.QuietPaths holds \"{path}\"; expected paths that start with /";
        if (DebugSecret is { Length: < 16 })
            yield return $"Requests.DebugSecret has {DebugSecret.Length} characters; expected at least 16";
    }

    private static bool IsHeader(string name) => name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
