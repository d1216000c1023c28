using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Tocsin.Browser;

/// <summary>The first screen: figures lead to the rows behind them, and change by themselves.</summary>
public sealed partial class OverviewTests(Stage stage)
{
    [Fact]
    public async Task The_sentence_and_the_tile_say_how_many_alerts_fire()
    {
        await using Screen screen = await stage.Open("/");
        int firing = await Figure(screen, "Firing alerts");
        firing.ShouldBeGreaterThan(0);
        await Expect(screen.Main.GetByRole(AriaRole.Status).First).ToContainTextAsync($"{firing} alert");
    }

    [Fact]
    public async Task The_firing_tile_opens_a_list_of_as_many_alerts()
    {
        await using Screen screen = await stage.Open("/");
        int firing = await Figure(screen, "Firing alerts");
        await screen.Link("Firing alerts").ClickAsync();
        await Expect(screen.Page.GetByLabel("Alerts", new() { Exact = true }).GetByRole(AriaRole.Listitem))
            .ToHaveCountAsync(firing);
    }

    [Fact]
    public async Task The_error_tile_opens_logs_with_as_many_records()
    {
        await using Screen screen = await stage.Open("/");
        string errors = await screen.Link("Errors in the logs").Locator("b").InnerTextAsync();
        await screen.Link("Errors in the logs").ClickAsync();
        await Expect(screen.Page.GetByLabel("Log query")).ToHaveValueAsync("level:>=error");
        await Expect(screen.Main.GetByText($"{errors} records", new() { Exact = true })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_new_alert_appears_within_two_seconds_without_a_reload()
    {
        await using Screen screen = await stage.Open("/");
        int before = await Figure(screen, "Firing alerts");
        await Expect(screen.Button("Live updates: Live")).ToBeVisibleAsync();
        await stage.Seed.Alert($"Fresh {Guid.NewGuid():N}", "CRITICAL");
        await Expect(screen.Link("Firing alerts")).ToHaveAccessibleNameAsync($"Firing alerts: {before + 1}",
            new() { Timeout = 2000 });
        await Expect(screen.Page).ToHaveTitleAsync(new Regex($@"^\({before + 1}\) "), new() { Timeout = 2000 });
    }

    [Fact]
    public async Task The_histogram_has_a_table_with_the_same_totals()
    {
        await using Screen screen = await stage.Open("/");
        string errors = await screen.Main.Locator("figcaption button", new() { HasText = "error" })
            .Locator("b").InnerTextAsync();
        await screen.Button("View as table").ClickAsync();
        string[] cells = [.. await screen.Main
            .Locator("figure tbody td:nth-child(3)").AllInnerTextsAsync()];
        cells.Sum(Number).ShouldBe(Number(errors));
    }

    private static async Task<int> Figure(Screen screen, string label) =>
        Number(await screen.Link(label).Locator("b").InnerTextAsync());

    private static int Number(string text) => int.Parse(NotDigits().Replace(text, ""));

    [GeneratedRegex(@"\D")]
    private static partial Regex NotDigits();
}
