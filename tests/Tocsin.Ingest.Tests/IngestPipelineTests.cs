using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Model.Metrics;
using Tocsin.Storage;
using Tocsin.Storage.Io;
using Tocsin.Storage.Scan;
using Tocsin.Testing;

namespace Tocsin.Ingest.Tests;

public sealed class IngestPipelineTests
{
    [Theory]
    [InlineData(AppendResult.Stored, IngestStatus.Stored, null)]
    [InlineData(AppendResult.Overloaded, IngestStatus.Overloaded, "overloaded")]
    [InlineData(AppendResult.DiskFull, IngestStatus.DiskFull, "disk_full")]
    [InlineData(AppendResult.Failed, IngestStatus.Failed, "store_failed")]
    public async Task The_stores_answer_becomes_the_outcome(AppendResult answer, IngestStatus status, string? reason)
    {
        var tap = new CountingTap();
        var at = new Pipelines(null, tap) { Answer = () => new(answer) };
        IngestWriter writer = at.Writer(5);
        writer.Reject(RejectReason.InvalidId, 2);
        IngestOutcome outcome = await at.Pipeline.Commit(writer, CancellationToken.None);
        outcome.Status.ShouldBe(status);
        outcome.Stored.ShouldBe(reason is null ? 5 : 0);
        outcome.Rejected.ShouldBe(reason is null ? 2 : 7);
        tap.Rows.ShouldBe(reason is null ? 5 : 0);
        at.Totals.Received.ShouldBe(7);
        if (reason is not null)
            at.Totals.Rejected[reason].ShouldBe(5);
        at.ShouldBalance();
        at.Pipeline.Budget.Used.ShouldBe(0);
    }

    [Fact]
    public async Task A_store_that_throws_is_a_failed_store()
    {
        var at = new Pipelines { Answer = () => throw new IOException("gone") };
        (await at.Pipeline.Commit(at.Writer(1), CancellationToken.None)).Status.ShouldBe(IngestStatus.Failed);
        at.Metrics.Total("tocsin_ingest_store_failures_total").ShouldBe(1);
        at.ShouldBalance();
    }

    [Fact]
    public async Task Nothing_to_store_is_stored_without_asking_the_store()
    {
        var at = new Pipelines { Answer = () => throw new IOException("must not be called") };
        IngestOutcome outcome = await at.Pipeline.Commit(at.Writer(0), CancellationToken.None);
        outcome.ShouldBe(new IngestOutcome(IngestStatus.Stored, 0, 0, null));
    }

    [Fact]
    public async Task Taps_see_the_batch_after_the_store_and_their_failures_stay_theirs()
    {
        List<string> order = [];
        var at = new Pipelines(
            null, new Tap(_ => throw new InvalidOperationException("mine")), new Tap(_ => order.Add("tap")))
        {
            Answer = () =>
            {
                order.Add("store");
                return new(AppendResult.Stored);
            },
        };
        (await at.Pipeline.Commit(at.Writer(1), CancellationToken.None)).Status.ShouldBe(IngestStatus.Stored);
        order.ShouldBe(["store", "tap"]);
        at.Metrics.Total("tocsin_ingest_tap_failures_total").ShouldBe(1);
    }

    [Fact]
    public async Task A_full_budget_waits_three_seconds_and_then_refuses()
    {
        var at = new Pipelines(new IngestOptions { MaxBytesInFlight = 1000 });
        (await at.Pipeline.Budget.Take(1000, CancellationToken.None)).ShouldBeTrue();
        Task<IngestOutcome> commit = at.Pipeline.Commit(at.Writer(3), CancellationToken.None).AsTask();
        at.Clock.Advance(TimeSpan.FromSeconds(2.9));
        commit.IsCompleted.ShouldBeFalse();
        at.Clock.Advance(TimeSpan.FromSeconds(0.2));
        (await commit).Status.ShouldBe(IngestStatus.Overloaded);
        at.Totals.Rejected["overloaded"].ShouldBe(3);
        at.ShouldBalance();
    }

    [Fact]
    public async Task Room_that_comes_in_time_is_used()
    {
        var at = new Pipelines(new IngestOptions { MaxBytesInFlight = 1000 });
        await at.Pipeline.Budget.Take(1000, CancellationToken.None);
        Task<IngestOutcome> commit = at.Pipeline.Commit(at.Writer(3), CancellationToken.None).AsTask();
        at.Pipeline.Budget.Release(1000);
        (await commit).Status.ShouldBe(IngestStatus.Stored);
        at.Pipeline.Budget.Used.ShouldBe(0);
    }

    [Fact]
    public async Task A_client_that_leaves_while_waiting_is_booked_as_cancelled()
    {
        var at = new Pipelines(new IngestOptions { MaxBytesInFlight = 1000 });
        await at.Pipeline.Budget.Take(1000, CancellationToken.None);
        using var leave = new CancellationTokenSource();
        Task<IngestOutcome> commit = at.Pipeline.Commit(at.Writer(3), leave.Token).AsTask();
        await leave.CancelAsync();
        (await commit).Status.ShouldBe(IngestStatus.Cancelled);
        at.Totals.Rejected["cancelled"].ShouldBe(3);
        at.ShouldBalance();
    }

