using System.Diagnostics;
using TocsinSdk.Tracking;

namespace TocsinSdk;

/// <summary>
/// An operation under measurement, from <see cref="Tocsin.Track"/> until it is disposed. What runs in it, also after
/// awaits and in tasks started from it, counts as its own. Dispose it in the method that began it.
/// </summary>
public sealed class OperationScope : IDisposable
{
    private const int MaxAttributes = 32;

    /// <summary>Before Tocsin has started, or with tracking off: takes every call and does nothing.</summary>
    internal static readonly OperationScope Inert = new();

    private readonly Operations? _owner;
    private readonly long _started;
    private readonly TimeSpan _pauses;
    private readonly Spending _spent = new();
    private List<KeyValuePair<string, object?>>? _attributes;
    private int _ended;

    private OperationScope() => Name = "";

    internal OperationScope(Operations owner, string name, TimeSpan threshold, OperationScope? parent, bool isRequest)
    {
        (_owner, Name, Threshold, Parent, IsRequest) = (owner, name, threshold, parent, isRequest);
        Root = parent?.Root ?? this;
        MeasuresCpu = owner.MeasuresCpu;
        _pauses = GC.GetTotalPauseDuration();
        Activity = isRequest ? null : Operations.Source.StartActivity(name);
        ScopeContext.Enter(this);
        _started = owner.Clock.GetTimestamp();
    }

    /// <summary>The name given to <see cref="Tocsin.Track"/>.</summary>
    public string Name { get; }

    /// <summary>Duration from which the operation is reported as slow. May be changed until it ends.</summary>
    public TimeSpan Threshold { get; set; }

    internal OperationScope? Parent { get; }
    internal OperationScope Root => field ?? this;
    internal bool MeasuresCpu { get; }

    /// <summary>Measured for the request's own records: no span, metric or record of its own.</summary>
    internal bool IsRequest { get; }

    internal Activity? Activity { get; }
    internal Spending Spent => _spent;
    internal bool Ended => Volatile.Read(ref _ended) != 0;
    internal TimeSpan Duration { get; private set; }
    internal TimeSpan Pauses { get; private set; }
    internal bool Failed { get; private set; }
    internal string? Error { get; private set; }
    internal Exception? Exception { get; private set; }

    /// <summary>Repetitions of statements in the outermost operation.</summary>
    internal QueryRepeats? Repeats { get; set; }

    internal IReadOnlyList<KeyValuePair<string, object?>> Attributes =>
        _attributes ?? (IReadOnlyList<KeyValuePair<string, object?>>)[];

    /// <summary>
    /// Notes a fact about the operation: an attribute of its span and a field of its log records. At most 32; the last
    /// value of a key counts. Passes through redaction.
    /// </summary>
    public OperationScope Set(string key, object? value)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (_owner is null)
            return this;
        lock (_spent)
        {
            _attributes ??= [];
            _attributes.RemoveAll(a => a.Key == key);
            if (_attributes.Count < MaxAttributes)
                _attributes.Add(new(key, value));
        }
        Activity?.SetTag(key, value);
        return this;
    }

    /// <summary>The operation failed with this exception. Disposing alone cannot tell.</summary>
    public void Fail(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        if (_owner is null)
            return;
        Exception = exception;
        Fail(exception.Message);
        Activity?.SetTag("error.type", exception.GetType().FullName);
    }

    /// <summary>The operation failed for this reason.</summary>
    public void Fail(string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (_owner is null)
            return;
        (Failed, Error) = (true, reason);
        Activity?.SetStatus(ActivityStatusCode.Error, reason);
    }

    /// <summary>Something the operation wanted was in a cache.</summary>
    public void CacheHit() => _spent.Hit();

    /// <summary>Something the operation wanted was in no cache.</summary>
    public void CacheMiss() => _spent.Miss();

    /// <summary>Ends the operation and reports it. Again: nothing.</summary>
    public void Dispose()
    {
        if (_owner is null || Ended)
            return;
        var duration = _owner.Clock.GetElapsedTime(_started);
        ScopeContext.Leave(this);
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return;
        Duration = duration;
        Pauses = GC.GetTotalPauseDuration() - _pauses;
        Parent?._spent.Add(_spent);
        _owner.Complete(this);
    }

    internal void Spend(long bytes, long cpuNanoseconds)
    {
        if (!Ended)
            _spent.Work(bytes, cpuNanoseconds);
    }
}
