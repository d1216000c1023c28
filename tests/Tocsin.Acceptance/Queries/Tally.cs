namespace Tocsin.Acceptance.Queries;

/// <summary>What all sets came to. Any thread.</summary>
internal sealed class Tally
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Group, string Kind), long> _kinds = [];
    private readonly SortedDictionary<string, long> _forms = new(StringComparer.Ordinal);
    private readonly List<string> _failures = [];
    private long _cases;

    public long Cases => Interlocked.Read(ref _cases);

    public long Sets { get; private set; }

    public IReadOnlyList<string> Failures
    {
        get
        {
            lock (_lock)
                return [.. _failures];
        }
    }

    public IReadOnlyList<(string Form, long Count)> Forms
    {
        get
        {
            lock (_lock)
                return [.. _forms.Select(f => (f.Key, f.Value))];
        }
    }

    public long Of((string Group, string Kind) kind)
    {
        lock (_lock)
            return _kinds.GetValueOrDefault(kind);
    }

    public void Add(QuerySetResult result)
    {
        lock (_lock)
        {
            Sets++;
            Interlocked.Add(ref _cases, result.Cases);
            foreach (((string, string) kind, long count) in result.Kinds)
                _kinds[kind] = _kinds.GetValueOrDefault(kind) + count;
            foreach (string form in result.Forms)
                _forms[form] = _forms.GetValueOrDefault(form) + 1;
            if (result.Failure is { } failure)
                _failures.Add(failure);
        }
    }
}
