using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Tocsin.Browser;

/// <summary>Saved views: kept, opened by somebody else, changed, renamed, deleted, taken back.</summary>
public sealed class SavedViewsTests(Stage stage)
{
    [Fact]
    public async Task A_view_is_saved_opened_by_somebody_else_changed_renamed_and_deleted()
    {
        string name = $"Charges {Guid.NewGuid():N}"[..20];
        await using Screen mine = await stage.Open("/logs?from=-7d&to=now&level=error&view=line&q=" + Uri.EscapeDataString("service:=volume | timechart 1h count()"));
        await Open(mine, "Views");
        await Item(mine, "Save as a new view…").ClickAsync();
        await mine.Page.GetByLabel("Name", new() { Exact = true }).FillAsync(name);
        (await mine.Violations()).ShouldBeEmpty();
        await mine.Button("Save").ClickAsync();
        await Expect(mine.Button(name)).ToBeVisibleAsync();

        await using Screen theirs = await stage.Open("/logs", scheme: ColorScheme.Dark);
        await Open(theirs, "Views");
        (await theirs.Violations()).ShouldBeEmpty();
        await Item(theirs, new Regex(name)).ClickAsync();
        await Expect(theirs.Page.GetByLabel("Log query")).ToHaveValueAsync("(service:=volume) level:error | timechart 1h count()");
        await Expect(theirs.Page).ToHaveURLAsync(new Regex("from=-7d.*view=line"));
        await Expect(theirs.Main.Locator("figure svg path")).ToHaveCountAsync(1);

        await theirs.Button("Area").ClickAsync();
        await Open(theirs, $"{name} changed");
        await Item(theirs, $"Save the changes to {name}").ClickAsync();
        await Expect(theirs.Page.GetByText($"{name} is saved")).ToBeVisibleAsync();
        await Open(theirs, name);
        await Item(theirs, $"Rename {name}…").ClickAsync();
        await theirs.Page.GetByLabel("Name", new() { Exact = true }).FillAsync(name + " 2");
        await theirs.Button("Rename").ClickAsync();
        await Open(theirs, name + " 2");
        await Item(theirs, $"Delete {name} 2").ClickAsync();
        await Expect(theirs.Button("Views")).ToBeVisibleAsync();
        await theirs.Button("Undo").ClickAsync();
        await Expect(theirs.Button("Undo")).ToHaveCountAsync(0);
        await Open(theirs, "Views");
        await Expect(Item(theirs, new Regex($"{name} 2"))).ToBeVisibleAsync();
        theirs.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_name_that_is_taken_is_told()
    {
        string name = $"Taken {Guid.NewGuid():N}"[..20];
        await using Screen screen = await stage.Open("/logs?q=x");
        for (int i = 0; i < 2; i++)
        {
            await screen.Page.Locator("[data-search]").WaitForAsync();
            await Open(screen, i == 0 ? "Views" : name);
            await Item(screen, "Save as a new view…").ClickAsync();
            await screen.Page.GetByLabel("Name", new() { Exact = true }).FillAsync(name);
            await screen.Button("Save").ClickAsync();
            if (i == 0)
                await Expect(screen.Button(name)).ToBeVisibleAsync();
        }
        await Expect(screen.Page.GetByText($"There is a view named '{name}' already")).ToBeVisibleAsync();
    }

    private static Task Open(Screen screen, string button) => screen.Button(button).ClickAsync();

    private static ILocator Item(Screen screen, string name) => screen.Page.GetByRole(AriaRole.Menuitem, new() { Name = name, Exact = true });

    private static ILocator Item(Screen screen, Regex name) => screen.Page.GetByRole(AriaRole.Menuitem, new() { NameRegex = name }).First;
}
