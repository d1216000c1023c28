using System.Diagnostics;
using System.Text.Json;
using Tocsin.Testing.Processes;

namespace Tocsin.Bench.Sdk;

/// <summary>This program again as a process of its own: the application under measurement.</summary>
internal sealed class BenchChild : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;

    private BenchChild(Process process) => (_process, _output) = (process, process.StandardOutput.ReadToEndAsync());

    public static BenchChild Start(string url, string state, string service, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // `dotnet Tocsin.Bench.dll`, or the program itself.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(BenchChild).Assembly.Location);
        start.ArgumentList.Add("sdk-child");
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["TOCSIN_URL"] = url;
        start.Environment["TOCSIN_STATE_DIR"] = state;
        start.Environment["TOCSIN_SERVICE"] = service;
        var process = Process.Start(start)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        return new BenchChild(process);
    }

    /// <summary>What it printed last, after its end.</summary>
    public async Task<JsonElement> Result()
    {
        string output = await End();
        string line = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault("{}");
        return JsonSerializer.Deserialize<JsonElement>(line);
    }

    public async Task<string> End()
    {
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(8));
        return await _output;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    /// <summary>Records of the service that the server has.</summary>
    public static async Task<long> Delivered(ServerProcess server, string service)
    {
        string query = Uri.EscapeDataString($"service:={service} numbered");
        JsonElement answer = await server.Get($"logs/histogram?q={query}&from=-1h&to=now&buckets=10");
        return answer.GetProperty("totals").EnumerateObject()
            .Where(p => p.Value.ValueKind == JsonValueKind.Number && p.Name != "total").Sum(p => p.Value.GetInt64());
    }

    /// <summary>Different records of the service that the server has.</summary>
    public static async Task<int> Different(ServerProcess server, string service)
    {
        var seen = new HashSet<string>();
        string query = Uri.EscapeDataString($"service:={service} numbered"), cursor = "";
        do
        {
            JsonElement page = await server.Get($"logs?q={query}&from=-1h&to=now&limit=5000&cursor={Uri.EscapeDataString(cursor)}");
            foreach (JsonElement item in page.GetProperty("items").EnumerateArray())
                seen.Add(item.GetProperty("body").GetString()!);
            cursor = page.TryGetProperty("next", out JsonElement next) ? next.GetString() ?? "" : "";
        }
        while (cursor.Length > 0);
        return seen.Count;
    }
}
