using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Tocsin.Testing.Processes;

namespace Tocsin.Acceptance.Requests;

/// <summary>samples/Bookings as a child process with a folder of its own for logs and state.</summary>
internal sealed class BookingsProcess : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tocsin-bookings-").FullName;
    private readonly StringBuilder _said = new();
    private readonly HttpClient _http;
    private readonly Process _process;

    private BookingsProcess(string serverUrl, PostgresServer postgres, RedisServer redis)
    {
        string url = $"http://127.0.0.1:{Loopback.FreePort()}";
        _http = new HttpClient { BaseAddress = new Uri(url + "/") };
        var start = new ProcessStartInfo("dotnet", [Repository.Bookings, "--urls", url])
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["TOCSIN_URL"] = serverUrl;
        start.Environment["TOCSIN_STATE_DIR"] = Path.Combine(_folder, "state");
        start.Environment["ConnectionStrings__Bookings"] = postgres.ConnectionString;
        start.Environment["ConnectionStrings__Redis"] = $"127.0.0.1:{redis.Port}";
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it wrote to its console.</summary>
    public string Said
    {
        get
        {
            lock (_said)
                return _said.ToString();
        }
    }

    public static async Task<BookingsProcess> Start(string serverUrl, PostgresServer postgres, RedisServer redis)
    {
        var bookings = new BookingsProcess(serverUrl, postgres, redis);
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                if ((await bookings.Status("health/ready")).Code == 200)
                    return bookings;
            }
            catch (HttpRequestException) when (attempt < 300 && !bookings._process.HasExited)
            {
            }
            if (attempt == 300 || bookings._process.HasExited)
                throw new InvalidOperationException("Bookings did not become ready: " + bookings.Said);
            await Task.Delay(100);
        }
    }

    public async Task<HttpResponseMessage> Send(HttpMethod method, string path, string request, string trace, object? body = null)
    {
        using var message = new HttpRequestMessage(method, path);
        message.Headers.Add("X-Request-ID", request);
        message.Headers.Add("X-User-Id", "ada");
        message.Headers.Add("traceparent", $"00-{trace}-b7ad6b7169203331-01");
        if (body is not null)
            message.Content = JsonContent.Create(body);
        return await _http.SendAsync(message);
    }

    public async Task<string> Get(string path, string? accept = null)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null)
            message.Headers.Add("Accept", accept);
        using HttpResponseMessage answer = await _http.SendAsync(message);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadAsStringAsync();
    }

    public async Task<(int Code, string Body)> Status(string path)
    {
        using HttpResponseMessage answer = await _http.GetAsync(path);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>The complete lines of the log file, parsed.</summary>
    public IReadOnlyList<JsonElement> LogLines()
    {
        var lines = new List<JsonElement>();
        foreach (string file in Directory.Exists(Logs) ? Directory.GetFiles(Logs, "app*.log") : [])
        {
            using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            lines.AddRange(reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(l => JsonSerializer.Deserialize<JsonElement>(l)).Where(l => l.TryGetProperty("request_id", out _)
                    && l.TryGetProperty("trace_id", out _) && l.TryGetProperty("user_id", out _)));
        }
        return lines;
    }

    public void AwaitEnd(TimeSpan limit)
    {
        if (!_process.WaitForExit(limit))
            throw new TimeoutException("Bookings lives on");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string Logs => Path.Combine(_folder, "logs");

    private void Note(string? line)
    {
        lock (_said)
            _said.AppendLine(line);
    }
}
