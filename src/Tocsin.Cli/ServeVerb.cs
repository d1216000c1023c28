using System.CommandLine;
using System.Diagnostics;
using System.Reflection;
using Tocsin.Server;
using Tocsin.Server.Configuration;

namespace Tocsin.Cli;

/// <summary>`tocsin serve`: the server, with everything in one process.</summary>
internal static class ServeVerb
{
    private static readonly Option<string?> s_config = new("--config") { Description = "configuration file (default: ./tocsin.yaml when it exists)" };
    private static readonly Option<string?> s_data = new("--data") { Description = "data directory (default: ./tocsin-data)" };
    private static readonly Option<string?> s_address = new("--address") { Description = "address to listen on (default: 127.0.0.1)" };
    private static readonly Option<string?> s_port = new("--port") { Description = "port of web page, API and OTLP/HTTP (default: 4480)" };
    private static readonly Option<string?> s_otlpHttp = new("--otlp-http-port") { Description = "port of OTLP/HTTP alone (default: 4318)" };
    private static readonly Option<string?> s_otlpGrpc = new("--otlp-grpc-port") { Description = "port of OTLP/gRPC (default: 4317)" };
    private static readonly Option<bool> s_json = new("--json") { Description = "print one JSON line when ready" };

    private static readonly (Option<string?> Option, string Key)[] s_overrides =
    [
        (s_data, "data"), (s_address, "http.address"), (s_port, "http.port"),
        (s_otlpHttp, "otlp.http_port"), (s_otlpGrpc, "otlp.grpc_port"),
    ];

    public static Command Create()
    {
        var command = new Command("serve", "Run the server");
        AddTo(command);
        return command;
    }

    /// <summary>Also makes serving what a bare `tocsin` does.</summary>
    public static void AddTo(Command command)
    {
        command.Options.Add(s_config);
        foreach ((Option<string?> option, _) in s_overrides)
            command.Options.Add(option);
        command.Options.Add(s_json);
        command.SetAction((parsed, cancel) => Serve(parsed));
    }

    private static async Task<int> Serve(ParseResult parsed)
    {
        var clock = Stopwatch.StartNew();
        if (ReadSettings(parsed) is not { } settings)
            return ExitCode.Usage;
        TocsinServer server;
        try
        {
            server = await TocsinServer.Start(settings, TimeProvider.System);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException
            or Storage.DatabaseLockedException or Catalog.CatalogOpenException)
        {
            await Console.Error.WriteLineAsync($"tocsin: cannot start: {refused.Message}");
            return ExitCode.Usage;
        }
        await using (server)
        {
            Announce(server, clock.Elapsed, parsed.GetValue(s_json));
            await server.WaitForStop();
            await Console.Error.WriteLineAsync("tocsin: stopping");
        }
        return ExitCode.Ok;
    }

    private static TocsinSettings? ReadSettings(ParseResult parsed)
    {
        string? file = parsed.GetValue(s_config)
            ?? Environment.GetEnvironmentVariable("TOCSIN_CONFIG")
            ?? (File.Exists("tocsin.yaml") ? "tocsin.yaml" : null);
        var flags = s_overrides
            .Where(o => parsed.GetValue(o.Option) is not null)
            .ToDictionary(o => o.Key, o => parsed.GetValue(o.Option)!);
        ConfigSource source = ConfigSource.Open(file, flags, Environment.GetEnvironmentVariable);
        TocsinSettings settings = TocsinSettings.Read(source);
        if (source.Errors.Count == 0)
            TocsinServer.CheckChannels(settings);
        foreach (ConfigError error in source.Errors)
            Console.Error.WriteLine($"tocsin: {error}");
        return source.Errors.Count == 0 ? settings : null;
    }

    private static void Announce(TocsinServer server, TimeSpan took, bool json)
    {
        ServerAddresses at = server.Addresses;
        string data = Path.GetFullPath(server.Settings.DataDirectory);
        if (json)
        {
            Console.WriteLine(System.Text.Json.JsonSerializer.Serialize(new
            {
                ready = true, url = at.Url, http = at.Http, otlpHttp = at.OtlpHttp, otlpGrpc = at.OtlpGrpc, data,
                startMs = (int)took.TotalMilliseconds, pid = Environment.ProcessId,
            }));
            return;
        }
        string host = new Uri(at.Url).Host;
        Console.WriteLine($"""

              Tocsin {Version} is ready after {took.TotalSeconds:0.00} s.

              Look at    {at.Url}
              Send to    OTLP/HTTP  http://{host}:{at.OtlpHttp}   (also on {at.Http})
                         OTLP/gRPC  http://{host}:{at.OtlpGrpc}
              Guard      tocsin run -- your-program
              Try it     dotnet run --project samples/Bookings     then     curl -X POST localhost:5080/fail/unhandled
              Data in    {data}

              Ctrl-C stops.
            """);
    }

    internal static string Version =>
        typeof(ServeVerb).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
