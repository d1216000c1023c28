using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Tocsin.Browser;

/// <summary>Everything can be reached and done without a mouse, and the keys can be found.</summary>
public sealed class KeyboardTests(Stage stage)
{
    [Fact]
    public async Task The_first_tab_stop_skips_to_the_content()
    {
        await using Screen screen = await stage.Open("/");
        await screen.Page.Keyboard.PressAsync("Tab");
        await Expect(screen.Button("Skip to content")).ToBeFocusedAsync();
        await screen.Page.Keyboard.PressAsync("Enter");
        await Expect(screen.Main).ToBeFocusedAsync();
    }

    [Theory]
    [InlineData("a", "Alerts", "/alerts")]
    [InlineData("c", "Crashes", "/crashes")]
    [InlineData("l", "Logs", "/logs")]
    [InlineData("t", "Traces", "/traces")]
    [InlineData("n", "Channels", "/channels")]
    [InlineData("d", "Data", "/data")]
    [InlineData("+", "Add data", "/add-data")]
    public async Task G_and_a_letter_go_to_a_screen_and_keep_the_range(string key, string heading, string path)
    {
        await using Screen screen = await stage.Open("/?from=-6h&to=now");
        await screen.Page.Keyboard.PressAsync("g");
        await screen.Page.Keyboard.PressAsync(key);
        await Expect(screen.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(heading);
        new Uri(screen.Page.Url).PathAndQuery.ShouldBe($"{path}?from=-6h&to=now");
    }

    [Fact]
    public async Task The_question_mark_lists_the_keys_of_the_screen_and_escape_closes_the_list()
    {
        await using Screen screen = await stage.Open("/alerts");
        await screen.Page.Keyboard.PressAsync("?");
        ILocator help = screen.Page.GetByRole(AriaRole.Dialog);
        string[] some = ["Acknowledge", "Suppress…", "Next alert", "Show the keys", "Choose the time range"];
        foreach (string key in some)
            await Expect(help.GetByText(key, new() { Exact = true })).ToBeVisibleAsync();
        (await screen.Violations()).ShouldBeEmpty();
        await screen.Page.Keyboard.PressAsync("Escape");
        await Expect(help).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Keys_do_nothing_while_somebody_types()
    {
        await using Screen screen = await stage.Open("/logs");
        await screen.Page.Keyboard.PressAsync("/");
        await Expect(screen.Page.GetByLabel("Log query")).ToBeFocusedAsync();
        await screen.Page.Keyboard.TypeAsync("g a ? t");
        await Expect(screen.Page.GetByLabel("Log query")).ToHaveValueAsync("g a ? t");
        await Expect(screen.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        new Uri(screen.Page.Url).PathAndQuery.ShouldBe("/logs");
    }

    [Fact]
    public async Task The_palette_opens_screens_and_looks_words_up()
    {
        await using Screen screen = await stage.Open("/", scheme: ColorScheme.Dark);
        await screen.Page.Keyboard.PressAsync("Control+k");
        ILocator field = screen.Page.GetByLabel("Go to or search");
        await field.FillAsync("Chann");
        await screen.Page.Keyboard.PressAsync("Enter");
        await Expect(screen.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Channels");
        await Expect(field).ToBeHiddenAsync();
        await screen.Page.Keyboard.PressAsync("Control+k");
        await field.FillAsync(Seed.TraceId);
        await Expect(screen.Page.GetByText("Open trace")).ToBeVisibleAsync();
        (await screen.Violations()).ShouldBeEmpty();
        await screen.Page.GetByText("Open trace").ClickAsync();
        await Expect(screen.Main.GetByRole(AriaRole.Heading, new() { Name = "checkout: POST /orders" }))
            .ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_theme_can_be_pinned_and_stays_pinned()
    {
        await using Screen screen = await stage.Open("/", scheme: ColorScheme.Light);
        await screen.Page.Keyboard.PressAsync("Shift+L");
        ILocator root = screen.Page.Locator("html");
        await Expect(root).ToHaveAttributeAsync("data-mantine-color-scheme", "dark");
        await screen.Page.ReloadAsync();
        await Expect(root).ToHaveAttributeAsync("data-mantine-color-scheme", "dark");
    }
}
