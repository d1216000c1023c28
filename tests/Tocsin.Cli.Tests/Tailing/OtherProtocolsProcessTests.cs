using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Tocsin.Testing.Processes;

namespace Tocsin.Cli.Tests.Tailing;

/// <summary>A real server process: what it has acknowledged in any protocol is there after SIGKILL.</summary>
public sealed class OtherProtocolsProcessTests
{
    [Fact]
    public async Task What_is_acknowledged_survives_a_kill_in_every_protocol()
    {
        int syslog = Loopback.FreePort();
        using var place = new ServerPlace($"syslog: {{ tcp: {syslog}, udp: {syslog} }}\n");
        ServerProcess server = await ServerProcess.Start(place);
        try
        {
            string time = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss");
            long nanos = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1_000_000;
            (await Post(server, "loki/api/v1/push", $"{{\"streams\":[{{\"stream\":{{\"app\":\"loki\",\"level\":\"error\"}},\"values\":[[\"{nanos}\",\"failed\"]]}}]}}")).ShouldBe(HttpStatusCode.NoContent);
            (await Post(server, "ingest/clef", $"{{\"@t\":\"{time}Z\",\"@m\":\"failed\",\"@l\":\"Error\",\"Application\":\"seq\"}}")).ShouldBe(HttpStatusCode.Created);
            (await Post(server, "api/events/raw", $"{{\"Events\":[{{\"Timestamp\":\"{time}Z\",\"MessageTemplate\":\"failed\",\"Level\":\"Error\",\"Properties\":{{\"Application\":\"raw\"}}}}]}}")).ShouldBe(HttpStatusCode.Created);
            (await Post(server, "api/tocsin/v1/ingest/jsonl", $"{{\"time\":\"{time}Z\",\"message\":\"failed\",\"level\":\"error\",\"service\":\"jsonl\"}}")).ShouldBe(HttpStatusCode.OK);
            (await Post(server, "api/tocsin/v1/ingest/syslog", $"<11>1 {time}Z box syslog-http - - - failed")).ShouldBe(HttpStatusCode.OK);
            byte[] message = Encoding.UTF8.GetBytes($"<11>1 {time}Z box syslog-socket - - - failed");
            using (var tcp = new TcpClient("127.0.0.1", syslog))
                await tcp.GetStream().WriteAsync(message);
            using (var udp = new UdpClient("127.0.0.1", syslog))
                await udp.SendAsync(message);
            await Found(server, "service:syslog-socket", 2);
            await server.Kill();
            await server.DisposeAsync();
            server = await ServerProcess.Start(place);
            foreach ((string service, int count) in new[] { ("loki", 1), ("seq", 1), ("raw", 1), ("jsonl", 1), ("syslog-http", 1), ("syslog-socket", 2) })
                await Found(server, $"service:{service} level:error failed", count);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private static async Task<HttpStatusCode> Post(ServerProcess server, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await server.Http.PostAsync(path, content);
        return answer.StatusCode;
    }

    private static async Task Found(ServerProcess server, string query, int count)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            JsonElement found = await server.Get($"logs?q={Uri.EscapeDataString(query)}");
            if (found.GetProperty("items").GetArrayLength() == count)
                return;
            if (deadline.IsCancellationRequested)
                throw new TimeoutException($"{query}: {found}");
            await Task.Delay(50);
        }
    }
}
