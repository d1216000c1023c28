using System.Diagnostics;
using System.Text.Json;
using Tocsin.Bench.Load;
using Tocsin.Model.Crashes;
using Tocsin.Testing.Processes;

namespace Tocsin.Bench;

/// <summary>The first impression in numbers: start-up, idle, memory, ingest with fsync on, crash to webhook.</summary>
internal static class Smoke
{
    private const int Connections = 4, RecordsPerRequest = 1000;

    public static async Task<int> Run(string[] arguments)
    {
        int records = int.Parse(Option(arguments, "--records") ?? "1000000");
        int idleSeconds = int.Parse(Option(arguments, "--idle") ?? "60");
        var figures = new List<Figure>();
        await using var hook = await WebhookReceiver.Start();
        using var place = new ServerPlace($"""
            network: {JsonSerializer.Serialize(new { allow = new[] { "127.0.0.0/8" } })}
            alerts: {JsonSerializer.Serialize(new { rate_limit = new { max_alerts = 10_000 } })}
            channels:
              - name: hook
                kind: webhook
                url: {hook.Url}
            """);
        figures.AddRange(await StartUp());
        await using ServerProcess server = await ServerProcess.Start(place);
        figures.AddRange(await Idle(server, idleSeconds));
        figures.AddRange(await CrashToWebhook(server, hook));
        figures.AddRange(await Ingest(server, records));
        return Figures.Print("smoke", figures, arguments.Contains("--json"));
    }

    private static async Task<List<Figure>> StartUp()
    {
        var times = new List<double>();
        var inside = new List<double>();
        for (int i = 0; i < 5; i++)
        {
            using var place = new ServerPlace();
            var clock = Stopwatch.StartNew();
            await using ServerProcess server = await ServerProcess.Start(place);
            times.Add(clock.Elapsed.TotalMilliseconds);
            inside.Add(server.Ready.GetProperty("startMs").GetDouble());
        }
        return [new("start to ready, median of 5", Figures.Percentile(times, 50), "ms", AtMost: 1000), new("of it inside serve", Figures.Percentile(inside, 50), "ms")];
    }

    private static async Task<List<Figure>> Idle(ServerProcess server, int seconds)
    {
        await Task.Delay(2000);
        TimeSpan before = Cpu(server);
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        double percent = (Cpu(server) - before).TotalSeconds / seconds * 100;
        return [new($"idle CPU over {seconds} s", percent, "%", AtMost: 1), new("idle RSS", Rss(server), "MiB", AtMost: 120)];
    }

    private static async Task<List<Figure>> CrashToWebhook(ServerProcess server, WebhookReceiver hook)
    {
        const int WarmUp = 20, Crashes = 200;
        var latencies = new List<double>();
        for (int i = 0; i < WarmUp + Crashes; i++)
        {
            string id = $"CRASH-20260101000000-{Guid.NewGuid().ToString("N")[..12]}";
            var record = new CrashRecord
            {
                CrashId = id, Class = CrashClass.Unhandled, Time = DateTimeOffset.UtcNow, Service = $"bench-{i}", Host = "bench",
                Process = new CrashProcess { RunId = Guid.NewGuid().ToString("N"), Pid = 1000 + i },
                Exception = new CrashException
                {
                    Type = "System.InvalidOperationException", Message = $"order {i} cannot be priced",
                    Frames = [new CrashFrame { Method = $"Shop.Pricing.Rule{i}.Apply(Order)", File = "Pricing.cs", Line = 10 + i }],
                },
            };
            Task arrived = hook.Next(id);
            var clock = Stopwatch.StartNew();
            using var content = new StringContent(CrashJson.Write(record), System.Text.Encoding.UTF8, "application/json");
            using HttpResponseMessage answer = await server.Http.PostAsync("api/tocsin/v1/crashes", content);
            answer.EnsureSuccessStatusCode();
            await arrived.WaitAsync(TimeSpan.FromSeconds(30));
            if (i >= WarmUp)
                latencies.Add(clock.Elapsed.TotalMilliseconds);
        }
        return
        [
            new($"crash record to webhook, p50 of {Crashes}", Figures.Percentile(latencies, 50), "ms", AtMost: 1000),
            new("crash record to webhook, p99", Figures.Percentile(latencies, 99), "ms", AtMost: 1000),
        ];
    }

    private static async Task<List<Figure>> Ingest(ServerProcess server, int records)
    {
        int requests = records / RecordsPerRequest;
        // Bodies are prepared before the clock starts; their times lie in the last hour.
        long start = DateTimeOffset.UtcNow.AddMinutes(-50).ToUnixTimeMilliseconds() * 1_000_000;
        var generator = new OtlpLogs(7);
        byte[][] bodies = [.. Enumerable.Range(0, Math.Min(requests, 200)).Select(i => generator.Request(RecordsPerRequest, start + i * 1_000_000_000L))];
        var latencies = new List<double>();
        int next = 0;
        long bytes = 0;
        double peak = 0;
        TimeSpan before = Cpu(server);
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
        {
            using var http = new HttpClient();
            for (int i = Interlocked.Increment(ref next) - 1; i < requests; i = Interlocked.Increment(ref next) - 1)
            {
                byte[] body = bodies[i % bodies.Length];
                using var content = new ByteArrayContent(body) { Headers = { ContentType = new("application/x-protobuf") } };
                long began = Stopwatch.GetTimestamp();
                using HttpResponseMessage answer = await http.PostAsync($"http://127.0.0.1:{server.Place.OtlpHttpPort}/v1/logs", content);
                answer.EnsureSuccessStatusCode();
                lock (latencies)
                {
                    latencies.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                    bytes += body.Length;
                    peak = Math.Max(peak, i % 50 == 0 ? Rss(server) : 0);
                }
            }
        })));
        double seconds = clock.Elapsed.TotalSeconds, cpu = (Cpu(server) - before).TotalSeconds;
        JsonElement found = await server.Get("logs/histogram?from=-2h&to=now&buckets=10");
        double stored = found.GetProperty("totals").EnumerateObject().Sum(t => t.Value.GetDouble());
        await Task.Delay(5000);
        double settled = (Cpu(server) - before).TotalSeconds;
        int sent = requests * RecordsPerRequest;
        return
        [
            new("ingest OTLP/HTTP, 4 connections, fsync on", sent / seconds, "records/s"),
            new("CPU per million records, until the last answer", cpu / sent * 1e6, "s"),
            new("CPU per million records, with sealing", settled / sent * 1e6, "s"),
            new("request p50", Figures.Percentile(latencies, 50), "ms"),
            new("request p99", Figures.Percentile(latencies, 99), "ms"),
            new("peak RSS", peak, "MiB"),
            new("bytes per record on the wire", (double)bytes / sent, "B"),
            new("bytes per record on disk", DiskBytes(server.Place.Data) / (double)sent, "B"),
            new("records found of those sent", stored / sent * 100, "%", AtLeast: 100),
        ];
    }

    private static TimeSpan Cpu(ServerProcess server)
    {
        server.Process.Refresh();
        return server.Process.TotalProcessorTime;
    }

    private static double Rss(ServerProcess server)
    {
        server.Process.Refresh();
        return server.Process.WorkingSet64 / 1048576.0;
    }

    private static long DiskBytes(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);

    private static string? Option(string[] arguments, string name) => arguments.SkipWhile(a => a != name).Skip(1).FirstOrDefault();
}
