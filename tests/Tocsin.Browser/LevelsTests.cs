using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Tocsin.Browser;

/// <summary>Log levels: set, seen by a process, cleared, taken back.</summary>
public sealed class LevelsTests(Stage stage)
{
    [Fact]
    public async Task A_level_is_set_reaches_a_process_is_cleared_and_comes_back()
    {
        string service = $"service-{Guid.NewGuid():N}";
        await Ask(service);
        await using Screen screen = await stage.Open("/levels", width: 390, scheme: ColorScheme.Dark);
        ILocator listener = screen.Main.GetByRole(AriaRole.List, new() { Name = "Who listens" })
            .GetByRole(AriaRole.Listitem).Filter(new() { HasText = service });
        await Expect(listener).ToContainTextAsync("1 process has it");
        await screen.Page.GetByLabel("Service").FillAsync(service);
        await screen.Page.GetByLabel("Category and all below it").FillAsync("Shop.Orders");
        await screen.Page.GetByLabel("Why").FillAsync("order 7");
        await screen.Button("Set the level").ClickAsync();
        ILocator rule = screen.Main.GetByRole(AriaRole.List, new() { Name = "Levels in force" })
            .GetByRole(AriaRole.Listitem).Filter(new() { HasText = service });
        await Expect(rule).ToContainTextAsync("Debug");
        await Expect(rule).ToContainTextAsync(new Regex("ends in 1[45] min"));
        await Expect(rule).ToContainTextAsync("by web page: order 7");
        await Expect(listener).ToContainTextAsync("0 of 1 process so far");
        (await Ask(service)).GetProperty("category").GetString().ShouldBe("Shop.Orders");
        await Expect(listener).ToContainTextAsync("1 process has it");
        (await screen.Overflow()).ShouldBeLessThanOrEqualTo(0);

        await rule.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(rule).ToHaveCountAsync(0);
        await screen.Button("Undo").ClickAsync();
        await Expect(rule).ToContainTextAsync(new Regex("ends in 1[45] min"));
        // By key: a notice lies over it on a phone.
        await screen.Button("Changes").PressAsync("Enter");
        await Expect(screen.Main.GetByRole(AriaRole.List, new() { Name = "Changes" })
            .GetByRole(AriaRole.Listitem).Filter(new() { HasText = service })).ToHaveCountAsync(3);
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_the_server_refuses_is_told_and_debug_has_no_way_to_stay_for_good()
    {
        await using Screen screen = await stage.Open("/levels?service=shop&category=a*b*c");
        await screen.Button("Set the level").ClickAsync();
        await Expect(screen.Page.GetByText("category: it has more than one *")).ToBeVisibleAsync();
        ILocator length = screen.Page.GetByRole(AriaRole.Combobox, new() { Name = "For", Exact = true });
        await Expect(length.Locator("option")).ToHaveCountAsync(4);
        await screen.Page.GetByLabel("From level").SelectOptionAsync("Error");
        await Expect(length.Locator("option")).ToHaveCountAsync(5);
    }

    // As a process with the SDK asks.
    private async Task<JsonElement> Ask(string service)
    {
        JsonElement levels = (await stage.Server.Get($"levels/effective?service={service}&run={service}")).GetProperty("levels");
        return levels.GetArrayLength() > 0 ? levels[0] : default;
    }
}
