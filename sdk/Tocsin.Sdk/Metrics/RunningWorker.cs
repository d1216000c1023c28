namespace TocsinSdk.Metrics;

internal sealed class RunningWorker : IDisposable
{
    private readonly KeyValuePair<string, object?> _name;
    private int _ended;

    public RunningWorker(string name)
    {
        _name = new("worker.name", name);
        WorkMeters.Workers.Add(1, _name);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
            WorkMeters.Workers.Add(-1, _name);
    }
}
