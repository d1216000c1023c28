using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Spectre.Console;
using Tocsin.Testing.Processes;

namespace Tocsin.Acceptance.Secrets;

/// <summary>
/// Secrets are seeded into an application in every way its telemetry knows; then every file, page and request that the
/// library made is searched for them, once with a server and once while it is away.
/// </summary>
internal static class SecretsCommand
{
    // Standard error is left out: the runtime itself prints the message of the exception that ends a process.
    private static readonly string[] s_pages =
    [
        "metrics", "health/detailed", "health/crashes", "debug", "debug/api/requests", "debug/api/logs", "debug/api/traces",
        "debug/api/errors", "debug/api/performance", "debug/api/health", "debug/api/metrics", "debug/api/configuration",
    ];

    public static async Task<int> Run(string[] arguments)
    {
        var outputs = new List<(string Name, string Text)>();
        await Try(serverAway: false, outputs);
        await Try(serverAway: true, outputs);
        var leaks = (from seed in Seeds.All from output in outputs
            where output.Text.Contains(seed.Text, StringComparison.OrdinalIgnoreCase)
            select (seed.Way, Where: output.Name)).Distinct().ToList();
        // What is never shown has no witness to be found: a header's and a query's values, the configuration's.
        Seed[] neverTold = [Seeds.Header, Seeds.Query, Seeds.CommandLine, Seeds.Configuration];
        var untried = Seeds.All.Except(neverTold)
            .Where(s => !outputs.Any(o => o.Text.Contains(s.Witness, StringComparison.Ordinal))).Select(s => s.Way).ToList();
        return Print(outputs, leaks, untried, arguments.Contains("--json"));
    }

    private static async Task Try(bool serverAway, List<(string, string)> outputs)
    {
        string when = serverAway ? "server away" : "server there";
        string folder = Directory.CreateTempSubdirectory("tocsin-secrets-").FullName;
        await using WireTap tap = await WireTap.Start();
        int port = Loopback.FreePort();
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Tocsin.Acceptance.dll"),
            "secrets-app", "--witness-command", $"--password={Seeds.CommandLine.Text}"])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}";
        start.Environment["TOCSIN_URL"] = serverAway ? "http://127.0.0.1:9" : tap.Url;
        start.Environment["TOCSIN_STATE_DIR"] = Path.Combine(folder, "state");
        start.Environment["ConnectionStrings__Main"] = $"Host=db;Username=u;Password={Seeds.Configuration.Text}";
        start.Environment["Payment__ApiKey"] = Seeds.Configuration.Text;
        using Process app = Process.Start(start)!;
        Task<string> said = app.StandardOutput.ReadToEndAsync();
        _ = app.StandardError.ReadToEndAsync();
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
        await Answering(http, app);
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {Seeds.Header.Text}");
        http.DefaultRequestHeaders.TryAddWithoutValidation("X-Api-Key", Seeds.Header.Text);
        http.DefaultRequestHeaders.TryAddWithoutValidation("Cookie", $"session={Seeds.Header.Text}");
        (await http.GetAsync($"sow?witness-query=1&token={Seeds.Query.Text}&q=password%3D{Seeds.Query.Text}")).EnsureSuccessStatusCode();
        http.DefaultRequestHeaders.Clear();
        await Task.Delay(TimeSpan.FromSeconds(3)); // metrics and spans are handed over in batches
        foreach (string page in s_pages)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            using HttpResponseMessage answer = await http.GetAsync(page, limit.Token);
            outputs.Add(($"/{page} ({when}, {(int)answer.StatusCode})", await answer.Content.ReadAsStringAsync(limit.Token)));
        }
        await http.GetAsync("die");
        if (!app.WaitForExit(TimeSpan.FromSeconds(30)))
            app.Kill();
        outputs.Add(($"console ({when})", await said));
        foreach (string file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
            outputs.Add(($"{Path.GetRelativePath(folder, file)} ({when})", Text(await File.ReadAllBytesAsync(file))));
        foreach ((string path, byte[] body) in tap.Received)
            outputs.Add(($"wire {path}", Text(body)));
        Directory.Delete(folder, recursive: true);
    }

    private static async Task Answering(HttpClient http, Process app)
    {
        for (int attempt = 0; !app.HasExited && attempt < 300; attempt++)
        {
            try
            {
                using HttpResponseMessage answer = await http.GetAsync("health/live");
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(100);
            }
        }
        throw new InvalidOperationException("the application did not start");
    }

    private static string Text(byte[] bytes)
    {
        if (bytes is not [0x1F, 0x8B, ..])
            return Encoding.UTF8.GetString(bytes);
        using var unpacked = new StreamReader(new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress));
        return unpacked.ReadToEnd();
    }

    private static int Print(
        List<(string Name, string Text)> outputs, List<(string Way, string Where)> leaks, List<string> untried, bool json)
    {
        bool met = leaks.Count == 0 && untried.Count == 0;
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                secrets = Seeds.All.Count, outputs = outputs.Select(o => new { o.Name, characters = o.Text.Length }),
                leaks = leaks.Select(l => new { l.Way, l.Where }), untried, met,
            }));
            return met ? 0 : 1;
        }
        Table table = new Table().Border(TableBorder.Rounded).AddColumns("output", "characters", "secrets found");
        foreach ((string name, string text) in outputs.OrderBy(o => o.Name, StringComparer.Ordinal))
            table.AddRow(Markup.Escape(name), $"{text.Length}", Markup.Escape(string.Join(", ", leaks.Where(l => l.Where == name).Select(l => l.Way))));
        AnsiConsole.Write(table);
        foreach (string way in untried)
            Console.WriteLine($"not tried: {way}: its witness is nowhere");
        Console.WriteLine($"{Seeds.All.Count} secrets in {outputs.Count} outputs: {leaks.Count} found: {(met ? "MET" : "MISSED")}");
        return met ? 0 : 1;
    }
}
