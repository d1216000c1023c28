using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Tocsin.Testing.Processes;

/// <summary>A real `tocsin serve` as a child process on free ports, with a data directory of its own.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly Queue<string> _errors;

    private ServerProcess(Process process, ServerPlace place, JsonElement ready, Queue<string> errors)
    {
        _process = process;
        _errors = errors;
        Place = place;
        Ready = ready;
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{place.HttpPort}/") };
    }

    public ServerPlace Place { get; }

    /// <summary>The line that the server printed when it was ready.</summary>
    public JsonElement Ready { get; }

    public HttpClient Http { get; }

    public string Url => $"http://127.0.0.1:{Place.HttpPort}";

    public Process Process => _process;

    public string Errors
    {
        get
        {
            lock (_errors)
                return string.Join('\n', _errors);
        }
    }

    /// <summary>Starts a server and returns when it is ready. Throws with its standard error when it does not become so.</summary>
    public static async Task<ServerProcess> Start(ServerPlace place)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = place.Folder,
        };
        foreach (string argument in new[] { Repository.Tocsin, "serve", "--json", "--data", place.Data, "--port", $"{place.HttpPort}",
                     "--otlp-http-port", $"{place.OtlpHttpPort}", "--otlp-grpc-port", $"{place.OtlpGrpcPort}" })
            start.ArgumentList.Add(argument);
        if (place.Configuration is not null)
        {
            string file = Path.Combine(place.Folder, "tocsin.yaml");
            await File.WriteAllTextAsync(file, place.Configuration);
            start.ArgumentList.Add("--config");
            start.ArgumentList.Add(file);
        }
        Process process = Process.Start(start)!;
        var errors = new Queue<string>();
        process.ErrorDataReceived += (_, line) =>
        {
            lock (errors)
            {
                if (line.Data is not null)
                    errors.Enqueue(line.Data);
                while (errors.Count > 200)
                    errors.Dequeue();
            }
        };
        process.BeginErrorReadLine();
        try
        {
            string? line = await process.StandardOutput.ReadLineAsync().WaitAsync(s_startLimit);
            if (line is null)
                throw new InvalidOperationException("it ended instead");
            return new ServerProcess(process, place, JsonSerializer.Deserialize<JsonElement>(line), errors);
        }
        catch (Exception failed) when (failed is TimeoutException or InvalidOperationException or JsonException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            throw new InvalidOperationException($"the server did not become ready ({failed.Message}): {string.Join('\n', errors)}");
        }
    }

    public Task<JsonElement> Get(string path) => Http.GetFromJsonAsync<JsonElement>($"api/tocsin/v1/{path}");

    /// <summary>SIGKILL: no chance to finish anything.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; returns the exit code.</summary>
    public async Task<int> Stop()
    {
        if (!_process.HasExited)
            _ = Signal(_process.Id, 15);
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
    }

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Signal(int pid, int signal);
}

/// <summary>Where a server lives across restarts: ports, folder, configuration. Dispose removes a temporary folder.</summary>
public sealed class ServerPlace : IDisposable
{
    private readonly bool _keep;

    /// <param name="folder">One that outlives this place; null for a temporary one.</param>
    public ServerPlace(string? configuration = null, string? folder = null)
    {
        _keep = folder is not null;
        Folder = folder is null ? Directory.CreateTempSubdirectory("tocsin-test-").FullName : Directory.CreateDirectory(folder).FullName;
        Configuration = configuration;
        (HttpPort, OtlpHttpPort, OtlpGrpcPort) = (Loopback.FreePort(), Loopback.FreePort(), Loopback.FreePort());
    }

    public string Folder { get; }

    public string Data => Path.Combine(Folder, "data");

    /// <summary>Text of tocsin.yaml, null for none.</summary>
    public string? Configuration { get; set; }

    public int HttpPort { get; }

    public int OtlpHttpPort { get; }

    public int OtlpGrpcPort { get; }

    public void Dispose()
    {
        if (!_keep)
            Directory.Delete(Folder, recursive: true);
    }
}
