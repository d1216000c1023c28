using Tocsin.Model;

namespace Tocsin.Protocols.Tests.Otlp;

/// <summary>The programs of the quick start pages, run as they stand there.</summary>
public sealed class QuickStartTests
{
    [Fact]
    public async Task The_page_for_Node_works()
    {
        string client = await NodeClient.Installed("otel-node");
        string page = await File.ReadAllTextAsync(Path.Combine(client, "../../../docs/guide/quickstart-node.md"));
        int start = page.IndexOf("```js\n", StringComparison.Ordinal) + 6;
        string program = page[start..page.IndexOf("```", start, StringComparison.Ordinal)];
        await using Host host = await Host.Start();
        (int exit, string output) = await NodeClient.Run("env", client,
            [$"OTEL_EXPORTER_OTLP_ENDPOINT={host.Http}", "node", "--input-type=module", "-e", program]);
        (exit, output).ShouldBe((0, ""));

        string span = host.Rows(Dataset.Spans).Single();
        span.ShouldContain("\"service.name\":\"shop\"");
        span.ShouldContain("\"@name\":\"checkout\"");
        string[] logs = [.. host.Rows(Dataset.Logs)];
        logs.Length.ShouldBe(2);
        logs.ShouldContain(l => l.Contains("checkout begins"));
        logs.ShouldContain(l => l.Contains("card declined"));
        host.ShouldBalance();
    }
}
