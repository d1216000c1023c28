namespace Tocsin.Channels;

/// <summary>
/// One way out of the house. It formats and sends once; order, retries, limits and records belong to the outbox.
/// </summary>
public abstract class Channel(string name, string kind) : IDisposable
{
    /// <summary>The name the user gave it.</summary>
    public string Name => name;

    /// <summary>"webhook", "slack", "email".</summary>
    public string Kind => kind;

    /// <summary>
    /// Makes one attempt. May be called concurrently. Throws only for cancellation; every other outcome is a value.
    /// </summary>
    public abstract Task<SendResult> Send(Notification notification, CancellationToken cancel);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}
