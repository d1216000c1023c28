using System.Collections;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace TocsinSdk.AspNetCore.Requests;

/// <summary>What is logged of a request. Names of fields are OpenTelemetry's where it has one.</summary>
internal sealed class RequestLog : IReadOnlyList<KeyValuePair<string, object?>>
{
    private static readonly EventId s_started = new(1, "RequestStarted"), s_completed = new(2, "RequestCompleted"),
        s_slow = new(3, "RequestSlow");

    private static readonly object[] s_statuses = [.. Enumerable.Range(0, 600).Select(static n => (object)n)];

    private readonly KeyValuePair<string, object?>[] _fields = new KeyValuePair<string, object?>[16];
    private readonly string _message;
    private int _count;

    private RequestLog(string message) => _message = message;

    public int Count => _count;

    public KeyValuePair<string, object?> this[int index] => _fields[index];

    public static void Started(ILogger logger, LogLevel level, TrackedRequest request, HttpContext context)
    {
        var log = new RequestLog("Request started");
        log.Common(request, context);
        log.Write(logger, level, s_started, "Request started: {http.request.method} {url.path}", error: null);
    }

    public static void Completed(
        ILogger logger, LogLevel level, TrackedRequest request, HttpContext context, int status, TimeSpan duration,
        Exception? error)
    {
        var log = new RequestLog("Request completed");
        log.Common(request, context);
        log.Add("network.protocol.version", VersionOf(context.Request.Protocol));
        log.Outcome(request, status, duration);
        log.Add("http.request.body.size", context.Request.ContentLength);
        log.Add("http.response.body.size", context.Response.ContentLength);
        log.Write(logger, level, s_completed,
            "Request completed: {http.request.method} {url.path} {http.response.status_code} in {duration_ms} ms", error);
    }

    public static void Slow(ILogger logger, TrackedRequest request, int status, TimeSpan duration)
    {
        var log = new RequestLog("Request slow");
        log.Add("http.request.method", request.Method);
        log.Add("url.path", request.Path);
        log.Outcome(request, status, duration);
        log.Add("threshold_ms", request.Options.SlowThreshold.TotalMilliseconds);
        log.Write(logger, LogLevel.Warning, s_slow,
            "Request slow: {http.request.method} {url.path} took {duration_ms} ms; {threshold_ms} ms were expected",
            error: null);
    }

    /// <summary>"?guest=*&amp;night=*": what was asked for, without what was said.</summary>
    public static string WithoutValues(string query)
    {
        var text = new System.Text.StringBuilder(query.Length);
        var inValue = false;
        foreach (var c in query)
        {
            if (c is '&')
                inValue = false;
            if (!inValue)
                text.Append(c);
            if (c is '=' && !inValue)
            {
                inValue = true;
                text.Append('*');
            }
        }
        return text.ToString();
    }

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (var i = 0; i < _count; i++)
            yield return _fields[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // For loggers that want text and no fields.
    public override string ToString()
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{_message}: {_fields[0].Value} {_fields[1].Value}");
        foreach (var (key, value) in this)
            if (key == "http.response.status_code")
                text += string.Create(CultureInfo.InvariantCulture, $" {value}");
            else if (key == "duration_ms")
                text += string.Create(CultureInfo.InvariantCulture, $" in {value} ms");
        return text;
    }

    private void Common(TrackedRequest request, HttpContext context)
    {
        Add("http.request.method", request.Method);
        Add("url.path", request.Path);
        if (context.Request.QueryString is { HasValue: true, Value: { } query })
            Add("url.query", WithoutValues(query));
        if (request.Options.LogAddress)
            Add("client.address", AddressOf(context, request.Options));
        Add("user_agent.original", (string?)context.Request.Headers.UserAgent);
    }

    private void Outcome(TrackedRequest request, int status, TimeSpan duration)
    {
        Add("http.route", request.Route);
        Add("http.response.status_code", (uint)status < (uint)s_statuses.Length ? s_statuses[status] : status);
        Add("duration_ms", Math.Round(duration.TotalMilliseconds, 3));
        Add("crash_id", request.CrashId);
    }

    private static string? AddressOf(HttpContext context, RequestOptions options)
    {
        if (options.TrustForwardedFor && (string?)context.Request.Headers["X-Forwarded-For"] is { Length: > 0 } forwarded)
        {
            var first = forwarded.AsSpan(0, forwarded.IndexOf(',') is >= 0 and var comma ? comma : forwarded.Length).Trim();
            if (first.Length is > 0 and <= 64)
                return first.ToString();
        }
        return context.Connection.RemoteIpAddress?.ToString();
    }

    private static string VersionOf(string protocol) => protocol switch
    {
        "HTTP/1.1" => "1.1",
        "HTTP/2" => "2",
        "HTTP/3" => "3",
        _ => protocol.StartsWith("HTTP/", StringComparison.Ordinal) ? protocol[5..] : protocol,
    };

    private void Add(string key, object? value)
    {
        if (value is not null)
            _fields[_count++] = new(key, value);
    }

    private void Write(ILogger logger, LogLevel level, EventId id, string template, Exception? error)
    {
        _fields[_count++] = new("{OriginalFormat}", template);
        logger.Log(level, id, this, error, static (log, _) => log.ToString());
    }
}
