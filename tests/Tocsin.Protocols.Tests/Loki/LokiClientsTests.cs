using Tocsin.Model;

namespace Tocsin.Protocols.Tests.Loki;

/// <summary>Real Loki clients for Node.js (tests/clients/log-node), unmodified.</summary>
public sealed class LokiClientsTests
{
    [Theory]
    [InlineData("json")]
    [InlineData("proto")]
    public async Task Winston_pushes_in_both_encodings(string encoding)
    {
        IReadOnlyList<string> rows = await Send("winston-loki.mjs", encoding);
        rows.Count.ShouldBe(2);
        rows[0].ShouldContain("\"severity\":9,\"stream\":{\"service.name\":\"shop\",\"level\":\"info\",\"app\":\"shop\",\"region\":\"eu\"}");
        rows[0].ShouldContain("\"@body\":\"order placed ✗ \\\"42\\\"\"");
        rows[1].ShouldContain("\"severity\":17");
        rows[1].ShouldContain("\"@body\":\"payment failed\"");
    }

    [Fact]
    public async Task Pino_pushes()
    {
        IReadOnlyList<string> rows = await Send("pino-loki.mjs");
        rows.Count.ShouldBe(2);
        rows[0].ShouldContain("\"severity\":9,\"stream\":{\"service.name\":\"shop\"");
        rows[0].ShouldContain("\"region\":\"eu\"");
        rows[1].ShouldContain("\\\"msg\\\":\\\"payment failed\\\"");
    }

    private static async Task<IReadOnlyList<string>> Send(params string[] arguments)
    {
        string client = await NodeClient.Installed("log-node");
        await using Host host = await Host.Start();
        (int exit, string output) = await NodeClient.Run("node", client, [arguments[0], host.Http.ToString().TrimEnd('/'), .. arguments[1..]]);
        (exit, output.Trim()).ShouldBe((0, "sent"));
        host.ShouldBalance();
        return host.Rows(Dataset.Logs);
    }
}
