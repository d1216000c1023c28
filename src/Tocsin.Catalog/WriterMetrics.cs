using Tocsin.Model.Metrics;

namespace Tocsin.Catalog;

/// <summary>What the writer tells of itself.</summary>
internal sealed class WriterMetrics
{
    private readonly Histogram _batch;
    private readonly Histogram _commit;
    private readonly Counter _kept;
    private readonly Counter _failed;
    private readonly Counter _cancelled;
    private readonly Counter _callbacks;

    public WriterMetrics(MetricSet metrics, Func<double> queued)
    {
        _batch = metrics.Histogram("tocsin_catalog_batch_writes", "Writes that shared one synced commit.",
            [1, 2, 4, 8, 16, 32, 64, 128, 256]);
        _commit = metrics.Histogram("tocsin_catalog_commit_seconds", "From the first statement of a batch to the end of its sync.",
            [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]);
        _kept = Outcome("kept");
        _failed = Outcome("failed");
        _cancelled = Outcome("cancelled");
        _callbacks = metrics.Counter("tocsin_catalog_callback_failures_total", "After-commit callbacks that threw.");
        metrics.Gauge("tocsin_catalog_queued_writes", "Writes waiting for the writer thread.", queued);

        Counter Outcome(string outcome) =>
            metrics.Counter("tocsin_catalog_writes_total", "Writes by outcome.", ("outcome", outcome));
    }

    public void Committed(int works, TimeSpan took)
    {
        _batch.Observe(works);
        _commit.Observe(took.TotalSeconds);
    }

    public void Settled(PendingWrite work) =>
        (work.Kept ? _kept : work.Cancelled ? _cancelled : _failed).Add();

    public void CallbackFailed() => _callbacks.Add();
}
