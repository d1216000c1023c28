namespace TocsinSdk.Metrics;

/// <summary>A finished page, shared by those who asked at the same time; each disposes it once.</summary>
internal sealed class Rendering(Utf8Buffer text, long made) : IDisposable
{
    private int _holders = 1;

    public ReadOnlyMemory<byte> Text => text.Memory;

    /// <summary>Timestamp of the clock of the page.</summary>
    public long Made => made;

    /// <summary>For one more holder, while there is one.</summary>
    public Rendering Share()
    {
        Interlocked.Increment(ref _holders);
        return this;
    }

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
            text.Dispose();
    }
}
