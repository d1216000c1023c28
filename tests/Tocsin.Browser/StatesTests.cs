using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Tocsin.Browser;

/// <summary>Loading, failed, empty and cut off look different, and none of them lies.</summary>
public sealed class StatesTests(Stage stage)
{
    [Theory]
    [InlineData("/", "The overview")]
    [InlineData("/crashes", "The crash groups")]
    [InlineData("/crashes/1", "This crash")]
    [InlineData("/alerts", "The alerts")]
    [InlineData("/logs", "The log records")]
    [InlineData("/channels", "The channels")]
    public async Task A_failing_server_is_quoted_and_can_be_asked_again(string path, string what)
    {
        await using Screen screen = await stage.Open("/add-data");
        await screen.Page.RouteAsync("**/api/tocsin/v1/**", route => route.FulfillAsync(new()
        {
            Status = 500, ContentType = "application/problem+json",
            Body = """{"title":"Out of order","detail":"segment 7 is damaged"}""",
        }));
        await screen.Go(path);
        ILocator failure = screen.Page.GetByRole(AriaRole.Alert);
        await Expect(failure).ToContainTextAsync($"{what} could not be loaded");
        await Expect(failure).ToContainTextAsync("Out of order: segment 7 is damaged");
        (await screen.Violations()).ShouldBeEmpty();
        await screen.Page.UnrouteAllAsync();
        await screen.Button("Try again").First.ClickAsync();
        await Expect(failure).ToBeHiddenAsync();
    }

    [Theory]
    [InlineData("/crashes")]
    [InlineData("/alerts")]
    [InlineData("/logs")]
    public async Task A_slow_server_never_looks_like_an_empty_one(string path)
    {
        await using Screen screen = await stage.Open("/add-data");
        var open = new TaskCompletionSource();
        await screen.Page.RouteAsync("**/api/tocsin/v1/**", async route =>
        {
            await open.Task;
            await route.ContinueAsync();
        });
        await screen.Page.GotoAsync(path);
        await Expect(screen.Main.GetByText("Loading").First).ToBeAttachedAsync();
        await Expect(screen.Main.GetByText(new Regex(@"^0$|\b(No|Nothing|None)\b"))).ToHaveCountAsync(0);
        (await screen.Violations()).ShouldBeEmpty();
        open.SetResult();
        await screen.Settled();
    }

    [Fact]
    public async Task A_lost_live_connection_is_shown_and_comes_back()
    {
        await using Screen screen = await stage.Open("/add-data");
        await screen.Page.RouteAsync("**/live?**", route => route.AbortAsync());
        await screen.Page.GotoAsync("/alerts");
        await Expect(screen.Button("Live updates: Reconnecting…")).ToBeVisibleAsync();
        await screen.Page.UnrouteAllAsync();
        await Expect(screen.Button("Live updates: Live")).ToBeVisibleAsync(new() { Timeout = 10_000 });
    }
}
