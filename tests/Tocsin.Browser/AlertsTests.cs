using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Tocsin.Browser;

/// <summary>The inbox: what people do to alerts, and what others see of it.</summary>
public sealed class AlertsTests(Stage stage)
{
    [Fact]
    public async Task A_key_acknowledges_and_undo_takes_it_back()
    {
        (Screen screen, long id) = await OpenFresh();
        await using Screen closed = screen;
        await screen.Page.Keyboard.PressAsync("a");
        await Expect(Pane(screen).GetByText("Acknowledged", new() { Exact = true }).First).ToBeVisibleAsync();
        await Expect(Pane(screen).Locator("[data-action=acknowledged]")).ToHaveCountAsync(1);
        (await Status(id)).ShouldBe("ACKNOWLEDGED");
        (await screen.Violations()).ShouldBeEmpty();
        await screen.Button("Undo").ClickAsync();
        await Expect(Pane(screen).Locator("[data-action=unacknowledged]")).ToHaveCountAsync(1);
        (await Status(id)).ShouldBe("ACTIVE");
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Resolving_asks_what_fixed_it_and_keeps_the_answer()
    {
        (Screen screen, long id) = await OpenFresh();
        await using Screen closed = screen;
        await screen.Page.Keyboard.PressAsync("r");
        await screen.Page.GetByLabel("What fixed it?").FillAsync("Rebuilt the index");
        (await screen.Violations()).ShouldBeEmpty();
        await screen.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(Pane(screen).Locator("[data-action=resolved]")).ToContainTextAsync("Rebuilt the index");
        await Expect(Pane(screen).GetByRole(AriaRole.Button, new() { Name = "Acknowledge" })).ToHaveCountAsync(0);
        (await Status(id)).ShouldBe("RESOLVED");
    }

    [Fact]
    public async Task Suppressing_for_an_hour_keeps_the_reason_and_can_be_undone()
    {
        (Screen screen, long id) = await OpenFresh();
        await using Screen closed = screen;
        await screen.Page.Keyboard.PressAsync("s");
        await screen.Page.GetByLabel("Reason").FillAsync("Deploy under way");
        await screen.Button("1 hour").ClickAsync();
        await Expect(Pane(screen).GetByText("Suppressed until")).ToBeVisibleAsync();
        await Expect(Pane(screen).Locator("[data-action=suppressed]")).ToContainTextAsync("Deploy under way");
        (await Status(id)).ShouldBe("SUPPRESSED");
        await screen.Button("Undo").ClickAsync();
        await Expect(Pane(screen).GetByText("Suppressed until")).ToBeHiddenAsync();
        (await Status(id)).ShouldBe("ACTIVE");
    }

    [Fact]
    public async Task A_length_of_ones_own_can_be_typed_and_a_wrong_one_cannot_be_sent()
    {
        (Screen screen, long id) = await OpenFresh();
        await using Screen closed = screen;
        await screen.Page.Keyboard.PressAsync("s");
        ILocator send = screen.Page.GetByRole(AriaRole.Dialog)
            .GetByRole(AriaRole.Button, new() { Name = "Suppress", Exact = true });
        await screen.Page.GetByLabel("Other length").FillAsync("soon");
        await Expect(send).ToBeDisabledAsync();
        await screen.Page.GetByLabel("Other length").FillAsync("90m");
        await send.ClickAsync();
        await Expect(Pane(screen).GetByText("Suppressed until")).ToBeVisibleAsync();
        (await Status(id)).ShouldBe("SUPPRESSED");
    }

    [Fact]
    public async Task Another_browser_sees_alerts_and_changes_within_two_seconds()
    {
        await using Screen watcher = await stage.Open("/alerts");
        await Expect(watcher.Button("Live updates: Live")).ToBeVisibleAsync();
        string title = $"Seen elsewhere {Guid.NewGuid():N}";
        long id = await stage.Seed.Alert(title, "HIGH");
        await Expect(watcher.Main.GetByText(title, new() { Exact = true })).ToBeVisibleAsync(new() { Timeout = 2000 });
        await using Screen actor = await stage.Open($"/alerts?sel={id}");
        await actor.Page.Keyboard.PressAsync("a");
        await Expect(watcher.Main.GetByText(title, new() { Exact = true })).ToBeHiddenAsync(new() { Timeout = 2000 });
    }

    [Fact]
    public async Task Tabs_count_what_they_list()
    {
        await using Screen screen = await stage.Open("/alerts?status=ACKNOWLEDGED");
        foreach (string tab in new[] { "Firing", "Acknowledged", "Resolved" })
        {
            ILocator button = screen.Page.GetByRole(AriaRole.Group, new() { Name = "State of the alerts" })
                .GetByRole(AriaRole.Button, new() { Name = tab });
            await button.ClickAsync();
            await Expect(button).ToHaveAttributeAsync("aria-pressed", "true");
            int count = int.Parse(await button.Locator("b").InnerTextAsync());
            await Expect(List(screen).GetByRole(AriaRole.Listitem)).ToHaveCountAsync(count);
        }
    }

    [Fact]
    public async Task J_and_k_walk_through_the_list()
    {
        await stage.Seed.Alert($"Walk {Guid.NewGuid():N}", "LOW");
        await stage.Seed.Alert($"Walk {Guid.NewGuid():N}", "LOW");
        await using Screen screen = await stage.Open("/alerts");
        ILocator current = screen.Page.Locator("ul[aria-label=Alerts] a[aria-current=true] strong");
        await screen.Page.Keyboard.PressAsync("j");
        await Expect(current).ToHaveCountAsync(1);
        string first = await current.InnerTextAsync();
        await screen.Page.Keyboard.PressAsync("j");
        await Expect(current).Not.ToHaveTextAsync(first);
        await screen.Page.Keyboard.PressAsync("k");
        await Expect(current).ToHaveTextAsync(first);
        await screen.Page.Keyboard.PressAsync("Escape");
        await Expect(Pane(screen)).ToBeHiddenAsync();
    }

    [Fact]
    public async Task After_an_alert_is_dealt_with_j_goes_on_where_it_stood()
    {
        string[] titles = [.. Enumerable.Range(0, 3).Select(i => $"Queue {i} {Guid.NewGuid():N}")];
        foreach (string title in titles)
            await stage.Seed.Alert(title, "HIGH");
        await using Screen screen = await stage.Open("/alerts?q=Queue");
        await screen.Main.GetByText(titles[1], new() { Exact = true }).ClickAsync();
        await screen.Page.Keyboard.PressAsync("a");
        await Expect(List(screen).GetByText(titles[1], new() { Exact = true })).ToBeHiddenAsync();
        await screen.Page.Keyboard.PressAsync("j");
        await Expect(Pane(screen).GetByRole(AriaRole.Heading, new() { Name = titles[0] })).ToBeVisibleAsync();
    }

    private async Task<(Screen Screen, long Id)> OpenFresh()
    {
        Stage.RequireChromium();
        string title = $"Alert {Guid.NewGuid():N}";
        long id = await stage.Seed.Alert(title, "HIGH");
        Screen screen = await stage.Open($"/alerts?sel={id}");
        await Expect(Pane(screen).GetByRole(AriaRole.Heading, new() { Name = title })).ToBeVisibleAsync();
        await Expect(screen.Page.Locator($"#alert-{id}")).ToBeVisibleAsync();
        return (screen, id);
    }

    private static ILocator List(Screen screen) => screen.Page.GetByLabel("Alerts", new() { Exact = true });

    private static ILocator Pane(Screen screen) =>
        screen.Page.GetByRole(AriaRole.Complementary, new() { Name = "Alert", Exact = true });

    private async Task<string?> Status(long id) =>
        (await stage.Server.Get($"alerts/{id}")).GetProperty("alert").GetProperty("status").GetString();
}
