using System.Diagnostics;

namespace TocsinSdk.Context;

/// <summary>Who and what the running code works for. Flows with async calls; a change is seen by the whole request.</summary>
internal sealed class Ambient : IDisposable
{
    private static readonly AsyncLocal<Ambient?> s_current = new();

    private readonly Ambient? _before;
    private volatile string? _requestId, _userId, _sessionId;

    private Ambient(Ambient? before)
    {
        _before = before;
        (_requestId, _userId, _sessionId) = (before?.RequestId, before?.UserId, before?.SessionId);
    }

    public static Ambient? Current => s_current.Value;

    public string? RequestId => _requestId;
    public string? UserId => _userId;
    public string? SessionId => _sessionId;

    /// <summary>What is not given is inherited. Disposing ends it for the caller's flow.</summary>
    public static Ambient Begin(string? requestId = null, string? userId = null, string? sessionId = null)
    {
        var begun = new Ambient(s_current.Value);
        begun._requestId = requestId ?? begun._requestId;
        begun._userId = userId ?? begun._userId;
        begun._sessionId = sessionId ?? begun._sessionId;
        s_current.Value = begun;
        return begun;
    }

    /// <summary>Where nothing was begun, a context begins that the present flow keeps.</summary>
    public static void SetUser(string? id)
    {
        (s_current.Value ?? Begin())._userId = id;
        Activity.Current?.SetTag("user.id", id);
    }

    public static void SetSession(string? id)
    {
        (s_current.Value ?? Begin())._sessionId = id;
        Activity.Current?.SetTag("session.id", id);
    }

    public void Dispose()
    {
        if (s_current.Value == this)
            s_current.Value = _before;
    }
}
