using Microsoft.Extensions.Logging;

namespace TocsinSdk.Logging;

/// <summary>
/// What the present request does differently: a level of its own while it is debugged, and a ring that remembers records
/// below the level until it is known whether the request fails. Flows with async calls, as the request does.
/// </summary>
internal sealed class RequestLogs : IDisposable
{
    private const int MaxBytes = 256 << 10, MaxSpares = 32;

    private static readonly AsyncLocal<RequestLogs?> s_current = new();
    private static readonly System.Collections.Concurrent.ConcurrentBag<LogEvent[]> s_spares = [];
    private static int s_active, s_debugged, s_spareCount;

    private readonly TocsinLoggerProvider _provider;
    private readonly RequestLogs? _before;
    private readonly Lock _lock = new();
    private readonly int _capacity;
    private LogEvent[]? _ring;
    private int _next, _count, _bytes;
    private volatile int _least;
    private bool _released, _ended;

    private RequestLogs(TocsinLoggerProvider provider, int capacity, LogLevel remembered, LogLevel? level)
    {
        (_provider, _capacity, _before) = (provider, capacity, s_current.Value);
        Interlocked.Increment(ref s_active);
        if (level is not null)
            Interlocked.Increment(ref s_debugged);
        (Remembered, Level) = (capacity > 0 ? remembered : LogLevel.None, level);
        _least = (int)(level is { } own && own < Remembered ? own : Remembered);
    }

    public static bool AnyActive => Volatile.Read(ref s_active) != 0;

    public static RequestLogs? Current => Volatile.Read(ref s_active) == 0 ? null : s_current.Value;

    /// <summary>Every record from this level on is written at once; null: the ordinary levels hold.</summary>
    public LogLevel? Level { get; }

    /// <summary>Least severe level the ring remembers.</summary>
    public LogLevel Remembered { get; }

    /// <summary>The present request when it is debugged.</summary>
    public static RequestLogs? Debugged =>
        Volatile.Read(ref s_debugged) > 0 && s_current.Value is { Level: not null } own ? own : null;

    /// <summary>Null when there is nothing to do differently.</summary>
    /// <param name="provider">Takes the records that are released.</param>
    /// <param name="options">Size and level of the ring.</param>
    /// <param name="level">Level of this request alone, when it is debugged.</param>
    public static RequestLogs? Begin(TocsinLoggerProvider provider, LogOptions options, LogLevel? level = null)
    {
        if (options.RequestRing == 0 && level is null)
            return null;
        var begun = new RequestLogs(provider, options.RequestRing, options.RequestRingLevel, level);
        s_current.Value = begun;
        return begun;
    }

    public bool Takes(LogLevel level) => (int)level >= _least && level != LogLevel.None;

    /// <summary>True when the record is to be written now; otherwise it may be remembered.</summary>
    public bool IsWritten(LogLevel level) => level >= Level;

    public void Remember(LogEvent e)
    {
        lock (_lock)
        {
            if (_ended || _capacity == 0)
                return;
            if (_released)
            {
                _provider.Write(e);
                return;
            }
            _ring ??= Rent(_capacity);
            var slot = _ring[_next] ??= LogEvent.ForKeeping();
            _bytes -= slot.Kept;
            if (_bytes + e.Kept > MaxBytes)
                return;
            slot.CopyFrom(e);
            _bytes += slot.Kept;
            _next = (_next + 1) % _ring.Length;
            _count = Math.Min(_count + 1, _ring.Length);
        }
    }

    /// <summary>
    /// The request failed, was slow or is to be looked at: what was remembered is written, in order and under its own
    /// time, and everything that follows at once.
    /// </summary>
    public void Release()
    {
        lock (_lock)
        {
            if (_released || _ended)
                return;
            _released = true;
            for (var i = 0; i < _count; i++)
                _provider.Write(_ring![(_next - _count + i + _ring.Length) % _ring.Length]);
            Forget();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_ended)
                return;
            _ended = true;
            _least = (int)LogLevel.None;
            Forget();
        }
        Interlocked.Decrement(ref s_active);
        if (Level is not null)
            Interlocked.Decrement(ref s_debugged);
        if (s_current.Value == this)
            s_current.Value = _before;
    }

    private void Forget()
    {
        if (_ring is not { } ring)
            return;
        foreach (var kept in ring)
            kept?.Clear();
        (_ring, _count, _next, _bytes) = (null, 0, 0, 0);
        if (Interlocked.Increment(ref s_spareCount) <= MaxSpares)
            s_spares.Add(ring);
        else
            Interlocked.Decrement(ref s_spareCount);
    }

    private static LogEvent[] Rent(int capacity)
    {
        if (!s_spares.TryTake(out var spare))
            return new LogEvent[capacity];
        Interlocked.Decrement(ref s_spareCount);
        return spare.Length == capacity ? spare : new LogEvent[capacity];
    }
}
