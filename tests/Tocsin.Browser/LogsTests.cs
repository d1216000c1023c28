using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Tocsin.Browser;

/// <summary>The log explorer.</summary>
public sealed class LogsTests(Stage stage)
{
    private const string Volume = "/logs?q=service%3A%3Dvolume";

    [Fact]
    public async Task Counts_all_and_draws_few()
    {
        await using Screen screen = await stage.Open(Volume);
        await Expect(Count(screen, "5,000")).ToBeVisibleAsync();
        (await Rows(screen).CountAsync()).ShouldBeInRange(10, 80);
        await Scroller(screen).EvaluateAsync("e => e.scrollTo(0, e.scrollHeight)");
        await Expect(Rows(screen).First).Not.ToContainTextAsync("charge 0", new() { IgnoreCase = true });
        (await Rows(screen).CountAsync()).ShouldBeInRange(10, 80);
    }

    [Fact]
    public async Task Scrolls_to_the_oldest_record_page_by_page()
    {
        await using Screen screen = await stage.Open("/logs?q=service%3A%3Dvolume%20level%3Aerror");
        await Expect(Count(screen, "500")).ToBeVisibleAsync();
        ILocator oldest = screen.Main.GetByText("Charge 4990 could not be loaded");
        for (int i = 0; i < 20 && !await oldest.IsVisibleAsync(); i++)
        {
            await Scroller(screen).EvaluateAsync("e => e.scrollTo(0, e.scrollHeight)");
            await screen.Page.WaitForTimeoutAsync(150);
        }
        await Expect(oldest).ToBeVisibleAsync();
        await Expect(screen.Main.GetByText("The end:")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_legend_adds_up_and_filters_by_level()
    {
        await using Screen screen = await stage.Open(Volume);
        ILocator legend = screen.Main.Locator("figcaption");
        await Expect(legend.GetByText("info 4,500")).ToBeVisibleAsync();
        await legend.GetByRole(AriaRole.Button, new() { Name = "error 500" }).ClickAsync();
        await Expect(Count(screen, "500")).ToBeVisibleAsync();
        await Expect(screen.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("level=error"));
        await screen.Button("Remove the filter level: error").ClickAsync();
        await Expect(Count(screen, "5,000")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Brushing_the_histogram_narrows_and_a_double_click_restores()
    {
        await using Screen screen = await stage.Open(Volume);
        await Expect(Count(screen, "5,000")).ToBeVisibleAsync();
        LocatorBoundingBoxResult area = (await screen.Main.Locator(".u-over").BoundingBoxAsync())!;
        await screen.Page.Mouse.MoveAsync(area.X + area.Width / 2, area.Y + area.Height / 2);
        await screen.Page.Mouse.DownAsync();
        await screen.Page.Mouse.MoveAsync(area.X + area.Width * 3 / 4, area.Y + area.Height / 2, new() { Steps = 5 });
        await screen.Page.Mouse.UpAsync();
        await Expect(screen.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex(@"from=\d{13}&to=\d{13}"));
        await Expect(Count(screen, "5,000")).ToBeHiddenAsync();
        await screen.Main.Locator(".u-over").DblClickAsync();
        await Expect(Count(screen, "5,000")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_field_value_filters_in_and_out()
    {
        await using Screen screen = await stage.Open(Volume);
        await Rows(screen).First.ClickAsync();
        ILocator pane = screen.Page.GetByRole(AriaRole.Complementary, new() { Name = "Log record" });
        await pane.GetByRole(AriaRole.Button, new() { Name = "Only parity even" }).ClickAsync();
        await Expect(screen.Page.GetByLabel("Log query")).ToHaveValueAsync("service:=volume parity:=even");
        await Expect(Count(screen, "2,500")).ToBeVisibleAsync();
        await Rows(screen).First.ClickAsync();
        await pane.GetByRole(AriaRole.Button, new() { Name = "Without parity even" }).ClickAsync();
        await Expect(screen.Main.GetByText("No log records match")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_bad_query_is_underlined_explained_and_asked_once()
    {
        await using Screen screen = await stage.Open("/channels");
        int asked = 0;
        screen.Page.Request += (_, request) => asked += request.Url.Contains("/api/tocsin/v1/logs?") ? 1 : 0;
        await screen.Go("/logs?q=level%3Aerror%20level%3A");
        ILocator problem = screen.Page.GetByRole(AriaRole.Alert);
        await Expect(problem).ToContainTextAsync("Expected a value after");
        await Expect(problem.Locator("mark")).ToHaveCountAsync(1);
        await screen.Page.WaitForTimeoutAsync(1500);
        asked.ShouldBe(1);
    }

    [Fact]
    public async Task Live_records_wait_while_somebody_reads()
    {
        string service = $"live-{Guid.NewGuid():N}";
        await stage.Seed.Logs(service, 200, i => DateTimeOffset.UtcNow.AddMinutes(-i), i => (9, $"old {i}"));
        await using Screen screen = await stage.Open($"/logs?q=service%3A%3D{service}&live=1");
        await Expect(screen.Button("Live")).ToBeVisibleAsync();
        await stage.Seed.Log(service, "arrives on top");
        await Expect(Rows(screen).First).ToContainTextAsync("arrives on top");

        await Scroller(screen).EvaluateAsync("e => e.scrollTo(0, 24 * 50)");
        string firstVisible = await FirstVisible(screen);
        for (int i = 0; i < 20; i++)
            await stage.Seed.Log(service, $"new {i}");
        await Expect(screen.Button("20 new records – show")).ToBeVisibleAsync();
        (await FirstVisible(screen)).ShouldBe(firstVisible);
        await screen.Button("20 new records – show").ClickAsync();
        await Expect(Rows(screen).First).ToContainTextAsync("new 19");
        screen.Errors.ShouldBeEmpty();
    }

    private static ILocator Scroller(Screen screen) =>
        screen.Page.GetByRole(AriaRole.Region, new() { Name = "Log records, newest first" });

    private static ILocator Rows(Screen screen) => Scroller(screen).Locator("li button");

    private static ILocator Count(Screen screen, string count) =>
        screen.Main.GetByText($"{count} records", new() { Exact = true });

    private static Task<string> FirstVisible(Screen screen) => Scroller(screen).EvaluateAsync<string>(
        """
        e => {
          const top = row => row.getBoundingClientRect().top;
          const shown = [...e.querySelectorAll('li')].filter(row => top(row) >= top(e));
          return shown.sort((a, b) => top(a) - top(b))[0].innerText;
        }
        """);
}
