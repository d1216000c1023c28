using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Tocsin.Browser;

/// <summary>The log explorer with pipes: answers as tables, charts, bars, patterns and fields.</summary>
public sealed class QueryPipesTests(Stage stage)
{
    [Fact]
    public async Task A_table_sorts_by_its_headings_and_a_group_leads_to_its_records()
    {
        await using Screen screen = await stage.Open(Logs("service:=volume | stats count(), distinct(message) by parity, level"));
        ILocator rows = Result(screen).Locator("tbody tr");
        await Expect(rows).ToHaveCountAsync(3);
        await Expect(screen.Main.GetByText("3 rows", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(screen.Main.GetByText(new Regex("records read .* in "))).ToBeVisibleAsync();
        await screen.Button("count").ClickAsync();
        await Expect(rows.First).ToContainTextAsync("2,500");
        await Expect(rows.Last).ToContainTextAsync("500");
        await Expect(screen.Page).ToHaveURLAsync(new Regex("sort=-count"));
        await Result(screen).GetByRole(AriaRole.Button, new() { Name = "odd" }).First.ClickAsync();
        await Expect(screen.Page.GetByLabel("Log query")).ToHaveValueAsync("service:=volume parity:=odd");
        await Expect(screen.Main.GetByText("2,500 records", new() { Exact = true })).ToBeVisibleAsync();
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_chart_over_time_shows_values_on_hover_and_hides_a_series()
    {
        await using Screen screen = await stage.Open(Logs("service:=volume | timechart 1h count() by level"));
        ILocator chart = screen.Main.Locator("figure");
        await Expect(chart.GetByRole(AriaRole.Img)).ToHaveAttributeAsync("aria-label", new Regex("count of 2 groups"));
        int drawn = await chart.Locator("rect").CountAsync();
        drawn.ShouldBeGreaterThan(20);
        await chart.GetByRole(AriaRole.Img).HoverAsync();
        await Expect(chart.GetByText(new Regex(@"\d\d:00:00 – \d\d:00:00"))).ToBeVisibleAsync();
        await chart.GetByRole(AriaRole.Button, new() { Name = "error 500" }).ClickAsync();
        (await chart.Locator("rect").CountAsync()).ShouldBeLessThan(drawn);
        await screen.Button("Lines").ClickAsync();
        await Expect(chart.Locator("svg path")).ToHaveCountAsync(1);
        await Expect(screen.Page).ToHaveURLAsync(new Regex("view=line"));
        (await screen.Violations()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Top_values_are_bars_that_narrow()
    {
        await using Screen screen = await stage.Open(Logs("service:=volume | top parity"), width: 390, scheme: ColorScheme.Dark);
        await Expect(Result(screen).GetByRole(AriaRole.Listitem)).ToHaveCountAsync(2);
        await Expect(Result(screen)).ToContainTextAsync("50 %");
        (await screen.Overflow()).ShouldBeLessThanOrEqualTo(0);
        (await screen.Violations()).ShouldBeEmpty();
        await Result(screen).GetByRole(AriaRole.Button, new() { Name = "even" }).ClickAsync();
        await Expect(screen.Main.GetByText("2,500 records", new() { Exact = true })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Patterns_lead_to_exactly_their_records()
    {
        await using Screen screen = await stage.Open("/logs?tab=patterns&q=service%3A%3Dvolume");
        ILocator patterns = screen.Main.GetByRole(AriaRole.List, new() { Name = "Patterns" }).GetByRole(AriaRole.Listitem);
        await Expect(patterns).ToHaveCountAsync(2);
        await Expect(patterns.First).ToContainTextAsync("Captured charge");
        await Expect(patterns.First.Locator("em")).ToHaveTextAsync("n");
        await Expect(patterns.First.Locator("svg rect").First).ToBeVisibleAsync();
        (await screen.Violations()).ShouldBeEmpty();
        await patterns.Last.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(screen.Page.GetByLabel("Log query"))
            .ToHaveValueAsync("service:=volume \"could not be loaded\" \"Charge\" | where pattern(message) == \"Charge <n> could not be loaded\"");
        await Expect(screen.Main.GetByText("500 rows", new() { Exact = true })).ToBeVisibleAsync();
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Fields_tell_type_coverage_and_values()
    {
        await using Screen screen = await stage.Open("/logs?tab=fields&q=service%3A%3Dvolume");
        ILocator field = screen.Main.GetByRole(AriaRole.Button, new() { Name = "parity" });
        await Expect(field).ToContainTextAsync("text");
        await Expect(field).ToContainTextAsync("100 %");
        await field.ClickAsync();
        ILocator values = screen.Main.GetByRole(AriaRole.List, new() { Name = "Values of parity" }).GetByRole(AriaRole.Listitem);
        await Expect(values).ToHaveCountAsync(2);
        (await screen.Violations()).ShouldBeEmpty();
        await values.First.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(screen.Main.GetByText("2,500 records", new() { Exact = true })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_mistake_behind_a_pipe_is_marked_where_it_was_typed()
    {
        await using Screen screen = await stage.Open("/logs?level=error&q=a%20%7C%20stats%20cuont()");
        ILocator problem = screen.Page.GetByRole(AriaRole.Alert);
        await Expect(problem).ToContainTextAsync("Expected count, or a function such as count");
        await Expect(problem.Locator("mark")).ToHaveTextAsync("cuont");
        (await problem.Locator("pre").InnerTextAsync()).ShouldEndWith("\n" + new string(' ', "a | stats ".Length) + "^^^^^");
    }

    [Fact]
    public async Task The_plan_can_be_read()
    {
        await using Screen screen = await stage.Open(Logs("level:error | stats count()"));
        await screen.Button("Explain").ClickAsync();
        await Expect(screen.Main.GetByRole(AriaRole.Region, new() { Name = "Plan of the query" })).ToContainTextAsync("scan logs");
        (await screen.Violations()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_query_that_takes_long_is_stopped_by_escape()
    {
        await using Screen screen = await stage.Open("/channels");
        await screen.Page.RouteAsync(new Regex("/api/tocsin/v1/query"), route => Task.Delay(TimeSpan.FromSeconds(30)).ContinueWith(_ => route.AbortAsync()));
        await screen.Page.GotoAsync(Logs("* | stats count()"));
        await Expect(screen.Button("Stop (Esc)")).ToBeVisibleAsync();
        await screen.Page.Keyboard.PressAsync("Escape");
        await Expect(screen.Main.GetByText("The query was stopped")).ToBeVisibleAsync();
        await screen.Page.UnrouteAllAsync(new() { Behavior = UnrouteBehavior.IgnoreErrors });
        await screen.Button("Run it again").ClickAsync();
        await Expect(screen.Main.GetByText("1 row", new() { Exact = true })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_bar_completes_recalls_and_runs()
    {
        await using Screen screen = await stage.Open("/logs");
        ILocator bar = screen.Page.GetByLabel("Log query");
        await screen.Page.Keyboard.PressAsync("/");
        await screen.Page.Keyboard.TypeAsync("par");
        ILocator offered = screen.Page.GetByRole(AriaRole.Option);
        await Expect(offered.First).ToContainTextAsync("parity");
        (await screen.Violations()).ShouldBeEmpty();
        await screen.Page.Keyboard.PressAsync("Tab");
        await screen.Page.Keyboard.TypeAsync("odd | to");
        await screen.Page.Keyboard.PressAsync("ArrowDown");
        await screen.Page.Keyboard.PressAsync("Enter");
        await Expect(bar).ToHaveValueAsync("parity:odd | top ");
        await screen.Page.Keyboard.TypeAsync("service");
        await screen.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(Result(screen).GetByRole(AriaRole.List, new() { Name = "count" })).ToContainTextAsync("volume");
        await bar.FillAsync("");
        await screen.Page.Keyboard.PressAsync("ArrowUp");
        await Expect(bar).ToHaveValueAsync("parity:odd | top service");
        await screen.Page.Keyboard.PressAsync("ArrowDown");
        await Expect(bar).ToHaveValueAsync("");
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_record_is_shown_between_its_neighbours()
    {
        await using Screen screen = await stage.Open("/logs?q=" + Uri.EscapeDataString("service:=volume \"charge 2501\""));
        await screen.Main.Locator("li button", new() { HasText = "Captured charge 2501" }).ClickAsync();
        await screen.Button("20 before and after").ClickAsync();
        ILocator around = screen.Page.GetByRole(AriaRole.Region, new() { Name = "Records around it, newest first" });
        await Expect(around.GetByRole(AriaRole.Listitem)).ToHaveCountAsync(41);
        await Expect(around.Locator("[data-hit]")).ToContainTextAsync("Captured charge 2501");
        await Expect(around).ToContainTextAsync("Captured charge 2502");
        (await screen.Violations()).ShouldBeEmpty();
        await screen.Button("Fields").ClickAsync();
        await screen.Button("Column parity").ClickAsync();
        await Expect(screen.Main.Locator("ol li button").First).ToContainTextAsync("parity odd");
    }

    [Theory]
    [InlineData("CSV, for spreadsheets", ".csv", "parity,count\n")]
    [InlineData("NDJSON, one row per line", ".ndjson", "{\"parity\":")]
    public async Task An_export_has_every_row(string format, string ending, string start)
    {
        await using Screen screen = await stage.Open(Logs("service:=volume | stats count() by parity"));
        await Expect(Result(screen)).ToBeVisibleAsync();
        await screen.Button("Export").ClickAsync();
        IDownload file = await screen.Page.RunAndWaitForDownloadAsync(() => screen.Page.GetByRole(AriaRole.Menuitem, new() { Name = format }).ClickAsync());
        file.SuggestedFilename.ShouldEndWith(ending);
        string text = await File.ReadAllTextAsync(await file.PathAsync());
        text.ReplaceLineEndings("\n").ShouldStartWith(start);
        text.ShouldContain("2500");
    }

    private static string Logs(string query) => $"/logs?q={Uri.EscapeDataString(query)}";

    private static ILocator Result(Screen screen) => screen.Page.GetByRole(AriaRole.Region, new() { Name = "Result" });
}
