using Tocsin.Alerting;
using Tocsin.Catalog;
using Tocsin.Crashes.Records;
using Tocsin.Crashes.Store;
using Tocsin.Ingest;
using Tocsin.Model;
using Tocsin.Model.Alerts;
using Tocsin.Model.Crashes;
using Tocsin.Model.Live;
using Tocsin.Model.Metrics;
using Tocsin.Query.Logs;

namespace Tocsin.Crashes;

/// <summary>Finds the log records that belong to a crash, oldest first. Runs on a pool thread; ends soon after the
/// cancel.</summary>
public delegate IReadOnlyList<RelatedLog> FindLogs(CrashRecord record, CancellationToken cancel);

/// <summary>
/// Where every crash arrives, whoever saw it. When <see cref="Accept"/> completes, the record, its group and its alert
/// are on disk, all or none. Any thread.
/// </summary>
public sealed class CrashInbox(
    CatalogDatabase catalog, AlertInbox alerts, Redactor redactor, LiveEvents live, TimeProvider clock,
        MetricSet metrics, FindLogs? findLogs = null)
{
    private const int RelatedLogs = 50;

    /// <summary>News must not wait for the logs around it; what comes later is attached later.</summary>
    private static readonly TimeSpan s_logBudget = TimeSpan.FromMilliseconds(100), s_logLimit = TimeSpan.FromSeconds(5);

    /// <summary>Searches for related logs that may run at once; in a storm of crashes the rest go without.</summary>
    private const int MostSearches = 2;
    private int _searches;
    private readonly CrashCounters _counters = new(metrics);
    private readonly CrashBook _book = new(alerts, live);

    /// <param name="record">Cut and redacted here; what <see cref="CrashCheck"/> refuses must be refused
    /// before.</param>
    /// <param name="cancel">Counts until the write begins.</param>
    public async Task<CrashAccepted> Accept(CrashRecord record, CancellationToken cancel)
    {
        long start = clock.GetTimestamp();
        DateTimeOffset now = clock.GetUtcNow();
        PreparedCrash crash = PreparedCrash.Of(record, redactor, now);
        Task<IReadOnlyList<RelatedLog>>? search = StartSearch(crash);
        IReadOnlyList<RelatedLog> logs = search is null ? [] : await WithinBudget(search).ConfigureAwait(false);
        CrashAccepted accepted = await catalog.Write(tx => _book.Enter(tx, crash, logs, now),
            cancel).ConfigureAwait(false);
        if (!accepted.Duplicate)
            _counters.Accepted(crash.Record, clock.GetElapsedTime(start));
        if (search is not null && logs.Count == 0 && !accepted.Duplicate)
            _ = AttachLater(search, accepted);
        return accepted;
    }

    /// <summary>A process that was taken for hung sends heartbeats again.</summary>
    public Task Recovered(string service, string runId, string? host, CancellationToken cancel) =>
        catalog.Write(tx => _book.Recovered(tx, service, runId, host), cancel);

    /// <summary>Whether the run is known to have died, and whether it is known to hang.</summary>
    internal (bool Died, bool Hangs) Known(string runId) =>
        catalog.Read(c =>
            (RecordTable.HasDied(c, runId),
            RecordTable.Hangs(c, runId).Any(h => !h.Record.Attributes.ContainsKey(CrashBook.RecoveredMark))));

    /// <summary>Related logs by run, trace or process, from the event store.</summary>
    public static FindLogs Searching(LogSearch search) => (r, cancel) => search.Related(
        r.Process.RunId, r.TraceId, r.Host, r.Process.Pid, Instant.From(r.Time), RelatedLogs, cancel);

    private Task<IReadOnlyList<RelatedLog>>? StartSearch(PreparedCrash crash)
    {
        CrashRecord r = crash.Record;
        bool traceable = r.Process.RunId is not null || r.TraceId is not null
            || (r.Host is not null && r.Process.Pid is not null);
        if (findLogs is null || !traceable || !IsNews(crash))
            return null;
        if (Interlocked.Increment(ref _searches) > MostSearches)
        {
            Interlocked.Decrement(ref _searches);
            return null;
        }
        var limit = new CancellationTokenSource(s_logLimit, clock);
        return Task.Run(() =>
        {
            try
            {
                return findLogs(r, limit.Token);
            }
            catch (OperationCanceledException)
            {
                return [];
            }
            finally
            {
                Interlocked.Decrement(ref _searches);
                limit.Dispose();
            }
        });
    }

    /// <summary>Only news carries logs; a repeat is counted as fast as it comes.</summary>
    private bool IsNews(PreparedCrash crash) =>
        catalog.Read(c => GroupTable.FindByPrint(c, crash.Fingerprint.Key)) is not { Count: > 0 } group
            || group.State == GroupState.Resolved;

    private async Task<IReadOnlyList<RelatedLog>> WithinBudget(Task<IReadOnlyList<RelatedLog>> search)
    {
        try
        {
            return await search.WaitAsync(s_logBudget, clock).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return [];
        }
    }

    private async Task AttachLater(Task<IReadOnlyList<RelatedLog>> search, CrashAccepted accepted)
    {
        try
        {
            IReadOnlyList<RelatedLog> logs = await search.ConfigureAwait(false);
            if (logs.Count > 0)
                await catalog.Write(tx => _book.Attach(tx, accepted, logs)).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The crash itself is kept; only its surroundings are missing.
            _counters.LogsMissed();
        }
    }
}
