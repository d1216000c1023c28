using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Tocsin.Browser;

/// <summary>The page Data: what is stored, deletions, backups, checksums.</summary>
public sealed class DataTests(Stage stage)
{
    [Fact]
    public async Task Tells_what_is_stored_how_long_it_is_kept_and_how_the_disk_is()
    {
        await using Screen screen = await stage.Open("/data");
        ILocator stored = screen.Page.GetByRole(AriaRole.Region, new() { Name = "Stored by class" });
        await Expect(stored.GetByRole(AriaRole.Row).Filter(new() { HasText = "Logs" })).ToContainTextAsync("30 days");
        await Expect(stored.GetByRole(AriaRole.Row).Filter(new() { HasText = "Spans" })).ToContainTextAsync("14 days");
        await Expect(screen.Main.GetByText("free of")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Records_are_counted_then_deleted_and_the_journal_tells()
    {
        string service = $"gone-{Guid.NewGuid():N}";
        await stage.Seed.Logs(service, 30, i => DateTimeOffset.UtcNow.AddSeconds(-i), i => (9, $"to go {i}"));
        await using Screen screen = await stage.Open("/data", scheme: ColorScheme.Dark);
        await screen.Page.GetByLabel("Records that match").FillAsync($"service:={service}");
        await screen.Button("Count them").ClickAsync();
        ILocator dialog = screen.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("30 records of all times match");
        (await screen.Violations()).ShouldBeEmpty();
        await Expect(screen.Button("Delete 30 records")).ToBeDisabledAsync();
        await dialog.GetByLabel("Why").FillAsync("request 17");
        await dialog.GetByLabel("Who").FillAsync("eve");
        await screen.Button("Delete 30 records").ClickAsync();
        ILocator entry = screen.Main.GetByRole(AriaRole.List, new() { Name = "Deletions" }).GetByRole(AriaRole.Listitem).Filter(new() { HasText = service });
        await Expect(entry).ToContainTextAsync("by eve: request 17");
        await Expect(entry).ToContainTextAsync("30");
        await screen.Go($"/logs?q=service%3A%3D{service}");
        await Expect(screen.Main.GetByText("No log records match")).ToBeVisibleAsync();
        screen.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_backup_is_made_listed_and_verified()
    {
        string folder = Directory.CreateTempSubdirectory("tocsin-backup-").FullName;
        await using Screen screen = await stage.Open("/data", width: 390);
        await screen.Page.GetByLabel("Folder of snapshots").FillAsync(folder);
        await screen.Button("Back up now").ClickAsync();
        ILocator snapshot = screen.Main.GetByRole(AriaRole.List, new() { Name = "Snapshots" }).GetByRole(AriaRole.Listitem);
        await Expect(snapshot).ToHaveCountAsync(1, new() { Timeout = 20_000 });
        await snapshot.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(screen.Main.GetByText("all as written")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        (await screen.Overflow()).ShouldBeLessThanOrEqualTo(0);
        screen.Errors.ShouldBeEmpty();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task What_the_server_refuses_is_told()
    {
        await using Screen screen = await stage.Open("/data");
        await screen.Page.GetByLabel("Records that match").FillAsync("a AND");
        await screen.Button("Count them").ClickAsync();
        await Expect(screen.Page.GetByText("Counting did not work")).ToBeVisibleAsync();
    }
}
