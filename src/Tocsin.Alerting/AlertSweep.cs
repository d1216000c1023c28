using Tocsin.Alerting.Records;
using Tocsin.Catalog;
using Tocsin.Model.Alerts;
using Tocsin.Model.Metrics;

namespace Tocsin.Alerting;

/// <summary>
/// Records what the clock does to alerts: expiry, the end of a suppression, and the end of keeping. Readers see expiry at
/// once; the sweep writes it down and lets people know.
/// </summary>
public sealed class AlertSweep(
    CatalogDatabase catalog, AlertLedger ledger, AlertOptions options, TimeProvider clock, MetricSet metrics)
{
    /// <summary>Bounds the time for which one round holds the writer.</summary>
    private const int PerRound = 200;

    private readonly Counter _failures =
        metrics.Counter("tocsin_alert_sweep_failures_total", "Rounds of the alert sweep that failed; the next one tries again.");

    /// <summary>Sweeps until cancelled.</summary>
    public async Task Run(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(options.SweepInterval, clock);
        try
        {
            do
            {
                await TrySweep(cancel).ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(cancel).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
        }
    }

    /// <summary>One round; returns how many alerts it touched.</summary>
    public async Task<int> Sweep(CancellationToken cancel)
    {
        DateTimeOffset now = ledger.Now();
        DateTimeOffset oldest = now - options.Retention;
        if (!catalog.Read(c => AlertTable.AnythingDue(c, now, oldest)))
            return 0;
        return await catalog.Write(
            tx =>
            {
                IReadOnlyList<Alert> due = AlertTable.Due(tx.Connection, now, PerRound);
                foreach (Alert alert in due)
                    ledger.Elapse(tx, alert, now);
                return due.Count + AlertTable.Forget(tx.Connection, oldest, PerRound);
            },
            cancel).ConfigureAwait(false);
    }

    private async Task TrySweep(CancellationToken cancel)
    {
        try
        {
            await Sweep(cancel).ConfigureAwait(false);
        }
        catch (Exception) when (!cancel.IsCancellationRequested)
        {
            // The disk may be full for a while; what is due now is still due at the next round.
            _failures.Add();
        }
    }
}
