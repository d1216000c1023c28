using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Tocsin.Model.Metrics;

namespace Tocsin.Catalog;

/// <summary>
/// The one thread that writes. It takes whatever is queued, runs each work in its own savepoint of one transaction,
/// commits with a sync, and only then settles the works: many callers share the price of one fsync.
/// </summary>
internal sealed class CatalogWriter : IAsyncDisposable
{
    /// <summary>Callers beyond this wait; the memory of waiting works stays bounded.</summary>
    private const int MaxQueued = 4096;

    /// <summary>Bounds how long the first work of a batch waits for the last.</summary>
    private const int MaxBatch = 256;

    private readonly Channel<PendingWrite> _queue = Channel.CreateBounded<PendingWrite>(
        new BoundedChannelOptions(MaxQueued) { SingleReader = true });
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<SqliteConnection> _open;
    private readonly WriterMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly Thread _thread;

    // Writer thread only. Null after a broken batch: a fresh connection cannot inherit a half-rolled-back transaction.
    private SqliteConnection? _connection;

    public CatalogWriter(Func<SqliteConnection> open, TimeProvider clock, MetricSet metrics)
    {
        _open = open;
        _clock = clock;
        _metrics = new WriterMetrics(metrics, () => _queue.Reader.Count);
        _thread = new Thread(Drain) { Name = "catalog-writer", IsBackground = true };
        _thread.Start();
    }

    public async Task<T> Write<T>(Func<CatalogTransaction, T> work, CancellationToken cancel)
    {
        if (Thread.CurrentThread == _thread)
            throw new InvalidOperationException("A work must not queue another write: use its own transaction.");
        var pending = new PendingWrite<T>(work, cancel);
        try
        {
            await _queue.Writer.WriteAsync(pending, cancel).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(CatalogDatabase), "The catalog is closed.");
        }
        return await pending.Done.ConfigureAwait(false);
    }

    /// <summary>Finishes what is queued, then closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _stopped.Task.ConfigureAwait(false);
    }

    private void Drain()
    {
        var batch = new List<PendingWrite>(MaxBatch);
        while (WaitForWork())
        {
            while (batch.Count < MaxBatch && _queue.Reader.TryRead(out PendingWrite? next))
                batch.Add(next);
            RunBatch(batch);
            foreach (PendingWrite work in batch)
                Settle(work);
            batch.Clear();
        }
        _connection?.Dispose();
        _stopped.SetResult();
    }

    private bool WaitForWork()
    {
        ValueTask<bool> ready = _queue.Reader.WaitToReadAsync();
        return ready.IsCompletedSuccessfully ? ready.Result : ready.AsTask().GetAwaiter().GetResult();
    }

    private void RunBatch(List<PendingWrite> batch)
    {
        long began = _clock.GetTimestamp();
        try
        {
            SqliteConnection connection = _connection ??= _open();
            Execute(connection, "BEGIN IMMEDIATE");
            foreach (PendingWrite work in batch)
                RunOne(connection, work);
            Execute(connection, "COMMIT");
            _metrics.Committed(batch.Count, _clock.GetElapsedTime(began));
        }
        catch (Exception broken)
        {
            // Closing rolls back whatever the failure left open.
            _connection?.Dispose();
            _connection = null;
            var failure = new CatalogWriteException(WhatBroke(broken), broken);
            foreach (PendingWrite work in batch.Where(w => w.Kept))
                work.Failure = failure;
        }
    }

    private static void RunOne(SqliteConnection connection, PendingWrite work)
    {
        if (!work.Begin())
            return;
        Execute(connection, "SAVEPOINT work");
        try
        {
            work.Run(connection);
        }
        catch (Exception cause) when (!BreaksBatch(connection, cause))
        {
            work.Failure = cause;
            Execute(connection, "ROLLBACK TO work");
        }
        Execute(connection, "RELEASE work");
    }

    private void Settle(PendingWrite work)
    {
        foreach (Action callback in work.Callbacks)
        {
            try
            {
                callback();
            }
            catch (Exception)
            {
                // The write itself is on disk; its caller must not be told otherwise.
                _metrics.CallbackFailed();
            }
        }
        _metrics.Settled(work);
        work.Settle();
    }

    /// <summary>True when the fault lies with the disk or the file, so that no work of the batch can be kept.</summary>
    private static bool BreaksBatch(SqliteConnection connection, Exception cause) =>
        cause is SqliteException
        {
            SqliteErrorCode: raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_NOMEM or raw.SQLITE_CORRUPT
                or raw.SQLITE_NOTADB or raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_BUSY
        }
        || raw.sqlite3_get_autocommit(connection.Handle) != 0;

    private static string WhatBroke(Exception broken) => broken is not SqliteException sqlite
        ? $"The catalog could not be written: {broken.Message}"
        : sqlite.SqliteErrorCode switch
        {
            raw.SQLITE_FULL => "The disk that holds the catalog is full; nothing was written.",
            raw.SQLITE_IOERR => "The disk that holds the catalog failed (I/O error); nothing was written.",
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => "The catalog file is damaged; nothing was written.",
            raw.SQLITE_READONLY => "The catalog file is read-only; nothing was written.",
            raw.SQLITE_BUSY => "Another program holds the catalog's write lock; nothing was written.",
            _ => $"The catalog could not be written: {sqlite.Message}",
        };

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
