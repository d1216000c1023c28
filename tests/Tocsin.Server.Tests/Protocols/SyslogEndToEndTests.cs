using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Tocsin.Protocols.Syslog;

namespace Tocsin.Server.Tests.Protocols;

public sealed class SyslogEndToEndTests
{
    [Fact]
    public async Task What_is_sent_over_tcp_and_udp_is_found_with_every_field()
    {
        await using RunningServer server = await RunningServer.Start(s => s with { Syslog = new SyslogOptions { TcpPort = 0, UdpPort = 0 } });
        JsonElement ports = (await server.Get("api/tocsin/v1/info")).GetProperty("ports");
        string message = $"<163>1 {DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss}.123456Z box shop 4242 ID1 [ex@1 k=\"v\"] payment failed";
        using (var tcp = new TcpClient("127.0.0.1", ports.GetProperty("syslogTcp").GetInt32()))
            tcp.GetStream().Write(Encoding.UTF8.GetBytes(message + "\n"));
        using (var udp = new UdpClient("127.0.0.1", ports.GetProperty("syslogUdp").GetInt32()))
            udp.Send(Encoding.UTF8.GetBytes(message));
        JsonElement[] items = await Found(server, 2);
        foreach (JsonElement item in items)
        {
            item.GetProperty("timeNanos").GetString()!.ShouldEndWith("123456000");
            item.GetProperty("level").GetString().ShouldBe("error");
            item.GetProperty("body").GetString().ShouldBe("payment failed");
            item.GetProperty("attributes").GetRawText().ShouldBe(
                """{"@severity_text":"err","syslog.facility":"local4","process.pid":4242,"syslog.msg_id":"ID1","syslog.structured_data":{"ex@1":{"k":"v"}}}""");
            item.GetProperty("resource").GetRawText().ShouldBe("""{"host.name":"box","service.name":"shop"}""");
        }
        (await server.Http.GetStringAsync("metrics")).ShouldContain("tocsin_syslog_kernel_drops_total 0");
    }

    [Fact]
    public async Task Without_a_port_nothing_listens()
    {
        await using RunningServer server = await RunningServer.Start();
        (await server.Get("api/tocsin/v1/info")).GetProperty("ports").TryGetProperty("syslogTcp", out _).ShouldBeFalse();
    }

    private static async Task<JsonElement[]> Found(RunningServer server, int count)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            JsonElement[] items = [.. (await server.Get("api/tocsin/v1/logs?q=service:shop host.name:box \"payment failed\"")).GetProperty("items").EnumerateArray()];
            if (items.Length >= count)
                return items;
            await Task.Delay(50, deadline.Token);
        }
    }
}
