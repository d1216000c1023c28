using Microsoft.Playwright;

namespace Tocsin.Browser;

/// <summary>The page that the SDK serves under /debug, in the sample.</summary>
public sealed class DebugPageTests(Stage stage)
{
    private static readonly string[] s_panels =
        ["overview", "logs", "traces", "errors", "performance", "health", "metrics", "configuration"];

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task Every_panel_is_filled_fits_and_reports_no_error(int width, ColorScheme scheme)
    {
        Stage.RequireChromium();
        await using BookingsSite bookings = await BookingsSite.Start();
        await bookings.Work();
        await using Screen screen = await stage.Open("/debug/", width, scheme, bookings.Url);
        foreach (string panel in s_panels)
        {
            await Show(screen, panel);
            await screen.Page.Locator(".log, td, .tile .v, article, details").First.WaitForAsync();
            await Shoot(screen, $"debug-{panel}-{width}-{scheme}");
            (await screen.Overflow()).ShouldBeLessThanOrEqualTo(0, panel);
            (await screen.Violations()).ShouldBeEmpty(panel);
        }
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task New_records_appear_by_themselves_and_the_search_and_the_pause_are_obeyed()
    {
        Stage.RequireChromium();
        await using BookingsSite bookings = await BookingsSite.Start();
        await using Screen screen = await stage.Open("/debug/#logs", server: bookings.Url);
        await screen.Page.GetByText("live ·").WaitForAsync();
        await bookings.Work();
        await Text(screen, "Booking 3 made").WaitForAsync();

        await screen.Page.GetByLabel("Search in records").FillAsync("grace-marker");
        await Text(screen, "No such record yet").WaitForAsync();
        await bookings.Http.GetAsync("/bookings/grace-marker");
        await screen.Page.Locator(".log").First.WaitForAsync();

        await screen.Page.GetByLabel("Search in records").FillAsync("");
        await Text(screen, "Booking 3 made").WaitForAsync();
        await screen.Button("Pause").ClickAsync();
        await bookings.Work();
        await screen.Page.GetByText("paused,").WaitForAsync();
        (await Text(screen, "Booking 5 made").CountAsync()).ShouldBe(0);
        await screen.Button("Go on").ClickAsync();
        await Text(screen, "Booking 5 made").WaitForAsync();
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_trace_shows_as_a_waterfall_with_its_attributes_and_log_records()
    {
        Stage.RequireChromium();
        await using BookingsSite bookings = await BookingsSite.Start();
        await bookings.Work();
        await using Screen screen = await stage.Open("/debug/#traces", server: bookings.Url);
        await screen.Page.GetByRole(AriaRole.Link, new() { Name = "POST /bookings/{id:int}/payment" }).ClickAsync();
        await screen.Page.Locator(".span").Nth(2).WaitForAsync();
        await Shoot(screen, "debug-trace-1280");
        await screen.Page.SetViewportSizeAsync(390, 800);
        await Shoot(screen, "debug-trace-390");
        (await screen.Overflow()).ShouldBeLessThanOrEqualTo(0);
        await screen.Page.Locator(".span button").First.ClickAsync();
        await screen.Page.GetByText("http.response.status_code").First.WaitForAsync();
        (await screen.Page.Locator(".log").CountAsync()).ShouldBeGreaterThan(0);
        await screen.Page.Keyboard.PressAsync("Escape");
        await screen.Page.WaitForURLAsync("**#traces");
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_error_shows_its_stack_and_secrets_of_the_configuration_are_masked()
    {
        Stage.RequireChromium();
        await using BookingsSite bookings = await BookingsSite.Start();
        await bookings.Work();
        await using Screen screen = await stage.Open("/debug/#errors", server: bookings.Url);
        await screen.Page.GetByText("the ledger does not add up").First.WaitForAsync();
        await screen.Page.GetByText("Stack").First.ClickAsync();
        await screen.Page.GetByText("Bookings.Failures").First.WaitForAsync();
        await Shoot(screen, "debug-error-open");

        await Show(screen, "configuration");
        await screen.Page.GetByText("Payments:ApiKey").WaitForAsync();
        string shown = await screen.Main.InnerTextAsync();
        shown.ShouldContain("Host=db;Username=app;Password=");
        shown.ShouldContain("environment variable");
        shown.ShouldNotContain("hunter22222");
        shown.ShouldNotContain("sk_live_abcdefgh12345678");
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_request_under_way_is_listed_and_gone_when_it_has_ended()
    {
        Stage.RequireChromium();
        await using BookingsSite bookings = await BookingsSite.Start();
        await bookings.Http.PostAsync("/gateway/mood/silent", null);
        using var end = new CancellationTokenSource();
        Task request = bookings.Http.PostAsync("/gateway/charges", null, end.Token);
        await using Screen screen = await stage.Open("/debug/", server: bookings.Url);
        await Text(screen, "POST /gateway/charges").WaitForAsync();
        await end.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(request);
        await Text(screen, "No request is under way.").WaitForAsync();
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Keys_lead_through_the_page()
    {
        Stage.RequireChromium();
        await using BookingsSite bookings = await BookingsSite.Start();
        await using Screen screen = await stage.Open("/debug/", server: bookings.Url);
        await screen.Page.Keyboard.PressAsync("7");
        await screen.Page.GetByRole(AriaRole.Heading, new() { Name = "Metrics", Exact = true }).WaitForAsync();
        await screen.Page.Keyboard.PressAsync("/");
        await screen.Page.Keyboard.TypeAsync("dotnet_gc");
        await screen.Page.Locator("details.metric").First.WaitForAsync();
        await screen.Page.WaitForFunctionAsync(
            "() => [...document.querySelectorAll('.metric .name')].every(n => n.textContent.includes('dotnet_gc'))");
        await screen.Page.Keyboard.PressAsync("Tab");
        await screen.Page.Keyboard.PressAsync("Enter");
        await screen.Page.Locator("details.metric[open] table").WaitForAsync();
        screen.Errors.ShouldBeEmpty();
    }

    private static ILocator Text(Screen screen, string text) => screen.Main.GetByText(text).First;

    private static async Task Show(Screen screen, string panel)
    {
        await screen.Page.EvaluateAsync("panel => location.hash = panel", panel);
        await screen.Page.Locator($"nav a[href='#{panel}'][aria-current]").WaitForAsync();
    }

    /// <summary>For whoever wants to look: TOCSIN_SCREENSHOTS names a folder.</summary>
    private static async Task Shoot(Screen screen, string name)
    {
        if (Environment.GetEnvironmentVariable("TOCSIN_SCREENSHOTS") is { Length: > 0 } folder)
            await screen.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png") });
    }
}
