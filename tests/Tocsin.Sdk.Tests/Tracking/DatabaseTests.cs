using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Tocsin.Testing.Processes;
using TocsinSdk.Redaction;
using TocsinSdk.Tracing;
using TocsinSdk.Tracking;

namespace TocsinSdk.Tests.Tracking;

public sealed class PostgresFixture : IAsyncLifetime
{
    public PostgresServer? Server { get; private set; }

    public async ValueTask InitializeAsync() =>
        Server = PostgresServer.Missing is null ? await PostgresServer.Start() : null;

    public ValueTask DisposeAsync() => Server?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>Npgsql and Entity Framework against a real PostgreSQL: counts, N+1, names of spans.</summary>
public sealed class DatabaseTests : IClassFixture<PostgresFixture>, IDisposable
{
    private readonly RecordedLogs _logs = new();
    private readonly Operations _operations = new(static () => new TrackingOptions(), TimeProvider.System);
    private readonly CallWatch _calls;
    private readonly NpgsqlDataSource _database;

    public DatabaseTests(PostgresFixture postgres)
    {
        Assert.SkipWhen(postgres.Server is null, PostgresServer.Missing ?? "");
        _operations.LogTo(_logs);
        _database = NpgsqlDataSource.Create(postgres.Server!.ConnectionString);
        Execute("CREATE TABLE IF NOT EXISTS items (id int PRIMARY KEY, name text); "
            + "INSERT INTO items SELECT n, 'item ' || n FROM generate_series(1, 30) n ON CONFLICT DO NOTHING").Wait();
        // Last, as it hears the calls of all that come later until it is disposed.
        _calls = new CallWatch(_operations);
    }

    public void Dispose()
    {
        _calls.Dispose();
        _database.Dispose();
    }

    private async Task Execute(string sql, params object[] values)
    {
        await using var command = _database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    private RecordedLog[] Alerts => [.. _logs.Records.Where(r => Equals(r["issue"], "n_plus_one"))];

    [Fact]
    public async Task Queries_of_an_operation_are_counted_although_nobody_samples()
    {
        var scope = _operations.Begin("three");
        for (var i = 0; i < 3; i++)
            await Execute("SELECT pg_sleep(0.01)");
        scope.Dispose();
        await Execute("SELECT 1");
        scope.Spent.DbQueries.ShouldBe(3);
        scope.Spent.DbTime.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(29));
        Alerts.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_statement_that_runs_again_and_again_is_told_once_with_its_place()
    {
        using (_operations.Begin("list items"))
            await OneByOne(12);
        var alert = Alerts.ShouldHaveSingleItem();
        alert["operation"].ShouldBe("list items");
        alert["statement"].ShouldBe("SELECT name FROM items WHERE id = ?");
        alert["count"].ShouldBe(12);
        ((double)alert["duration_ms"]!).ShouldBeGreaterThan(0);
        alert["call_site"].ShouldBeOfType<string>().ShouldContain(nameof(DatabaseTests));
    }

    [Fact]
    public async Task A_request_without_operations_is_watched_too()
    {
        using var source = new ActivitySource("requests-" + Guid.NewGuid().ToString("N"));
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s == source,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.PropagationData,
        };
        ActivitySource.AddActivityListener(listener);
        using (var request = source.StartActivity("GET /items"))
        {
            await OneByOne(15);
            Alerts.ShouldBeEmpty();
        }
        Alerts.ShouldHaveSingleItem()["count"].ShouldBe(15);
        Alerts[0]["operation"].ShouldBe("GET /items");
    }

    [Fact]
    public async Task Different_statements_and_few_repetitions_are_nothing_to_tell()
    {
        using (_operations.Begin("fine"))
        {
            await OneByOne(9);
            for (var i = 0; i < 20; i++)
                await Execute($"SELECT {i} AS column{i}");
        }
        Alerts.ShouldBeEmpty();
    }

    [Fact]
    public async Task Entity_Framework_counts_each_query_once()
    {
        var scope = _operations.Begin("ef");
        await using (var shop = new Shop(_database))
        {
            foreach (var id in Enumerable.Range(1, 11))
                (await shop.Items.AsNoTracking().SingleAsync(i => i.Id == id)).Name.ShouldBe("item " + id);
        }
        scope.Dispose();
        scope.Spent.DbQueries.ShouldBe(11);
        Alerts.ShouldHaveSingleItem()["count"].ShouldBe(11);
    }

    [Fact]
    public async Task Spans_are_named_after_their_statement_and_show_no_literal()
    {
        var ended = new List<Activity>();
        using var provider = new TracePipeline(
                new TraceOptions(), new Redactor(new RedactionOptions()), TimeProvider.System)
            .AddTo(OpenTelemetry.Sdk.CreateTracerProviderBuilder().AddSource("Npgsql"), new Ended(ended)).Build();
        await Execute("UPDATE items SET name = 'item 1' WHERE id = 1 AND name <> 'Ada Lovelace'");
        await Should.ThrowAsync<PostgresException>(() => Execute("SELECT * FROM missing WHERE a = 'Ada Lovelace'"));
        provider.ForceFlush();
        var update = ended.Single(a => a.DisplayName == "UPDATE items");
        update.GetTagItem("db.query.text").ShouldBe("UPDATE items SET name = ? WHERE id = ? AND name <> ?");
        update.GetTagItem("db.query.summary").ShouldBe("UPDATE items");
        ended.Single(a => a.DisplayName == "SELECT missing").Status.ShouldBe(ActivityStatusCode.Error);
        ended.SelectMany(a => a.TagObjects).ShouldNotContain(t => $"{t.Value}".Contains("Lovelace"));
    }

    [Fact]
    public async Task Outgoing_calls_are_counted()
    {
        using var listener = new System.Net.HttpListener();
        var url = $"http://127.0.0.1:{Loopback.FreePort()}/";
        listener.Prefixes.Add(url);
        listener.Start();
        var answering = Task.Run(async () =>
        {
            for (var i = 0; i < 2; i++)
                (await listener.GetContextAsync()).Response.Close();
        });
        using var http = new HttpClient();
        var scope = _operations.Begin("calls");
        await http.GetAsync(url);
        await http.GetAsync(url);
        scope.Dispose();
        await answering;
        scope.Spent.ApiCalls.ShouldBe(2);
        scope.Spent.ApiTime.ShouldBeGreaterThan(TimeSpan.Zero);
    }

    private async Task OneByOne(int count)
    {
        for (var id = 1; id <= count; id++)
            await Execute($"SELECT name FROM items WHERE id = {id}");
    }

    private sealed class Ended(List<Activity> ended) : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data)
        {
            lock (ended)
                ended.Add(data);
        }
    }

    private sealed class Item
    {
        public int Id { get; set; }
        public string Name { get; set; } = "";
    }

    private sealed class Shop(NpgsqlDataSource database) : DbContext
    {
        public DbSet<Item> Items => Set<Item>();

        protected override void OnConfiguring(DbContextOptionsBuilder options) => options.UseNpgsql(database);

        protected override void OnModelCreating(ModelBuilder model) => model.Entity<Item>(item =>
        {
            item.ToTable("items");
            item.Property(i => i.Id).HasColumnName("id");
            item.Property(i => i.Name).HasColumnName("name");
        });
    }
}
