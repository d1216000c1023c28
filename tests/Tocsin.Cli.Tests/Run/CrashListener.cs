using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Tocsin.Model.Crashes;

namespace Tocsin.Cli.Tests.Run;

/// <summary>A small server that takes crash records and remembers when each came.</summary>
internal sealed class CrashListener : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly BlockingCollection<(CrashRecord Record, long At)> _records = [];

    public CrashListener(int? port = null)
    {
        Port = port ?? FreePort();
        _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
        _listener.Start();
        new Thread(Serve) { IsBackground = true }.Start();
    }

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}";

    /// <summary>Answers with this instead of taking records.</summary>
    public int Status { get; set; } = 200;

    /// <summary>How long the next request waits for its answer, once.</summary>
    public TimeSpan FirstAnswer { get; set; }

    public string? LastAuthorization { get; private set; }

    public int Count => _records.Count;

    public CrashRecord Next(int seconds = 20) => NextWithTime(seconds).Record;

    /// <summary>The next record and when its request was complete, as a Stopwatch timestamp.</summary>
    public (CrashRecord Record, long At) NextWithTime(int seconds = 20) =>
        _records.TryTake(out var record, TimeSpan.FromSeconds(seconds))
            ? record
            : throw new TimeoutException("no crash record came");

    public static int FreePort()
    {
        using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public void Dispose() => _listener.Close();

    private void Serve()
    {
        try
        {
            while (true)
            {
                Answer(_listener.GetContext());
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // closed
        }
    }

    private void Answer(HttpListenerContext context)
    {
        using var body = new MemoryStream();
        context.Request.InputStream.CopyTo(body);
        if (context.Request.HttpMethod == "POST" && context.Request.RawUrl == "/api/tocsin/v1/crashes")
        {
            LastAuthorization = context.Request.Headers["Authorization"];
            if (Status == 200)
            {
                _records.Add((CrashJson.Read(body.ToArray()), Stopwatch.GetTimestamp()));
            }
        }

        Thread.Sleep(FirstAnswer);
        FirstAnswer = TimeSpan.Zero;
        context.Response.StatusCode = Status;
        context.Response.Close();
    }
}
