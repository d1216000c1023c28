using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Tocsin.Browser;

/// <summary>What must hold on every screen: no errors, accessible in both themes, fits a phone, addresses rebuild it,
/// data stay text.</summary>
public sealed class EveryScreenTests(Stage stage)
{
    public static TheoryData<string> Screens =>
    [
        "/", "/alerts", "/alerts?sel=1", "/alerts/1", "/crashes", "/crashes/1", "/logs", "/traces",
        $"/traces/{Seed.TraceId}?span={Seed.ErrorSpan}", "/channels", "/levels", "/add-data", "/data",
        "/logs?tab=patterns", "/logs?tab=fields", "/logs?q=*%20%7C%20timechart%20count()%20by%20service",
    ];

    [Theory]
    [MemberData(nameof(Screens))]
    public async Task Has_no_error_and_is_accessible_in_dark_and_light(string path)
    {
        foreach (ColorScheme scheme in new[] { ColorScheme.Dark, ColorScheme.Light })
        {
            await using Screen screen = await stage.Open(path, scheme: scheme);
            (await screen.Violations()).ShouldBeEmpty($"{path} {scheme}");
            screen.Errors.ShouldBeEmpty($"{path} {scheme}");
        }
    }

    [Theory]
    [MemberData(nameof(Screens))]
    public async Task Fits_a_phone_and_is_accessible_there(string path)
    {
        await using Screen screen = await stage.Open(path, width: 390, scheme: ColorScheme.Dark);
        (await screen.Overflow()).ShouldBeLessThanOrEqualTo(0);
        (await screen.Violations()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/logs")]
    [InlineData("/logs?q=service%3A%3Dmarkup")]
    [InlineData("/crashes")]
    [InlineData("/alerts")]
    [InlineData("/levels")]
    [InlineData("/")]
    public async Task Shows_markup_in_data_as_text(string path)
    {
        await using Screen screen = await stage.Open(path);
        await Expect(screen.Main.GetByText("<img src=x").First).ToBeVisibleAsync();
        (await screen.Page.EvaluateAsync<bool>("() => 'pwned' in window")).ShouldBeFalse();
        screen.Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/logs?q=service%3A%3Dvolume&level=error")]
    [InlineData("/logs?q=service%3A%3Dvolume%20%7C%20timechart%201h%20count()%20by%20level&view=area&sort=-count")]
    [InlineData("/logs?q=service%3A%3Dvolume&tab=fields&from=-7d&to=now")]
    [InlineData("/crashes?sort=users&state=new&q=Charge")]
    [InlineData("/alerts?status=ALL&q=Disk")]
    public async Task A_link_shows_another_person_the_same_screen(string path)
    {
        await using Screen mine = await stage.Open(path);
        string shown = await Shape(mine);
        await using Screen theirs = await stage.Open(new Uri(mine.Page.Url).PathAndQuery);
        (await Shape(theirs)).ShouldBe(shown);
        await theirs.Page.ReloadAsync();
        await theirs.Settled();
        (await Shape(theirs)).ShouldBe(shown);
    }

    [Fact]
    public async Task A_copied_link_carries_absolute_times_and_the_zone()
    {
        await using Screen screen = await stage.Open("/logs?from=-6h&to=now");
        await screen.Page.Keyboard.PressAsync("y");
        await Expect(screen.Page.GetByText("Link copied")).ToBeVisibleAsync();
        string link = await screen.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()");
        link.ShouldMatch(@"from=\d{13}&to=\d{13}&tz=Europe%2FBerlin$");
    }

    [Fact]
    public async Task Back_restores_the_results_and_the_query()
    {
        await using Screen screen = await stage.Open("/logs?q=service%3A%3Dvolume");
        ILocator query = screen.Page.GetByLabel("Log query");
        await Expect(screen.Main.GetByText("5,000 records", new() { Exact = true })).ToBeVisibleAsync();
        await query.FillAsync("service:=volume level:error");
        await query.PressAsync("Enter");
        await Expect(screen.Main.GetByText("500 records", new() { Exact = true })).ToBeVisibleAsync();
        await screen.Page.GoBackAsync();
        await Expect(query).ToHaveValueAsync("service:=volume");
        await Expect(screen.Main.GetByText("5,000 records", new() { Exact = true })).ToBeVisibleAsync();
        await screen.Page.GoForwardAsync();
        await Expect(query).ToHaveValueAsync("service:=volume level:error");
        await Expect(screen.Main.GetByText("500 records", new() { Exact = true })).ToBeVisibleAsync();
    }

    /// <summary>Inputs and rows, without what the clock changes.</summary>
    private static Task<string> Shape(Screen screen) => screen.Page.EvaluateAsync<string>(
        """
        () => JSON.stringify([
          [...document.querySelectorAll('main input, main textarea, main select')].map(e => e.value),
          [...document.querySelectorAll('main [aria-pressed=true]')].map(e => e.innerText),
          [...document.querySelectorAll('main ol button, main tbody td:first-child, ul[aria-label=Alerts] strong')]
            .map(e => e.innerText).slice(0, 10)])
        """);
}
