using System.Net;
using System.Net.Sockets;
using System.Text;
using Tocsin.Ingest;
using Tocsin.Model;
using Tocsin.Model.Metrics;
using Tocsin.Protocols.Syslog;
using Tocsin.Protocols.Tests.Otlp;
using Tocsin.Storage;

namespace Tocsin.Protocols.Tests.Syslog;

public sealed class SyslogListenerTests : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly MetricSet _metrics = new();
    private readonly SyslogListener _listener = SyslogListener.Open(new SyslogOptions { TcpPort = 0, UdpPort = 0, MaxConnections = 3 });
    private Host? _host;
    private Task _running = Task.CompletedTask;
    private int _appends;

    [Fact]
    public async Task Both_framings_and_datagrams_are_stored_together()
    {
        await Start();
        using (TcpClient tcp = await Connect($"<13>{DateTime.Now:MMM dd HH:mm:ss} box app: a line\n18 <13>box says hello<13>last without end"))
        using (var udp = new UdpClient())
        {
            await udp.SendAsync(Encoding.UTF8.GetBytes("<11>a datagram\0"), new IPEndPoint(IPAddress.Loopback, _listener.UdpPort!.Value));
        }
        IReadOnlyList<string> rows = await Rows(4);
        foreach (string text in new[] { "a line", "box says hello", "last without end", "a datagram" })
            rows.ShouldContain(r => r.Contains($"\"@body\":\"{text}\""));
        rows.ShouldContain(r => r.Contains("\"stream\":{\"host.name\":\"127.0.0.1\"}"));
        await Stop();
        _host!.ShouldBalance();
    }

    [Fact]
    public async Task Messages_wait_for_company_and_are_written_together()
    {
        await Start();
        using TcpClient tcp = await Connect(string.Concat(Enumerable.Range(0, 5000).Select(i => $"<13>1 - h a - - - number {i}\n")));
        (await Rows(5000)).Count.ShouldBe(5000);
        Volatile.Read(ref _appends).ShouldBeLessThan(50);
    }

    [Fact]
    public async Task While_the_store_is_busy_tcp_waits_and_nothing_is_lost()
    {
        bool busy = true;
        await Start(batch => Volatile.Read(ref busy) ? AppendResult.Overloaded : AppendResult.Stored);
        using TcpClient tcp = await Connect("<13>patience\n");
        await OtlpHttpTests.Eventually(() => _host!.Pipeline.Totals().Any(t => t.Rejected.GetValueOrDefault("overloaded") > 0));
        Volatile.Write(ref busy, false);
        await OtlpHttpTests.Eventually(() => _host!.Pipeline.Totals().Sum(t => t.Stored) == 1);
        await Stop();
        _host!.ShouldBalance();
    }

    [Fact]
    public async Task What_was_received_is_stored_when_the_server_ends()
    {
        await Start();
        using TcpClient tcp = await Connect("<13>early\n");
        await OtlpHttpTests.Eventually(() => _metrics.WritePrometheusText().Contains("tocsin_syslog_connections 1"));
        await Rows(1);
        await tcp.GetStream().WriteAsync("<13>late\n"u8.ToArray());
        await Rows(2);
        await Stop();
        _host!.ShouldBalance();
    }

    [Fact]
    public async Task Connections_beyond_the_limit_are_closed_and_counted()
    {
        await Start();
        var clients = new List<TcpClient>();
        for (int i = 0; i < 3; i++)
        {
            clients.Add(await Connect("<13>x\n"));
            int open = i + 1;
            await OtlpHttpTests.Eventually(() => _metrics.WritePrometheusText().Contains($"tocsin_syslog_connections {open}"));
        }
        using TcpClient fourth = await Connect("");
        (await fourth.GetStream().ReadAsync(new byte[1])).ShouldBe(0);
        _metrics.WritePrometheusText().ShouldContain("tocsin_syslog_refused_connections_total 1");
        clients.ForEach(c => c.Dispose());
    }

    [Fact]
    public async Task Messages_too_long_and_messages_cut_short_are_booked()
    {
        await Start();
        using (TcpClient tcp = await Connect($"<13>{new string('x', 300_000)}\n<13>ok\n50 <13>cut"))
            await Rows(1);
        await OtlpHttpTests.Eventually(() => _host!.Pipeline.Totals().Any(t => t.Rejected.ContainsKey("malformed")));
        _host!.Totals("syslog-tcp", "logs").Rejected.ShouldBe(new Dictionary<string, long> { ["malformed"] = 1, ["record_too_large"] = 1 });
        _host.ShouldBalance();
    }

    [Fact]
    public void A_taken_port_is_named()
    {
        Should.Throw<IOException>(() => SyslogListener.Open(new SyslogOptions { TcpPort = _listener.TcpPort }))
            .Message.ShouldStartWith($"syslog.tcp: cannot listen on 127.0.0.1:{_listener.TcpPort}");
    }

    [Theory]
    [InlineData("-d", "--rfc3164", "@UDP")]
    [InlineData("-d", "--rfc5424", "@UDP")]
    [InlineData("-T", "--rfc3164", "@TCP")]
    [InlineData("-T", "--octet-count", "@TCP")]
    public async Task The_real_logger_is_understood(string transport, string format, string port)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/logger"), "logger (bsdutils) is not installed");
        await Start();
        int number = port == "@UDP" ? _listener.UdpPort!.Value : _listener.TcpPort!.Value;
        (int exit, string output) = await NodeClient.Run(
            "/usr/bin/logger", "/", ["-n", "127.0.0.1", "-P", $"{number}", transport, format, "-p", "local4.err", "-t", "shop", "--id=4242", "payment failed ✗"]);
        (exit, output).ShouldBe((0, ""));
        string row = (await Rows(1)).Single();
        row.ShouldContain("\"severity\":17");
        row.ShouldContain("\"service.name\":\"shop\"");
        row.ShouldContain("\"@body\":\"payment failed ✗\",\"syslog.facility\":\"local4\",\"process.pid\":4242");
    }

    [Fact]
    public async Task The_real_handler_of_python_is_understood()
    {
        await Start();
        string script = $"""
            import logging, logging.handlers
            log = logging.getLogger('x')
            log.addHandler(logging.handlers.SysLogHandler(('127.0.0.1', {_listener.UdpPort})))
            log.error('payment failed \u2717')
            """;
        (int exit, string output) = await RunPython(script);
        (exit, output).ShouldBe((0, ""));
        (await Rows(1)).Single().ShouldContain("\"@body\":\"payment failed ✗\",\"syslog.facility\":\"user\"");
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        _listener.Dispose();
        _stop.Dispose();
        if (_host is not null)
            await _host.DisposeAsync();
    }

    private static async Task<(int Exit, string Output)> RunPython(string script)
    {
        try
        {
            return await NodeClient.Run("python3", "/", ["-c", script]);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("python3 is not installed");
            throw;
        }
    }

    private async Task Start(Func<ReadOnlyMemory<byte>, AppendResult>? append = null)
    {
        _host = await Host.Start(
            new IngestOptions { RetryAfter = TimeSpan.FromMilliseconds(50) },
            append is null ? null : (batch, _) => new(append(batch)),
            onAppend: () => Interlocked.Increment(ref _appends));
        _running = _listener.Run(_host.Pipeline, TimeProvider.System, _metrics, _stop.Token);
    }

    private async Task Stop()
    {
        await _stop.CancelAsync();
        await _running;
    }

    private async Task<TcpClient> Connect(string text)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _listener.TcpPort!.Value);
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text));
        return client;
    }

    private async Task<IReadOnlyList<string>> Rows(int count)
    {
        await OtlpHttpTests.Eventually(() => _host!.Pipeline.Totals().Sum(t => t.Stored) >= count);
        return _host!.Rows(Dataset.Logs);
    }
}
