namespace TocsinSdk.Crashes;

/// <summary>
/// Memory held back for the last moments of a full heap. The runtime cannot even call the crash handler then: the
/// event's arguments are an object too, and failing to allocate it ends the process without a word. So a piece is let go
/// whenever memory runs out, before anybody knows whether the application survives that. Any thread.
/// </summary>
internal sealed class HeapReserve(TimeProvider clock)
{
    // Below half a MiB the collector did not hand a piece on to small objects (measured on .NET 10). Several, because an
    // application may catch a few such errors before one ends it.
    private const int Pieces = 4, PieceSize = 512 << 10;

    private static readonly TimeSpan s_quiet = TimeSpan.FromMinutes(1);

    private readonly byte[]?[] _pieces = new byte[]?[Pieces];
    private long _released = clock.GetTimestamp() - (long)(s_quiet.TotalSeconds * clock.TimestampFrequency);

    public int Held => _pieces.Count(static p => p is not null);

    /// <summary>Takes back what was let go once memory has sufficed for a minute.</summary>
    /// <exception cref="OutOfMemoryException">It does not yet.</exception>
    public void Refill()
    {
        if (clock.GetElapsedTime(Volatile.Read(ref _released)) >= s_quiet)
            TakeBack();
    }

    /// <exception cref="OutOfMemoryException">There is no memory for it.</exception>
    public void TakeBack()
    {
        for (var i = 0; i < Pieces; i++)
            _pieces[i] ??= GC.AllocateUninitializedArray<byte>(PieceSize);
    }

    /// <summary>Allocates nothing.</summary>
    public void ReleasePiece()
    {
        Volatile.Write(ref _released, clock.GetTimestamp());
        for (var i = 0; i < Pieces; i++)
            if (Interlocked.Exchange(ref _pieces[i], null) is not null)
                return;
    }

    public void ReleaseAll()
    {
        Volatile.Write(ref _released, clock.GetTimestamp());
        Array.Clear(_pieces);
    }
}
