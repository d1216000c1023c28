using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Tocsin.Browser;

/// <summary>The crash list and a crash's report.</summary>
public sealed class CrashesTests(Stage stage)
{
    [Fact]
    public async Task Sorting_by_users_puts_the_most_affected_first()
    {
        await using Screen screen = await stage.Open("/crashes?sort=users");
        int[] users = [.. (await screen.Main.Locator("tbody tr td:nth-child(5)").AllInnerTextsAsync())
            .Select(int.Parse)];
        users.Length.ShouldBeGreaterThan(1);
        users.ShouldBe(users.OrderDescending());
        users[0].ShouldBe(3);
    }

    [Fact]
    public async Task The_report_shows_own_frames_and_folds_the_frameworks()
    {
        await using Screen screen = await stage.Open($"/crashes/{await Group()}");
        ILocator stack = screen.Page.GetByRole(AriaRole.Region, new() { Name = "Stack trace" });
        await Expect(stack.GetByText("Store.cs:88")).ToBeVisibleAsync();
        await Expect(stack.GetByText("TaskAwaiter.GetResult")).ToBeHiddenAsync();
        await stack.GetByRole(AriaRole.Button, new() { Name = "2 framework frames" }).ClickAsync();
        await Expect(stack.GetByText("TaskAwaiter.GetResult")).ToBeVisibleAsync();
        await stack.GetByRole(AriaRole.Button, new() { Name = "Raw" }).ClickAsync();
        (await stack.Locator("pre").InnerTextAsync()).Split('\n').Count(line => line.StartsWith("   at ")).ShouldBe(4);
        await stack.GetByRole(AriaRole.Tab, new() { Name = "caused by TimeoutException" }).ClickAsync();
        await Expect(stack.GetByText("No answer in 15 s").First).ToBeVisibleAsync();
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_switcher_changes_the_address_and_back_returns()
    {
        await using Screen screen = await stage.Open($"/crashes/{await Group()}");
        string first = screen.Page.Url;
        await screen.Page.Keyboard.PressAsync("n");
        await Expect(screen.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/events/CRASH-"));
        string second = screen.Page.Url;
        await screen.Page.GetByRole(AriaRole.Link, new() { Name = "Older occurrence" }).ClickAsync();
        await Expect(screen.Page).Not.ToHaveURLAsync(second);
        await screen.Page.GoBackAsync();
        await screen.Page.GoBackAsync();
        await Expect(screen.Page).ToHaveURLAsync(first);
    }

    [Fact]
    public async Task Resolve_can_be_undone()
    {
        long group = await Group();
        await using Screen screen = await stage.Open($"/crashes/{group}");
        await screen.Button("Resolve").ClickAsync();
        await Expect(screen.Button("Reopen")).ToBeVisibleAsync();
        (await stage.Server.Get($"crashes/{group}")).GetProperty("group").GetProperty("state")
            .GetString().ShouldBe("resolved");
        await screen.Button("Undo").ClickAsync();
        await Expect(screen.Button("Resolve")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_copied_markdown_holds_type_message_and_top_frames()
    {
        await using Screen screen = await stage.Open($"/crashes/{await Group()}");
        await screen.Button("Copy as Markdown").ClickAsync();
        await Expect(screen.Button("Copied")).ToBeVisibleAsync();
        string text = await screen.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()");
        text.ShouldContain("System.InvalidOperationException: Charge could not be loaded");
        text.ShouldContain("at Shop.payments.Store.Load(Int64 id) in /src/Store.cs:88");
        text.ShouldContain("System.TimeoutException");
    }

    [Fact]
    public async Task A_missing_group_is_said_to_be_missing()
    {
        await using Screen screen = await stage.Open("/crashes/999999");
        await Expect(screen.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("This crash is not there");
    }

    private async Task<long> Group()
    {
        Stage.RequireChromium();
        return (await stage.Server.Get("crashes?sort=users")).GetProperty("items")[0].GetProperty("id").GetInt64();
    }
}