    [Fact]
    public async Task A_client_that_leaves_while_the_store_writes_is_booked_as_stored()
    {
        using var leave = new CancellationTokenSource();
        var at = new Pipelines();
        at.Answer = async () =>
        {
            await leave.CancelAsync();
            return AppendResult.Stored;
        };
        (await at.Pipeline.Commit(at.Writer(3), leave.Token)).Status.ShouldBe(IngestStatus.Stored);
        at.Totals.Stored.ShouldBe(3);
        at.ShouldBalance();
    }

    [Theory]
    [InlineData(0, false, 1)]
    [InlineData(3, false, 3)]
    [InlineData(3, true, 4)]
    public void An_aborted_request_counts_every_record_seen_and_at_least_one(int rows, bool open, int received)
    {
        var at = new Pipelines();
        IngestWriter writer = at.Writer(rows);
        if (open)
            writer.BeginRow(at.Now, 0, 0, default, default, default);
        at.Pipeline.Abort(writer, RejectReason.Malformed);
        at.Totals.Received.ShouldBe(received);
        at.Totals.Rejected["malformed"].ShouldBe(received);
        at.ShouldBalance();
        at.Record(w => { }).ShouldNotBeNull();
    }

    [Fact]
    public void Refused_records_are_booked_without_a_writer()
    {
        var at = new Pipelines();
        at.Pipeline.Refuse("test", "metrics", RejectReason.MetricsNotSupported, 17);
        at.Totals.Received.ShouldBe(17);
        at.ShouldBalance();
    }

    [Fact]
    public void The_books_are_public_metrics()
    {
        var at = new Pipelines();
        at.Record(w => { });
        string text = at.Metrics.WritePrometheusText();
        text.ShouldContain("""tocsin_ingest_stored_total{protocol="test",dataset="logs"} 1""");
        text.ShouldContain("""tocsin_ingest_rejected_total{protocol="test",dataset="logs",reason="too_old"} 0""");
        text.ShouldContain("""tocsin_ingest_request_seconds_count{protocol="test",dataset="logs"} 1""");
    }

    [Fact]
    public async Task Many_clients_at_once_lose_nothing()
    {
        var at = new Pipelines(new IngestOptions { MaxBytesInFlight = 4000, MaxWait = TimeSpan.FromMinutes(1) });
        int answers = 0;
        at.Answer = async () =>
        {
            await Task.Yield();
            return (Interlocked.Increment(ref answers) % 5) switch
            {
                0 => AppendResult.Overloaded,
                1 => AppendResult.DiskFull,
                _ => AppendResult.Failed,
            };
        };
        await Task.WhenAll(Enumerable.Range(0, 8).Select(client => Task.Run(async () =>
        {
            for (int i = 0; i < 100; i++)
                await at.Pipeline.Commit(at.Writer(1 + (i + client) % 7), CancellationToken.None);
        })));
        at.ShouldBalance();
        at.Totals.Received.ShouldBe(Enumerable.Range(0, 8).Sum(c => Enumerable.Range(0, 100).Sum(i => 1 + (i + c) % 7)));
        at.Pipeline.Budget.Used.ShouldBe(0);
    }

    [Fact]
    public async Task What_is_acknowledged_is_in_the_database()
    {
        var files = new MemoryFileSystem();
        var clock = new FakeClock();
        using var database = Database.Open(new DatabaseOptions { Directory = "/data" }, files, clock, new MetricSet());
        var pipeline = new IngestPipeline(database, IngestOptions.Default, clock, new MetricSet(), []);
        IngestWriter writer = pipeline.Begin("test", Dataset.Logs);
        writer.BeginRow(0, 0, 17, default, default, default).ShouldBeTrue();
        writer.Field(Fields.Body);
        writer.String("boom"u8);
        writer.EndRow();
        (await pipeline.Commit(writer, CancellationToken.None)).Stored.ShouldBe(1);
        List<string> rows = [];
        Instant now = Instant.Now(clock);
        database.Scan(
            new ScanRequest { Dataset = Dataset.Logs, From = now.Add(-TimeSpan.FromHours(1)), To = now.Add(TimeSpan.FromHours(1)) },
            (in EventRow row, RowId id) =>
            {
                rows.Add(BatchText.Line(row));
                return true;
            },
            CancellationToken.None);
        rows.Single().ShouldContain("\"@body\":\"boom\"");
    }

    private sealed class CountingTap : IIngestTap
    {
        public int Rows { get; private set; }

        public void OnStored(ReadOnlyMemory<byte> batch) => Rows += BatchText.Lines(batch).Count;
    }

    private sealed class Tap(Action<ReadOnlyMemory<byte>> seen) : IIngestTap
    {
        public void OnStored(ReadOnlyMemory<byte> batch) => seen(batch);
    }
}
