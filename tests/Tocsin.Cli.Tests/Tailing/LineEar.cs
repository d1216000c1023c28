using System.IO.Compression;
using System.Net;
using System.Text;

namespace Tocsin.Cli.Tests.Tailing;

/// <summary>Stands in for the server: keeps the lines it acknowledges and answers as it is told.</summary>
internal sealed class LineEar : IDisposable
{
    private readonly HttpListener _http = new();
    private readonly List<string> _lines = [];
    private readonly List<string> _routes = [];

    public LineEar()
    {
        using (var free = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Url = new Uri($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/");
        }
        _http.Prefixes.Add(Url.ToString());
        _http.Start();
        _ = Task.Run(Listen);
    }

    public Uri Url { get; }

    /// <summary>Status for a body of so many lines.</summary>
    public Func<int, int> Answer { get; set; } = _ => 200;

    /// <summary>The lines of acknowledged bodies, in order.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    public IReadOnlyList<string> Routes
    {
        get
        {
            lock (_lines)
                return [.. _routes];
        }
    }

    public void Dispose() => _http.Close();

    private async Task Listen()
    {
        try
        {
            while (true)
                Take(await _http.GetContextAsync());
        }
        catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
        {
            // The end of the test.
        }
    }

    private void Take(HttpListenerContext context)
    {
        using var body = new StreamReader(new GZipStream(context.Request.InputStream, CompressionMode.Decompress), Encoding.UTF8);
        string[] lines = body.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        int status = Answer(lines.Length);
        lock (_lines)
        {
            _routes.Add(context.Request.Url!.PathAndQuery);
            if (status == 200)
                _lines.AddRange(lines);
        }
        context.Response.StatusCode = status;
        byte[] answer = Encoding.UTF8.GetBytes($"{{\"stored\":{lines.Length},\"rejected\":0}}");
        context.Response.Close(answer, willBlock: false);
    }
}
