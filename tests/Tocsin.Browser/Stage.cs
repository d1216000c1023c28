using Microsoft.Playwright;
using Tocsin.Testing.Processes;

[assembly: AssemblyFixture(typeof(Tocsin.Browser.Stage))]
// The tests share one server, and counts on one screen must not change because of another test.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Tocsin.Browser;

/// <summary>One real server with seeded data and one headless Chromium for all tests of the assembly.</summary>
public sealed class Stage : IAsyncLifetime
{
    private static readonly string[] s_places =
        ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private static readonly string[] s_flags =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    private readonly ServerPlace _place = new();
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private ServerProcess? _server;

    /// <summary>TOCSIN_CHROMIUM, else where distributions put it; null when there is none.</summary>
    public static string? Chromium { get; } =
        Environment.GetEnvironmentVariable("TOCSIN_CHROMIUM") ?? s_places.FirstOrDefault(File.Exists);

    public ServerProcess Server => _server!;

    public Seed Seed { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (Chromium is null)
            return;
        _server = await ServerProcess.Start(_place);
        Seed = new Seed(_server.Http);
        await Seed.Plant();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = s_flags });
    }

    /// <summary>A fresh browser profile with one page. Skips the test when no Chromium is installed.</summary>
    public async Task<Screen> Open(string path, int width = 1440, ColorScheme scheme = ColorScheme.Light,
        string? server = null)
    {
        RequireChromium();
        IBrowserContext context = await _browser!.NewContextAsync(new()
        {
            BaseURL = server ?? Server.Url, ColorScheme = scheme, TimezoneId = "Europe/Berlin",
            ViewportSize = new() { Width = width, Height = 900 }, Permissions = ["clipboard-read", "clipboard-write"],
        });
        context.SetDefaultTimeout(10_000);
        Screen screen = await Screen.In(context);
        await screen.Go(path);
        return screen;
    }

    public static void RequireChromium() =>
        Assert.SkipUnless(Chromium is not null, "Chromium is not installed; name it in TOCSIN_CHROMIUM");

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
        _place.Dispose();
    }
}
