using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Tocsin.Ingest;
using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Query.Logs;
using Tocsin.Storage.Scan;

namespace Tocsin.Server;

/// <param name="Skipped">How many matching records were left out before this one because the watcher was too slow.</param>
internal sealed record TailItem(LogEntry Entry, long Skipped);

/// <summary>Shows stored log records to whoever watches, by predicate. With nobody watching it costs one comparison a batch.</summary>
internal sealed class LiveTail : IIngestTap
{
    private const int PerWatcher = 1000;
    private readonly Lock _change = new();
    private volatile Watcher[] _watchers = [];

    public void OnStored(ReadOnlyMemory<byte> batch)
    {
        Watcher[] watchers = _watchers;
        if (watchers.Length == 0)
            return;
        var rows = new EventBatchReader(batch.Span);
        if (rows.Dataset != Dataset.Logs)
            return;
        while (rows.MoveNext())
        {
            foreach (Watcher watcher in watchers)
                watcher.Offer(rows.Row);
        }
    }

    public async IAsyncEnumerable<TailItem> Watch(Predicate where, [EnumeratorCancellation] CancellationToken cancel)
    {
        var watcher = new Watcher(where);
        Change(all => [.. all, watcher]);
        try
        {
            await foreach (TailItem item in watcher.Items.ReadAllAsync(cancel))
                yield return item;
        }
        finally
        {
            Change(all => [.. all.Where(w => w != watcher)]);
        }
    }

    private void Change(Func<Watcher[], Watcher[]> change)
    {
        lock (_change)
            _watchers = change(_watchers);
    }

    private sealed class Watcher(Predicate where)
    {
        private readonly Channel<TailItem> _items = Channel.CreateBounded<TailItem>(PerWatcher);
        private long _skipped;

        public ChannelReader<TailItem> Items => _items.Reader;

        // Taps may run on several requests' threads at once.
        public void Offer(in EventRow row)
        {
            if (!where.Matches(row))
                return;
            long skipped = Interlocked.Exchange(ref _skipped, 0);
            if (!_items.Writer.TryWrite(new TailItem(LogEntry.From(row, default), skipped)))
                Interlocked.Add(ref _skipped, skipped + 1);
        }
    }
}
