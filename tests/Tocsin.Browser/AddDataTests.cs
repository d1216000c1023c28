using System.Diagnostics;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Tocsin.Browser;

/// <summary>Add data: this server's own address in the snippets, and the moment the first record comes.</summary>
public sealed class AddDataTests(Stage stage)
{
    [Fact]
    public async Task The_strip_turns_from_waiting_to_connected()
    {
        await using Screen screen = await stage.Open("/add-data");
        ILocator strip = screen.Main.GetByRole(AriaRole.Status).First;
        await Expect(strip).ToContainTextAsync("Waiting…");
        string service = $"first-{Guid.NewGuid():N}";
        await stage.Seed.Logs(service, 3, _ => DateTimeOffset.UtcNow, i => (9, $"hello {i}"));
        await Expect(strip).ToContainTextAsync("Connected · 3 records");
        await Expect(strip).ToContainTextAsync($"from {service}");
        await strip.GetByRole(AriaRole.Link, new() { Name = "Open its logs" }).ClickAsync();
        await Expect(screen.Main.GetByText("hello 2")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData("dotnet", true)]
    [InlineData("run", true)]
    [InlineData("env", false)]
    [InlineData("python", false)]
    [InlineData("node", false)]
    [InlineData("curl", false)]
    public async Task Snippets_carry_the_address_of_this_server(string tab, bool own)
    {
        await using Screen screen = await stage.Open($"/add-data?tab={tab}");
        int port = own ? stage.Server.Place.HttpPort : stage.Server.Place.OtlpHttpPort;
        await Expect(screen.Main.Locator("pre", new() { HasText = $"http://127.0.0.1:{port}" }).First)
            .ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_curl_snippet_runs_as_printed()
    {
        await using Screen screen = await stage.Open("/add-data?tab=curl");
        string snippet = await screen.Main.Locator("pre").First.InnerTextAsync();
        var start = new ProcessStartInfo("/bin/sh", ["-c", snippet]) { RedirectStandardOutput = true };
        using Process shell = Process.Start(start)!;
        await shell.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
        shell.ExitCode.ShouldBe(0);
        await Expect(screen.Main.GetByRole(AriaRole.Status).First)
            .ToContainTextAsync("Connected · 1 record · first at");
    }
}
