using TocsinSdk.Context;

namespace TocsinSdk;

public static partial class Tocsin
{
    /// <summary>
    /// Names the user the present request, or other asynchronous flow, works for: logs, spans and crashes carry it from
    /// now on. Where a request or <see cref="BeginContext"/> is under way the whole of it sees the change, its caller too.
    /// </summary>
    /// <param name="id">The application's own id of the user, never an address or a name; null forgets it.</param>
    public static void SetUser(string? id) => Ambient.SetUser(id);

    /// <summary>Names the session, as <see cref="SetUser"/> names the user.</summary>
    /// <param name="id">An id that opens nothing by itself; null forgets it.</param>
    public static void SetSession(string? id) => Ambient.SetSession(id);

    /// <summary>
    /// Begins a context outside HTTP: a queue message, a scheduled job. Logs written until it is disposed carry the ids;
    /// what is not given is inherited from the context around it.
    /// </summary>
    /// <param name="userId">Id of the user; log field user_id.</param>
    /// <param name="sessionId">Id of the session; log field session_id.</param>
    /// <param name="requestId">Id of the job or message; log field request_id.</param>
    public static IDisposable BeginContext(string? userId = null, string? sessionId = null, string? requestId = null) =>
        Ambient.Begin(requestId, userId, sessionId);
}
