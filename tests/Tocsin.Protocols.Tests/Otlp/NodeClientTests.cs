using System.Diagnostics;
using Tocsin.Model;

namespace Tocsin.Protocols.Tests.Otlp;

/// <summary>The real OpenTelemetry JavaScript exporters (tests/clients/otel-node), unmodified.</summary>
public sealed class NodeClientTests
{
    [Theory]
    [InlineData("proto", "none")]
    [InlineData("proto", "gzip")]
    [InlineData("http", "none")]
    [InlineData("http", "gzip")]
    [InlineData("grpc", "none")]
    [InlineData("grpc", "gzip")]
    public async Task Logs_and_spans_arrive_whole(string kind, string compression)
    {
        string client = await NodeClient.Installed();
        await using Host host = await Host.Start();
        Uri url = kind == "grpc" ? host.Grpc : host.Http;
        (int exit, string output) = await NodeClient.Run("node", client, ["send.mjs", kind, url.ToString(), compression]);
        (exit, output.Trim()).ShouldBe((0, "sent"));

        string span = host.Rows(Dataset.Spans).Single();
        span.ShouldContain($"\"service.name\":\"node-{kind}\"");
        span.ShouldContain("\"@scope.name\":\"checkout\",\"@scope.version\":\"1.0\"");
        span.ShouldContain("\"@name\":\"pay\",\"@kind\":3");
        span.ShouldContain("\"@status_code\":2,\"@status_message\":\"card declined\"");
        span.ShouldContain("\"exception.message\":\"card declined\"");
        span.ShouldContain("\"order.id\":42,\"cards\":[\"[REDACTED]\"],\"ratio\":0.5,\"ok\":false");

        string log = host.Rows(Dataset.Logs).Single();
        log.ShouldContain("\"severity\":13");
        log.ShouldContain(span[span.IndexOf("\"trace\":", StringComparison.Ordinal)..][..69]);
        log.ShouldContain("\"@body\":{\"message\":\"payment failed ✗\",\"attempts\":[1,2,3]}");
        log.ShouldContain("\"user.password\":\"[REDACTED]\",\"big\":9007199254740991,\"nested\":{\"a\":{\"b\":true}}");
        host.ShouldBalance();
    }
}

/// <summary>Finds Node.js and the client's packages; a test that cannot have them is skipped and says why.</summary>
internal static class NodeClient
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(3);
    private static readonly SemaphoreSlim s_installing = new(1);

    /// <summary>The client's folder, with its packages installed as the lock file says.</summary>
    public static async Task<string> Installed()
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "Tocsin.slnx")))
            root = Path.GetDirectoryName(root);
        string folder = Path.Combine(root.ShouldNotBeNull(), "tests", "clients", "otel-node");
        await s_installing.WaitAsync();
        try
        {
            Assert.SkipUnless(await Exists("node") && await Exists("npm"), "Node.js and npm are not installed");
            if (!File.Exists(Path.Combine(folder, "node_modules", ".package-lock.json")))
            {
                (int exit, string output) = await Run("npm", folder, ["ci", "--ignore-scripts"]);
                Assert.SkipUnless(exit == 0, $"npm ci failed: {output}");
            }
        }
        finally
        {
            s_installing.Release();
        }
        return folder;
    }

    public static async Task<(int Exit, string Output)> Run(string program, string folder, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(s_deadline);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return (process.ExitCode, await output + await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static async Task<bool> Exists(string program)
    {
        try
        {
            return (await Run(program, Environment.CurrentDirectory, ["--version"])).Exit == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
