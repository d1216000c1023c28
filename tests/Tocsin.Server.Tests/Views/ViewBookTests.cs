using Tocsin.Catalog;
using Tocsin.Model.Metrics;
using Tocsin.Server.Views;
using Tocsin.Testing;

namespace Tocsin.Server.Tests.Views;

public sealed class ViewBookTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tocsin-views-").FullName;
    private readonly FakeClock _clock = new();
    private readonly CatalogDatabase _catalog;
    private readonly ViewBook _book;

    public ViewBookTests()
    {
        _catalog = CatalogDatabase.Open(Path.Combine(_folder, "catalog.db"), _clock, new MetricSet());
        _book = new ViewBook(_catalog, _clock);
    }

    public async ValueTask DisposeAsync()
    {
        await _catalog.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task There_are_no_more_than_there_may_be()
    {
        (ViewOutcome Outcome, SavedView?)[] made = await Task.WhenAll(
            Enumerable.Range(0, ViewBook.Most + 1).Select(i => _book.Add(new ViewOrder { Name = $"v{i}" }, default)));
        made.Count(m => m.Outcome == ViewOutcome.TooMany).ShouldBe(1);
        _book.All().Count.ShouldBe(ViewBook.Most);
    }

    [Fact]
    public async Task A_change_is_dated_and_the_rest_stays_with_who_made_it()
    {
        (_, SavedView? made) = await _book.Add(new ViewOrder { Name = "a", CreatedBy = "ann", Columns = ["x"] }, default);
        _clock.Advance(TimeSpan.FromHours(1));
        (_, SavedView? changed) = await _book.Replace(made!.Id, new ViewOrder { Name = "b", CreatedBy = "bob" }, default);
        (changed!.Name, changed.CreatedBy, changed.Columns.Count).ShouldBe(("b", "ann", 0));
        (changed.UpdatedAt - made.UpdatedAt).ShouldBe(TimeSpan.FromHours(1));
    }
}
