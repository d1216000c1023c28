using System.Net.Http.Json;
using System.Text.Json;

namespace Tocsin.Browser;

/// <summary>Puts known telemetry into a server, through the doors that programs use.</summary>
public sealed class Seed(HttpClient http)
{
    public const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    public const string ErrorSpan = "00f067aa0ba902b7";

    /// <summary>Marks text as live if any screen ever takes it for markup.</summary>
    public const string Markup = "<img src=x onerror=\"window.pwned=1\"><script>window.pwned=1</script>";

    /// <summary>The service that has <see cref="VolumeRecords"/> records, one in ten of them an error, over the last
    /// 20 hours.</summary>
    public const string VolumeService = "volume";
    public const int VolumeRecords = 5000;

    private readonly DateTimeOffset _now = DateTimeOffset.UtcNow;
    private int _crashes;

    public async Task Plant()
    {
        await Logs(VolumeService, VolumeRecords, i => _now.AddHours(-20 * i / (double)VolumeRecords),
            i => i % 10 == 0 ? (17, $"Charge {i} could not be loaded") : (9, $"Captured charge {i}"));
        await Logs("markup", 1, _ => _now, _ => (13, Markup));
        await Trace();
        for (int i = 0; i < 3; i++)
            await Crash("payments", "System.InvalidOperationException", "Charge could not be loaded", $"user-{i}",
                _now.AddMinutes(-i));
        await Crash("markup", "Shop.<img src=x onerror=window.pwned=1>Exception", Markup, null, _now.AddMinutes(-5),
            inner: false);
        await Alert("Disk nearly full", "LOW");
        await Alert(Markup, "MEDIUM");
        await Level(new { service = "payments", category = "Shop.Payments", level = "Debug", notes = Markup });
        await Level(new { service = "payments", level = "Warning", environment = "Production" });
    }

    /// <summary>Sends log records, newest first, two thousand per request.</summary>
    public async Task Logs(
        string service, int count, Func<int, DateTimeOffset> time, Func<int, (int Severity, string Body)> record)
    {
        foreach (int[] some in Enumerable.Range(0, count).Chunk(2000))
        {
            object[] records = [.. some.Select(i => (object)new
            {
                timeUnixNano = Nanos(time(i)), severityNumber = record(i).Severity,
                body = new { stringValue = record(i).Body },
                attributes = new[] { Text("parity", i % 2 == 0 ? "even" : "odd") },
            })];
            var group = new { resource = Resource(service), scopeLogs = new[] { new { logRecords = records } } };
            await Post("v1/logs", new { resourceLogs = new[] { group } });
        }
    }

    public Task Log(string service, string body) => Logs(service, 1, _ => DateTimeOffset.UtcNow, _ => (9, body));

    public async Task<long> Alert(string title, string priority)
    {
        JsonElement raised = await Post("api/tocsin/v1/alerts", new
        {
            type = "browser_test", title, message = $"{title} says the test", priority, category = "SYSTEM",
            resource = Guid.NewGuid().ToString("N"),
        });
        return raised.GetProperty("alert").GetProperty("id").GetInt64();
    }

    public Task Level(object order) => Post("api/tocsin/v1/levels", order);

    /// <summary>The group the crash went to.</summary>
    public async Task<long> Crash(
        string service, string type, string message, string? user, DateTimeOffset time, bool inner = true)
    {
        JsonElement accepted = await Post("api/tocsin/v1/crashes", new
        {
            crashId = $"CRASH-{time:yyyyMMddHHmmss}-{0x10000000 + ++_crashes:x8}", @class = "unhandled", time, service,
            userId = user, host = "node-1", release = "2.14.1", source = "supervisor",
            process = new { pid = 4000 + _crashes, exitCode = 134 },
            exception = new
            {
                type, message,
                frames = new object[]
                {
                    new { method = $"Shop.{service}.Store.Load(Int64 id)", file = "/src/Store.cs", line = 88 },
                    new { method = "System.Runtime.CompilerServices.TaskAwaiter.GetResult()" },
                    new { method = "Microsoft.AspNetCore.Builder.EndpointMiddleware.Invoke()" },
                    new { method = $"Shop.{service}.Program.Main()", file = "/src/Program.cs", line = 12 },
                },
                inner = !inner ? [] : new[]
                {
                    new
                    {
                        type = "System.TimeoutException", message = "No answer in 15 s",
                        frames = new[] { new { method = "Shop.Wire.Read()" } },
                    },
                },
            },
            evidence = new[] { new { source = "wait_status", detail = "The process ended by signal SIGABRT (6)." } },
        });
        return accepted.GetProperty("groupId").GetInt64();
    }

    private async Task Trace()
    {
        object Span(string id, string? parent, string name, int start, int length, int status) => new
        {
            traceId = TraceId, spanId = id, parentSpanId = parent ?? "", name, kind = 2, status = new { code = status },
            startTimeUnixNano = Nanos(_now.AddSeconds(-30).AddMilliseconds(start)),
            endTimeUnixNano = Nanos(_now.AddSeconds(-30).AddMilliseconds(start + length)),
        };
        await Post("v1/traces", new
        {
            resourceSpans = new[]
            {
                new
                {
                    resource = Resource("checkout"),
                    scopeSpans = new[]
                    {
                        new
                        {
                            spans = new[]
                            {
                                Span("a1a1a1a1a1a1a1a1", null, "POST /orders", 0, 900, 1),
                                Span("a2a2a2a2a2a2a2a2", "a1a1a1a1a1a1a1a1", "validate", 5, 40, 1),
                                Span(ErrorSpan, "a1a1a1a1a1a1a1a1", "capture", 60, 800, 2),
                            },
                        },
                    },
                },
            },
        });
    }

    private async Task<JsonElement> Post(string path, object body)
    {
        using HttpResponseMessage answer = await http.PostAsJsonAsync(path, body);
        string text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue($"{path}: {(int)answer.StatusCode} {text}");
        return JsonSerializer.Deserialize<JsonElement>(text.Length == 0 ? "{}" : text);
    }

    private static object Resource(string service) => new { attributes = new[] { Text("service.name", service) } };

    private static object Text(string key, string value) => new { key, value = new { stringValue = value } };

    private static string Nanos(DateTimeOffset time) => $"{(time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * 100}";
}
